/// A parcel in hand, with what the store knows of it.
struct ClaimedParcel {
    var parcel: Parcel
    /// The lowest id among its rows.
    var id: Int64 { parcel.rows[0].id }
    /// How often it was tried, with what begins now.
    var attempts: Int
    /// When each of its rows was tried first: seconds since 1970.
    var triedAts: [Int]

    /// The same rows as two parcels, as if they had never been one.
    var halves: [ClaimedParcel] {
        let middle = (parcel.rows.count + 1) / 2
        return [0..<middle, middle..<parcel.rows.count].map { range in
            let rows = Array(parcel.rows[range])
            return ClaimedParcel(
                parcel: Parcel(key: OutboxBook.key(of: rows), rows: rows, isRepeated: false),
                attempts: attempts + 1, triedAts: Array(triedAts[range]))
        }
    }
}

/// What became of a row in hand.
enum RowEnd {
    case acknowledged(String?)
    case refused(String)
    case givenUp(String, mayHaveArrived: Bool)
    /// It waits until a moment, or for a person where there is none.
    case waits(until: Int?, String, mayHaveArrived: Bool)
    /// It was never asked for, and is as it was before.
    case released
    /// It stays in hand, in the smaller parcel of this row.
    case parted(into: Int64)
}

/// What became of a parcel in hand.
struct Outcome {
    enum Ends {
        case all(RowEnd)
        case each([RowEnd])
        case halves([ClaimedParcel])
    }

    var claimed: ClaimedParcel
    var ends: Ends

    /// The parcels into which it was taken apart.
    var halves: [ClaimedParcel] { if case .halves(let halves) = ends { halves } else { [] } }

    func eachRow(_ body: (OutboxRow, RowEnd) throws -> Void) rethrows {
        switch ends {
        case .all(let end):
            for row in claimed.parcel.rows { try body(row, end) }
        case .each(let each):
            for (row, end) in zip(claimed.parcel.rows, each) { try body(row, end) }
        case .halves(let halves):
            for half in halves {
                for row in half.parcel.rows { try body(row, .parted(into: half.id)) }
            }
        }
    }
}

/// What was found in the outbox at one look.
struct Claim {
    var parcels: [ClaimedParcel] = []
    /// Whether there is nothing behind what was looked at.
    var isPassOver = false
    /// Whether it ended early, since too much waits.
    var wasCut = false
    /// Whether a row waits for one before it.
    var isBlocked = false
    /// When the first of those that wait may be tried.
    var nextDue: Int?

    mutating func notice(due: Int) { nextDue = min(nextDue ?? due, due) }
}
