package import Loyalty
package import Storage

/// Takes over what there was before the first night: open lots, and orders that are known.
///
/// An opening lot is posted as an accrual of the day before the first night, so that the ledger alone
/// explains every point.
package struct OpeningBook {
    private let connection: Connection
    private let program: Program

    package init(_ connection: Connection, program: Program) {
        self.connection = connection
        self.program = program
    }

    /// The day before the first night, on which opening lots are posted.
    package var day: CivilDate { program.opensOn.adding(days: -1) }

    package struct Outcome {
        package var counts: [VerdictCounts]
        package var refusals: [Refusal] = []
        /// Points taken over, by account.
        package var points: [Points] = [0, 0]

        mutating func refuse(_ file: Int32, _ line: Int32, _ reason: Reason) {
            counts[Int(file)][.rejected] += 1
            refusals.append(
                Refusal(file: file, line: line, lineCount: 1, verdict: .rejected, reason: reason))
        }
    }

    /// Posts opening lots; lots of unknown cards are refused, a lot that is there is a duplicate.
    package func post(lots batch: OpeningBatch, fileCount: Int) throws -> Outcome {
        var outcome = Outcome(counts: Array(repeating: VerdictCounts(), count: fileCount))
        let members = try holders(batch.lots.count) { batch.lots[$0].card }
        var keys: [UInt64] = []
        let byID = sortedTexts(batch.lots.count) { batch.lots[$0].id }
        for (rank, index) in byID.enumerated() {
            keys.append(UInt64(UInt32(members[Int(index)])) << 32 | UInt64(rank))
        }
        keys.sort()
        let writer = try StateWriter(connection, night: day)
        let open = OpenPoints(night: day)
        let known = try connection.prepare(
            "SELECT 1 FROM lot WHERE member = ? AND account = ? AND id = ? AND system = 0")
        var at = 0
        while at < keys.count {
            let changes = StateChanges(night: day)
            let end = min(at + 4096, keys.count)
            var previous: (member: Int32, id: ByteText, account: Account.Kind)?
            for key in keys[at..<end] {
                var lot = batch.lots[Int(byID[Int(key & 0xFFFF_FFFF)])]
                // The older system left it open: it expires with the first night, and is good until then.
                lot.expiresOn = max(lot.expiresOn, program.opensOn)
                let member = Int32(truncatingIfNeeded: key >> 32)
                guard member > 0 else {
                    outcome.refuse(lot.file, lot.line, .unknownMember)
                    continue
                }
                known.bind(Int64(member), at: 1)
                known.bind(Int64(lot.account.rawValue), at: 2)
                known.bind(lot.id, at: 3)
                let isSame = previous.map { $0 == (member, lot.id, lot.account) } ?? false
                let isKnown = try known.step()
                known.reset()
                if isKnown || isSame {
                    outcome.counts[Int(lot.file)][.duplicate] += 1
                    continue
                }
                previous = (member, lot.id, lot.account)
                outcome.counts[Int(lot.file)][.accepted] += 1
                outcome.points[Int(lot.account.rawValue)] += lot.remaining
                open.add(changes.open(member, lot))
            }
            try writer.write(changes)
            at = end
        }
        try open.write(connection, after: day)
        return outcome
    }

    /// Enters opening orders in the registry; a card that nobody has makes an order without a member.
    package func post(orders batch: OpeningBatch, files: [Int64]) throws -> Outcome {
        var outcome = Outcome(counts: Array(repeating: VerdictCounts(), count: files.count))
        let systems = try Names(connection).systems(batch.systems)
        let members = try holders(batch.orders.count) { batch.orders[$0].card }
        let registry = try OrderRegistry(connection, night: day)
        let texts = TextArena()
        let byID = sortedTexts(batch.orders.count) { batch.orders[$0].id }
        for system in Set(systems).sorted() {
            let own = byID.filter { systems[Int(batch.orders[Int($0)].system)] == system }
            var at = 0
            while at < own.count {
                let block = own[at..<min(at + 4096, own.count)].map(Int.init)
                let rows = block.map { row(batch.orders[$0], system, members[$0], files) }
                try registry.insert(rows, texts: texts) { index, _ in
                    outcome.counts[Int(batch.orders[block[index]].file)][.duplicate] += 1
                } new: { index in
                    outcome.counts[Int(batch.orders[block[index]].file)][.accepted] += 1
                }
                at += block.count
            }
        }
        return outcome
    }

    private func row(
        _ order: OpeningOrder, _ system: Int32, _ member: Int32, _ files: [Int64]
    ) -> OrderRow {
        OrderRow(
            system: system, id: order.id, content: ContentHash(), date: order.date, member: member,
            kind: order.net < 0 ? .return : .sale, state: .opening, net: order.net,
            base: max(0, order.net), terms: 0, points: order.points,
            file: files[Int(order.file)], line: order.line)
    }

    /// The members of cards, 0 for a card that nobody has.
    private func holders(_ count: Int, _ card: (Int) -> ByteText) throws -> [Int32] {
        let cards = TextTable()
        let indices = (0..<count).map { card($0).isEmpty ? -1 : cards.intern(card($0)) }
        let directory = try CardDirectory(cards, connection)
        return indices.map { $0 < 0 ? 0 : directory.holders[Int($0)].member }
    }
}
