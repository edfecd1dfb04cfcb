internal import Loyalty
internal import Storage

/// What all members hold, by account, month of the last day and, for points on hold, first day on which
/// they can be spent: what the program owes.
///
/// A night keeps the rows of the night before plus what tonight did to the members that it touched, so
/// that it costs nothing for the others. Points on hold become active by date, without a posting:
/// that is why their day stands in the row.
final class OpenPoints {
    private struct Key: Hashable {
        var account: Account.Kind
        var expiresOn: CivilDate
        /// `CivilDate(days: 0)` for points that can be spent.
        var activeOn: CivilDate
    }

    /// Last days from a little before the night to years after it have a place of their own.
    private static let firstDay = -32
    private static let dayCount = 8192
    private static let recentCount = 256
    private static let spendable = CivilDate(days: 0)

    private let night: CivilDate
    /// By account and last day, the place behind the days for points that never expire.
    private let near: UnsafeMutablePointer<Points>
    /// Points on hold, and last days out of the ordinary: by slot, and the slots by key.
    private var far: [Points] = []
    private var slots: [Key: Int] = [:]
    /// Slots that were met lately: points on hold share few days.
    private var recent: [(key: Key, slot: Int)]

    init(night: CivilDate) {
        self.night = night
        let none = Key(account: .spend, expiresOn: Lot.never, activeOn: Lot.never)
        recent = Array(repeating: (none, -1), count: OpenPoints.recentCount)
        let count = (OpenPoints.dayCount + 1) * Account.Kind.allCases.count
        near = .allocate(capacity: count)
        near.initialize(repeating: 0, count: count)
    }

    deinit { near.deallocate() }

    /// Counts a member's lots, or with `sign` -1 takes them off.
    func add(_ state: MemberState, sign: Points = 1) {
        for lot in state.lots where lot.remaining > 0 { add(lot, sign * lot.remaining) }
    }

    @inline(__always)
    private func add(_ lot: Lot, _ points: Points) {
        let isOnHold = lot.activeOn.days > night.days
        if !isOnHold, let place = place(lot.account, lot.expiresOn) {
            near[place] += points
        } else {
            let key = Key(
                account: lot.account, expiresOn: lot.expiresOn,
                activeOn: isOnHold ? lot.activeOn : OpenPoints.spendable)
            far[slot(of: key)] += points
        }
    }

    @inline(__always)
    private func place(_ account: Account.Kind, _ expiresOn: CivilDate) -> Int? {
        let day =
            expiresOn == Lot.never
            ? OpenPoints.dayCount
            : Int(expiresOn.days) - Int(night.days) - OpenPoints.firstDay
        guard day >= 0, day < OpenPoints.dayCount || expiresOn == Lot.never else { return nil }
        return Int(account.rawValue) * (OpenPoints.dayCount + 1) + day
    }

    private func slot(of key: Key) -> Int {
        let days = key.activeOn.days &* 31 &+ key.expiresOn.days &+ Int32(key.account.rawValue)
        let place = Int(days) & (OpenPoints.recentCount - 1)
        if recent[place].slot >= 0, recent[place].key == key { return recent[place].slot }
        let slot = slots[key] ?? far.count
        if slot == far.count {
            far.append(0)
            slots[key] = slot
        }
        recent[place] = (key, slot)
        return slot
    }

    /// Writes what is open after the night: what was after an earlier one, and what was counted here.
    ///
    /// - Parameter before: the night that it goes on from; the night itself, to add to it.
    func write(_ connection: Connection, after before: CivilDate) throws {
        var open: [Row: Points] = [:]
        try connection.forEach(
            "SELECT account, month, active_on, points FROM liability WHERE night = ?",
            .date(before)
        ) { row in
            let activeOn = row.date(2) <= night ? OpenPoints.spendable : row.date(2)
            let key = Row(account: row.integer(0), month: row.date(1), activeOn: activeOn)
            open[key, default: 0] += row.integer(3)
        }
        for (key, points) in counted() where points != 0 {
            let row = Row(
                account: Int64(key.account.rawValue), month: OpenPoints.month(of: key.expiresOn),
                activeOn: key.activeOn)
            open[row, default: 0] += points
        }
        try connection.execute("DELETE FROM liability WHERE night = ?", .date(night))
        for (row, points) in open.sorted(by: { $0.key < $1.key }) where points != 0 {
            try connection.execute(
                "INSERT INTO liability VALUES (?, ?, ?, ?, ?)", .date(night),
                .integer(row.account), .date(row.month), .date(row.activeOn), .integer(points))
        }
    }

    private struct Row: Hashable, Comparable {
        var account: Int64
        var month: CivilDate
        var activeOn: CivilDate

        static func < (left: Row, right: Row) -> Bool {
            (left.account, left.month, left.activeOn)
                < (right.account, right.month, right.activeOn)
        }
    }

    private func counted() -> [(Key, Points)] {
        var counted = slots.map { ($0.key, far[$0.value]) }
        for account in Account.Kind.allCases {
            for day in 0...OpenPoints.dayCount {
                let points = near[Int(account.rawValue) * (OpenPoints.dayCount + 1) + day]
                guard points != 0 else { continue }
                let expiresOn =
                    day == OpenPoints.dayCount
                    ? Lot.never : night.adding(days: day + OpenPoints.firstDay)
                let key = Key(
                    account: account, expiresOn: expiresOn, activeOn: OpenPoints.spendable)
                counted.append((key, points))
            }
        }
        return counted
    }

    /// The first day of a last day's month.
    private static func month(of expiresOn: CivilDate) -> CivilDate {
        expiresOn == Lot.never ? expiresOn : expiresOn.adding(days: 1 - expiresOn.civil.day)
    }
}
