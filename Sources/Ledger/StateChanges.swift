internal import Loyalty

/// What the fold did to a slice of members, in member order: made on one thread, written on another.
final class StateChanges {
    struct Held {
        var member: Int32
        var tier: Int32
        var account: Account.Kind
        var balance: Balance
    }

    private let night: CivilDate
    /// Owns the ids of lots and orders that were read for the slice.
    let texts = TextArena(blockBytes: 1 << 18)
    /// How much of the night the slice is.
    var count = 0

    private(set) var created: [(member: Int32, lot: Lot)] = []
    private(set) var changed: [(member: Int32, lot: Lot)] = []
    private(set) var postings: [(member: Int32, posting: Posting)] = []
    private(set) var balances: [Held] = []
    private(set) var expiring: [(expiresOn: CivilDate, member: Int32)] = []
    private(set) var exceptions: [LedgerException] = []
    private(set) var debts: [(member: Int32, account: Int, points: Points)] = []

    init(night: CivilDate) { self.night = night }

    /// Adds one member, in ascending order.
    func add(
        _ member: Int32, _ tier: Int32, _ state: MemberState, _ posted: [Posting],
        accounts: [Account]
    ) {
        for posting in posted {
            postings.append((member, posting))
            if posting.kind.isUncovered, let exception = LedgerException(posting, of: member) {
                exceptions.append(exception)
            }
        }
        for lot in state.lots {
            switch lot.change {
            case .none: break
            case .changed: changed.append((member, lot))
            case .created where lot.remaining > 0: created.append((member, lot))
            // A corrected order's lot may be in the store already.
            case .created: changed.append((member, lot))
            }
            if lot.change == .created, lot.remaining > 0, lot.expiresOn != Lot.never {
                let entry = (lot.expiresOn, member)
                if expiring.last.map({ $0 != entry }) ?? true { expiring.append(entry) }
            }
        }
        for account in accounts where posted.contains(where: { $0.account == account.kind }) {
            let balance = state.balance(of: account.kind, on: night)
            balances.append(
                Held(member: member, tier: tier, account: account.kind, balance: balance))
            if account.returns == .debit || balance.debt > 0 {
                debts.append((member, Int(account.kind.rawValue), balance.debt))
            }
        }
    }

    /// Adds a lot from before the first night and gives the state that it makes.
    func open(_ member: Int32, _ lot: OpeningLot) -> MemberState {
        let opened = Lot(
            account: lot.account, system: 0, id: lot.id, points: lot.points,
            remaining: lot.remaining, earnedOn: lot.earnedOn, activeOn: lot.activeOn,
            expiresOn: lot.expiresOn, change: .created)
        let posting = Posting(
            account: lot.account, kind: .accrue, system: 0, source: lot.id, lotSystem: 0,
            lot: lot.id, points: lot.remaining, date: lot.earnedOn, activeOn: lot.activeOn,
            expiresOn: lot.expiresOn)
        let state = MemberState(lots: [opened])
        add(member, 0, state, [posting], accounts: [])
        return state
    }
}
