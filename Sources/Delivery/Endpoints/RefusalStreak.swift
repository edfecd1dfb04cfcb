/// Refusals one after another, of rows that were sent alone.
///
/// A refused row is never sent again by itself. So that a fault of the settings, or of the other side, doesn't
/// refuse a million of them, the endpoint stops when it has refused many and taken nothing in between.
struct RefusalStreak {
    static let most = 100
    private var count = 0

    /// Something was taken.
    mutating func end() { count = 0 }

    /// What becomes of a row that was refused.
    mutating func judge(_ text: String) -> Verdict {
        count += 1
        guard count > RefusalStreak.most else { return .refused(text) }
        return .halted(
            Trouble(
                "\(text): \(RefusalStreak.most) rows before it were refused one after another; "
                    + "see that 'url' is right and what it wants to be sent, then take them up: "
                    + "nightjar deliver --retry"))
    }
}

extension Reply {
    /// The same as `verdict(now:)`, of an API with one URL for all that it is sent.
    ///
    /// 404 is about the URL while nothing was ever taken there; later on it is about the row, since some say so of a card that they
    /// don't know. 405 is always about the URL.
    ///
    /// - Parameter place: what the URL is called in a message.
    func verdict(of parcel: Parcel, at place: String, now: Int) -> Verdict {
        guard failure == nil else { return verdict(now: now) }
        switch status {
        case 404 where parcel.isFirst:
            return .halted(
                Trouble(
                    "answered \(summary): nothing was ever taken at \(place); check the path of 'url'"
                ))
        case 405:
            return .halted(
                Trouble(
                    "answered \(summary): nothing can be sent to \(place) in this way; check 'url' and 'method'"
                ))
        default: return verdict(now: now)
        }
    }
}
