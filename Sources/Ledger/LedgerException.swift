internal import Loyalty
internal import Storage

/// Something that a person should look at.
struct LedgerException {
    /// The words of the exceptions report.
    enum Kind: String {
        /// It waited for as long as its job lets it, in vain; a return is taken as unlinked then.
        case givenUp = "given_up"
        /// More came back than was sold: the amount beyond it.
        case overReturn = "over_return"
        /// Points of a return that nobody had any more.
        case uncollectedReturn = "uncollected_return"
        /// Points that an order was paid with and that nobody had: too few, no card, or one that may not spend.
        case overspentPoints = "overspent_points"
        /// Points taken by hand that nobody had.
        case uncollectedAdjustment = "uncollected_adjustment"
    }

    var kind: Kind
    var source: OrderIdentity
    var account: Account.Kind = .spend
    var member: Int32
    var points: Points?
    var amount: MinorUnits?

    init(_ kind: Kind, of row: OrderRow, amount: MinorUnits) {
        self.kind = kind
        source = row.identity
        member = row.member
        self.amount = amount
    }

    /// Points that an order says it was paid with, where no member can have paid them; nil for none.
    init?(unpaid row: OrderRow) {
        guard row.kind == .sale, row.pointsPaid > 0 else { return nil }
        self.init(.overspentPoints, of: row, amount: 0)
        points = row.pointsPaid
    }

    /// It with its texts in an arena.
    func kept(in texts: TextArena) -> LedgerException {
        var exception = self
        exception.source.id = texts.copy(source.id)
        return exception
    }

    /// An adjustment that has waited in vain.
    init(_ kind: Kind, of line: Adjustment, by system: Int32) {
        self.kind = kind
        source = OrderIdentity(system: system, id: line.id)
        account = line.account
        member = 0
        points = line.points
    }

    /// What tonight's postings left uncovered; nil for one that is covered.
    init?(_ posting: Posting, of member: Int32) {
        switch posting.kind {
        case .returnUncovered: kind = .uncollectedReturn
        case .redeemUncovered: kind = .overspentPoints
        case .adjustUncovered: kind = .uncollectedAdjustment
        default: return nil
        }
        source = OrderIdentity(system: posting.system, id: posting.source)
        account = posting.account
        self.member = member
        points = -posting.points
    }
}

/// Writes exceptions: the only writer of their table.
struct ExceptionBook {
    private struct Key: Hashable {
        var kind: LedgerException.Kind
        var source: OrderIdentity
        var account: Account.Kind
    }

    private let night: CivilDate
    private let insert: BulkInsert

    init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        insert = try BulkInsert(
            connection, "INSERT OR REPLACE", into: "exception",
            ["night", "kind", "system", "source", "account", "member", "points", "amount"])
    }

    /// Writes a night's exceptions; points that one posting took and another gave back are none.
    func write(_ exceptions: [LedgerException]) throws {
        var sums: [Key: LedgerException] = [:]
        for exception in exceptions {
            let key = Key(
                kind: exception.kind, source: exception.source, account: exception.account)
            if var sum = sums[key], let points = sum.points {
                sum.points = points + (exception.points ?? 0)
                sums[key] = sum
            } else {
                sums[key] = exception
            }
        }
        let open = sums.values.filter {
            $0.kind == .givenUp || $0.points.map { $0 > 0 } ?? true
        }.sorted { left, right in
            if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
            if left.source.system != right.source.system {
                return left.source.system < right.source.system
            }
            if left.source.id != right.source.id { return left.source.id < right.source.id }
            return left.account.rawValue < right.account.rawValue
        }
        try insert.rows(open.count) { row, statement, first in
            let exception = open[row]
            statement.bind(night, at: first + 1)
            statement.bind(exception.kind.rawValue, at: first + 2)
            statement.bind(Int64(exception.source.system), at: first + 3)
            statement.bind(exception.source.id, at: first + 4)
            statement.bind(Int64(exception.account.rawValue), at: first + 5)
            statement.bindUnlessZero(Int64(exception.member), at: first + 6)
            statement.bindUnlessZero(exception.points ?? 0, at: first + 7)
            statement.bindUnlessZero(exception.amount ?? 0, at: first + 8)
        }
    }
}
