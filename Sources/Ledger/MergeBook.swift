internal import Loyalty
internal import Storage

/// Moves the lots and debts of merged members: what the night's posting does of a merge.
struct MergeBook {
    private let connection: Connection
    private let night: CivilDate

    init(_ connection: Connection, night: CivilDate) {
        self.connection = connection
        self.night = night
    }

    /// Adds the events of all merges that wait to be posted.
    func post(_ settlement: inout Settlement) throws {
        let merges = try connection.prepare(
            """
            SELECT g.victim, g.survivor, m.card FROM merge g JOIN member m ON m.id = g.victim
            WHERE g.posted_on IS NULL ORDER BY g.victim
            """)
        let lots = try connection.prepare(
            """
            SELECT account, id, system, points, remaining, earned_on, active_on, expires_on
            FROM lot WHERE member = ? ORDER BY account, id, system
            """)
        let debts = try connection.prepare("SELECT account, points FROM debt WHERE member = ?")
        while try merges.step() {
            let victim = Int32(merges.integer(0))
            let survivor = Int32(merges.integer(1))
            let id = settlement.texts.copy(merges.text(2))
            var detail = EventDetail()
            lots.bind(Int64(victim), at: 1)
            while try lots.step() {
                detail.lots.append(
                    Lot(
                        account: lots.integer(0) == 0 ? .spend : .status,
                        system: Int32(lots.integer(2)), id: settlement.texts.copy(lots.text(1)),
                        points: lots.integer(3), remaining: lots.integer(4),
                        earnedOn: lots.date(5), activeOn: lots.date(6),
                        expiresOn: lots.isNull(7) ? Lot.never : lots.date(7)))
            }
            lots.reset()
            debts.bind(Int64(victim), at: 1)
            while try debts.step() { detail.debts[Int(debts.integer(0))] = debts.integer(1) }
            debts.reset()
            guard !detail.lots.isEmpty || detail.debts.contains(where: { $0 > 0 }) else { continue }
            // No order's system: a card may be written like an order's number.
            func event(_ kind: OrderEvent.Kind) -> OrderEvent {
                OrderEvent(kind: kind, date: night, system: 0, id: id, base: 0, terms: 0)
            }
            try settlement.add(event(.mergeOut), to: victim)
            settlement.add(event(.mergeIn), detail, to: survivor)
        }
        try connection.execute(
            "UPDATE merge SET posted_on = ? WHERE posted_on IS NULL", .date(night))
    }
}
