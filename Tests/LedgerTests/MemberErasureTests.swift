import Ledger
import Loyalty
import Storage
import TestSupport
import Testing

/// A person who is forgotten, and the ledger that goes on without his name.
@Suite struct MemberErasureTests {
    private func store(_ nights: LedgerNights) throws -> Store {
        try Store(path: nights.scratch.path + "/nightjar.db")
    }

    private func forget(_ card: String, _ nights: LedgerNights) throws -> MemberErasure.Person {
        let day = nights.day
        return try store(nights).erase { connection in
            let erasure = MemberErasure(connection)
            let person = try #require(try erasure.person(of: card))
            try erasure.erase(person, on: day)
            return person
        }
    }

    /// The hash of all postings in the store, as the chain makes it.
    private func chain(_ nights: LedgerNights) throws -> [UInt8] {
        let ranges = try nights.rows(
            """
            SELECT first || ' ' || coalesce((SELECT min(n.first) - 1 FROM posting_range n
                WHERE n.first > r.first), (SELECT max(id) FROM posting)) FROM posting_range r ORDER BY first
            """)
        return try store(nights).read { connection in
            var hash: [UInt8] = []
            for range in ranges {
                let ends = range.split(separator: " ").compactMap { Int64($0) }
                hash = try NightChain.hash(connection, of: ends[0]...ends[1], after: hash)
            }
            return hash
        }
    }

    /// Every text of the ledger's tables.
    private func texts(_ nights: LedgerNights) throws -> String {
        let tables = try nights.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        return try tables.flatMap { try nights.rows("SELECT * FROM \($0)") }.joined(separator: "\n")
    }

    @Test func `cards and fields go; token, lots, postings and sums stay`() throws {
        let nights = try LedgerNights()
        try nights.members(["C1 id M-ONE tier gold born 1124 segments vip", "C2"])
        try nights.close(["sale A C1 10.00", "sale B C2 5.00"])
        let (hash, before) = (try chain(nights), try nights.balances())
        #expect(before == ["C1 20", "C2 5"])
        let person = try forget("C1", nights)
        #expect(person.cards == ["C1"] && person.names == ["M-ONE", "C1"])
        #expect(person.points.map(\.points) == [20])
        let standIn = person.standIn
        #expect(standIn.hasPrefix("forgotten-") && standIn.count == 26)
        #expect(try nights.balances() == ["C2 5", "\(standIn) 20"])
        #expect(try chain(nights) == hash)
        let rest = try texts(nights)
        for text in ["C1", "M-ONE", "vip", "1124"] {
            #expect(
                !rest.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.contains { $0 == text })
        }
        #expect(try nights.brokenSums() == [] && nights.faults() == [])
    }

    @Test func `whoever was merged into him goes with him, and no link of the chain breaks`() throws
    {
        let nights = try LedgerNights()
        try nights.members(["CARD1", "CARD2 id M2", "CARD3"])
        try nights.close(["sale A CARD1 10.00", "sale B CARD2 7.00", "sale C CARD3 1.00"])
        try nights.members(["CARD2 into CARD1", "CARD4 replaces CARD1"])
        let night = try nights.close(["sale D CARD4 1.00"])
        #expect(night.postings.contains { $0.contains("merge CARD2 B") })
        let hash = try chain(nights)
        let person = try forget("CARD2", nights)
        #expect(person.cards == ["CARD1", "CARD2", "CARD4"] && person.members.count == 2)
        for card in person.names { #expect(!(try texts(nights)).contains(card), "\(card)") }
        #expect(try chain(nights) == hash)
        #expect(try nights.balances() == ["CARD3 1", "\(person.standIn) 18"])
        // What he did is still found to be changed, where it is.
        try LedgerDump.change(
            nights.scratch.path + "/nightjar.db",
            "UPDATE posting SET points = points + 1 WHERE source = 'A'")
        #expect(try chain(nights) != hash)
    }

    @Test
    func
        `his points expire as usual; what comes back of his orders is counted, as of all who are erased`()
        throws
    {
        let account = Account(kind: .spend, expiry: .after(.days(2)))
        let nights = try LedgerNights(accounts: [account])
        try nights.members(["C1", "C2"])
        try nights.close(["sale A C1 10.00", "sale B C1 5.00", "sale C C2 3.00"])
        let person = try forget("C1", nights)
        let back = try nights.close(["return R - 5.00 of B"])
        #expect(back.postings == [] && back.verdicts == ["accepted"])
        let end = try nights.close()
        #expect(
            end.postings == [
                "C2 expire C C -3", "\(person.standIn) expire A A -10",
                "\(person.standIn) expire B B -5",
            ])
        #expect(try nights.brokenSums() == [] && nights.faults() == [])
    }

    @Test func `his card seen again is an unknown one: it waits for a member, who is a new one`()
        throws
    {
        let nights = try LedgerNights()
        try nights.members(["C1 id M1"])
        try nights.close(["sale A C1 10.00"])
        let first = try forget("C1", nights)
        // The same order again is known; another one waits.
        #expect(try nights.close(["sale A C1 10.00"]).verdicts == ["duplicate"])
        #expect(try nights.close(["sale B C1 5.00"]).verdicts == ["parked"])
        #expect(try nights.members(["C1 id M1"]) == ["C1": ["accepted"]])
        let night = try nights.close()
        #expect(night.postings == ["C1 accrue B B 5"])
        #expect(try nights.balances() == ["C1 5", "\(first.standIn) 10"])
        // Forgotten again he has the same token, and another name: rows of reports stay apart.
        let hash = try chain(nights)
        let second = try forget("C1", nights)
        #expect(second.standIn == first.standIn + "-2")
        #expect(try chain(nights) == hash)
        #expect(try nights.balances() == ["\(first.standIn) 10", "\(second.standIn) 5"])
    }

    @Test func `what waits for his card waits in vain`() throws {
        let nights = try LedgerNights()
        try nights.members(["C1", "C2"])
        let texts = Texts()
        let gift = Adjustment(
            id: texts("X"), card: texts("C1"), account: .spend, points: 7,
            effectiveOn: LedgerNights.date("2026-11-20"), reason: texts("for C1"), file: 0, line: 2)
        try nights.close(
            ["sale A C1 10.00 on 2026-11-18", "return R C1 5.00 of Z", "sale B C2 1.00"],
            adjustments: [gift])
        #expect(try nights.state(of: "A") == "2")
        _ = try forget("C1", nights)
        #expect(
            try nights.rows("SELECT id, state FROM orders ORDER BY id") == ["A|4", "B|0", "R|2"])
        // A return that waits for its order names no card; it goes on waiting.
        #expect(try !self.texts(nights).contains("C1"))
        #expect(try nights.faults() == [])
        // The line of the adjustment again changes nothing, whatever it says.
        for points in [7, 70] {
            var again = gift
            again.points = Int64(points)
            let night = try nights.close(adjustments: [again])
            #expect(night.postings == [] && night.settlement.counts.last?[.duplicate] == 1)
        }
        #expect(try nights.balances() == ["C2 1"] && nights.brokenSums() == [])
    }

    @Test func `a card that only waiting records name can be forgotten too`() throws {
        let nights = try LedgerNights()
        try nights.close(["sale A C9 10.00"])
        try store(nights).erase { connection in
            let erasure = MemberErasure(connection)
            #expect(try erasure.person(of: "C9") == nil)
            #expect(try erasure.isNamed("C9") && !erasure.isNamed("C8"))
            try erasure.erase(MemberErasure.Person(unknown: "C9"), on: nights.day)
            #expect(try !erasure.isNamed("C9"))
        }
        #expect(try nights.state(of: "A") == "4" && nights.faults() == [])
    }
}
