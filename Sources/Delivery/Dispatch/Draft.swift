/// Rows on their way into parcels.
struct Draft {
    private struct Open {
        var rows: [OutboxRow] = []
        var attempts = 0
        var triedAts: [Int] = []
    }

    /// Rows that stand one behind the other and get the same parcel; nil is each its own.
    struct Run {
        var first: Int64
        var last: Int64
        var parcel: Int64?
    }

    /// Of a parcel of one that was never tried, as nearly all are.
    private let triedNow: [Int]
    private var open: [String: Open] = [:]
    private var full: [Open] = []
    private(set) var runs: [Run] = []
    private var isRunOpen = false
    var count = 0
    private(set) var bytes = 0

    init(now: Int) { triedNow = [now] }

    mutating func endRun() { isRunOpen = false }

    /// - Parameter triedAt: when it was tried first; now where it never was.
    mutating func add(_ row: OutboxRow, capacity: Int, attempts: Int, triedAt: Int) {
        count += 1
        bytes += row.payload.count
        var parcel: Int64?
        if capacity == 1 {
            let triedAts = triedAt == triedNow[0] ? triedNow : [triedAt]
            full.append(Open(rows: [row], attempts: attempts, triedAts: triedAts))
        } else {
            var filling = open.removeValue(forKey: row.kind) ?? Open()
            filling.rows.append(row)
            filling.attempts = max(filling.attempts, attempts)
            filling.triedAts.append(triedAt)
            parcel = filling.rows[0].id
            if filling.rows.count < capacity {
                open[row.kind] = filling
            } else {
                full.append(filling)
            }
        }
        if isRunOpen, runs[runs.count - 1].parcel == parcel {
            runs[runs.count - 1].last = row.id
        } else {
            runs.append(Run(first: row.id, last: row.id, parcel: parcel))
            isRunOpen = true
        }
    }

    /// All of them, those that are not full too, by their first rows.
    func parcels() -> [ClaimedParcel] {
        var all = full + open.values
        if !open.isEmpty { all.sort { $0.rows[0].id < $1.rows[0].id } }
        return all.map { open in
            ClaimedParcel(
                parcel: Parcel(
                    key: OutboxBook.key(of: open.rows), rows: open.rows, isRepeated: false),
                attempts: open.attempts, triedAts: open.triedAts)
        }
    }
}
