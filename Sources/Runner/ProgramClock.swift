internal import Foundation
package import Loyalty

/// The calendar and clocks of one time zone.
package struct ProgramClock {
    private let zone: TimeZone

    package init(zone: String) { self.zone = TimeZone(identifier: zone) ?? .gmt }

    /// Seconds that the zone's clocks are ahead of UTC.
    package func offset(at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }

    /// What clocks show at an instant.
    package func seconds(at instant: Int) -> LocalSeconds {
        LocalSeconds(instant + offset(at: instant))
    }

    /// The day that it is, and the minutes since its midnight that clocks show.
    package func local(at instant: Int) -> (day: CivilDate, minutes: Int) {
        let local = instant + offset(at: instant)
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        return (CivilDate(days: Int32(day)), (local - day * 86_400) / 60)
    }

    /// The first instant at which clocks show a time; where they leave it out, as if they had not yet
    /// been put forward.
    package func instant(_ day: CivilDate, minutes: Int) -> Int {
        let local = Int(day.days) * 86_400 + minutes * 60
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        let candidates = [local - max(before, after), local - min(before, after)]
        return candidates.first { $0 + offset(at: $0) == local } ?? local - before
    }

    /// Seconds from a day's midnight to the next.
    package func length(of day: CivilDate) -> Int {
        instant(day.adding(days: 1), minutes: 0) - instant(day, minutes: 0)
    }

    /// Minutes since midnight as clocks show them: `02:30`.
    package static func text(minutes: Int) -> String {
        func padded(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
        return padded(minutes / 60) + ":" + padded(minutes % 60)
    }
}
