internal import Loyalty
internal import Storage

/// Keeps what reconciliation came to, by system and reward: the only writer of its table.
struct ReconciliationBook {
    private let night: CivilDate
    private let insert: Statement

    /// Hours until the systems hear of one another again.
    private static let hoursOfSync: Int64 = 24

    init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        insert = try connection.prepare(
            """
            INSERT INTO reconciliation (night, system, reward, state, as_of, registered, unknown,
                in_sync, breaks, in_transit, available, assigned, burned, expired, exposure)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }

    /// - Parameter registered: how many codes of each reward the register has.
    func write(_ work: Reconciliation, registered: [Int64]) throws {
        for (index, side) in work.sides.sides.enumerated() {
            for (reward, tally) in work.tallies[index].enumerated()
            where tally.registered + tally.unknown > 0 && work.isTold(reward, at: index) {
                let value = work.facts[reward]?.reward.value ?? 0
                // Only where they learn of one another at night can a code be used on both sides by day.
                let live = work.terms.integration == .asynchronous ? tally.live : 0
                try write(
                    side.id, reward, "reconciled", side.asOf, tally,
                    exposure: live * value * ReconciliationBook.hoursOfSync)
            }
        }
        try writeMissing(work, registered)
    }

    /// Systems that should know a reward's codes and didn't say in time what they hold.
    private func writeMissing(_ work: Reconciliation, _ registered: [Int64]) throws {
        for (id, reward) in work.register.rewards.all where registered[Int(id)] > 0 {
            for name in reward.systems where work.terms.system(name)?.reportsBurns ?? true {
                let side = work.sides.sides.firstIndex { $0.name == name }
                if let side, work.isTold(Int(id), at: side) { continue }
                var tally = Reconciliation.Tally()
                tally.registered = registered[Int(id)]
                try write(
                    try work.register.system(name), Int(id), "not_reconciled", nil, tally,
                    exposure: 0)
            }
        }
    }

    private func write(
        _ system: Int32, _ reward: Int, _ state: String, _ asOf: LocalSeconds?,
        _ tally: Reconciliation.Tally, exposure: Int64
    ) throws {
        insert.bind(night, at: 1)
        insert.bind(Int64(system), at: 2)
        insert.bind(Int64(reward), at: 3)
        insert.bind(state, at: 4)
        insert.bind(orNull: asOf, at: 5)
        let values =
            [tally.registered, tally.unknown, tally.inSync, tally.breaks, tally.inTransit]
            + tally.listed.dropLast() + [exposure]
        for (index, value) in values.enumerated() { insert.bind(value, at: Int32(index) + 6) }
        try insert.run()
    }
}
