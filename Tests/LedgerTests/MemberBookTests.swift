import Ledger
import Loyalty
import Testing

/// Members with several cards, replaced cards, merges, and who is not active.
@Suite struct MemberBookTests {
    @Test func `D-67: several cards of a member fill one account`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1 id M1", "C2 id M1"])
        try ledger.close(["sale A C1 10.00", "sale B C2 5.00"])
        #expect(try ledger.balances() == ["C1 15"])
    }

    @Test func `D-64: a merge moves the lots with their dates, and the higher tier wins`() throws {
        let ledger = try LedgerNights(
            accounts: [Account(kind: .spend, expiry: .after(.days(365)))])
        try ledger.members(["C1 tier gold", "C2"])
        try ledger.close(["sale A C1 10.00", "sale B C2 5.00"])
        #expect(try ledger.members(["C1 tier gold into C2"]) == ["C1": ["accepted"]])
        let night = try ledger.close()
        #expect(night.postings == ["C1 merge C1 A -20", "C2 merge C1 A 20"])
        #expect(try ledger.rows("SELECT DISTINCT expires_on - earned_on FROM lot") == ["365"])
        #expect(try ledger.members(["C1 tier gold into C2"]) == ["C1": ["duplicate"]])
        // Files that still carry the old card post to the survivor, at his tier.
        #expect(try ledger.close(["sale D C1 1.00"]).postings == ["C2 accrue D D 2"])
        #expect(try ledger.close(["return R C1 10.00 of A"]).postings == ["C2 return R A -20"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-64: an order of a merged member is corrected and voided at his survivor`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["return R C1 4.00 of A"])
        try ledger.members(["C1 into C2"])
        try ledger.close(["sale A C1 20.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C2 16"])
        try ledger.close(["void V of A"])
        #expect(try ledger.balances() == [])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-64: who was merged keeps his identity, whoever still writes it`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1 id M1", "C2", "C3 id M3"])
        try ledger.members(["C1 id M1 into C2", "C3 id M3 into C2"])
        try ledger.close()
        #expect(
            try ledger.members(["C1 id M1", "C3 id M3", "C2 id M1", "C4 id M1", "C2 id M2"])
                == [
                    "C1": ["duplicate"], "C3": ["duplicate"], "C2": ["duplicate", "correction"],
                    "C4": ["accepted"],
                ])
        try ledger.close(["sale A C4 7.00"])
        #expect(try ledger.balances() == ["C2 7"])
    }

    @Test func `a card and an identity of two members are in conflict`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2 id M2", "C3 id M3"])
        #expect(
            try ledger.members(["C1 id M2", "C3 id M2"])
                == ["C1": ["ambiguous_member"], "C3": ["ambiguous_member"]])
    }

    @Test(arguments: [["C1 into C2", "C2 into C3", "C3"], ["C3", "C2 into C3", "C1 into C2"]])
    func `D-64: a chain of merges ends at its last member, in any order of lines`(
        lines: [String]
    ) throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2", "C3"])
        try ledger.close(["sale A C1 10.00", "sale B C2 5.00"])
        try ledger.members(lines)
        try ledger.close()
        #expect(try ledger.balances() == ["C3 15"])
    }

    @Test func `D-64: a circle of merges is refused, and so is an unknown survivor`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2", "C3"])
        let verdicts = try ledger.members(["C1 into C2", "C2 into C1", "C3 into C9"])
        #expect(
            verdicts == ["C1": ["merge_cycle"], "C2": ["merge_cycle"], "C3": ["unknown_member"]])
    }

    @Test func `D-65: a new card takes the place of the old one, which goes on to be his`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        #expect(try ledger.members(["C2 replaces C1"]) == ["C2": ["accepted"]])
        #expect(try ledger.members(["C2 replaces C1"]) == ["C2": ["duplicate"]])
        try ledger.close(["sale B C1 1.00", "sale D C2 2.00"])
        #expect(try ledger.balances() == ["C2 13"])
    }

    @Test func `D-65: where the new card has a member of its own, the old one is merged into him`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00", "sale B C2 5.00"])
        try ledger.members(["C2 replaces C1"])
        try ledger.close()
        #expect(try ledger.balances() == ["C2 15"])
    }

    @Test func `an order dated after its card's last day is counted, not posted`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1 expires 2026-11-16"])
        #expect(try ledger.close(["sale A C1 10.00"]).postings == ["C1 accrue A A 10"])
        let night = try ledger.close(["sale B C1 10.00", "sale D C1 3.00 on 2026-11-16"])
        #expect(night.postings == ["C1 accrue D D 3"])
        #expect(night.settlement.totals.cardExpired == 1)
    }

    @Test func `D-66: orders of blocked, closed and erased members are counted, not posted`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1 status blocked", "C2 status closed", "C3 status erased"])
        let night = try ledger.close(["sale A C1 1.00", "sale B C2 1.00", "sale D C3 1.00"])
        #expect(night.postings == [])
        #expect(night.settlement.totals.notActive == 3)
        #expect(try ledger.close(["return R C1 1.00 of A"]).postings == [])
    }

    @Test func `D-63: orders of an unknown card post with their own dates when it comes`() throws {
        let ledger = try LedgerNights()
        #expect(try ledger.close(["sale A C1 10.00 paid 0"]).verdicts == ["parked"])
        try ledger.members(["C1"])
        try ledger.close()
        #expect(try ledger.rows("SELECT night - date FROM posting") == ["1"])
    }

    // MARK: Segments, birthdays, moves between tiers

    @Test func `segments are those of the last line that names any, each once`() throws {
        let ledger = try LedgerNights()
        let segments =
            "SELECT m.card || ' ' || s.segment FROM member_segment s "
            + "JOIN member m ON m.id = s.member ORDER BY 1"
        try ledger.members(["C1 segments vip;staff;;vip", "C2 segments staff"])
        #expect(try ledger.rows(segments) == ["C1 staff", "C1 vip", "C2 staff"])
        #expect(try ledger.members(["C1"]) == ["C1": ["duplicate"]])
        #expect(try ledger.members(["C1 segments staff;vip"]) == ["C1": ["duplicate"]])
        #expect(try ledger.rows(segments) == ["C1 staff", "C1 vip", "C2 staff"])
        #expect(
            try ledger.members(["C1 segments new", "C2 segments ;"])
                == ["C1": ["correction"], "C2": ["correction"]])
        #expect(try ledger.rows(segments) == ["C1 new"])
    }

    @Test func `a birthday stays until a line says another one or none`() throws {
        let ledger = try LedgerNights()
        let birthdays = "SELECT card || ' ' || coalesce(birthday, '-') FROM member ORDER BY 1"
        try ledger.members(["C1 born 229", "C2"])
        #expect(try ledger.rows(birthdays) == ["C1 229", "C2 -"])
        #expect(
            try ledger.members(["C1", "C2 born 101"]) == [
                "C1": ["duplicate"], "C2": ["correction"],
            ])
        #expect(try ledger.rows(birthdays) == ["C1 229", "C2 101"])
        #expect(try ledger.members(["C1 born 0"]) == ["C1": ["correction"]])
        #expect(try ledger.rows(birthdays) == ["C1 -", "C2 101"])
    }

    @Test func `a night's moves between tiers are kept, from the first tier to the last`() throws {
        let ledger = try LedgerNights()
        let moves =
            "SELECT m.card || ' ' || b.name || ' ' || a.name FROM tier_move v "
            + "JOIN member m ON m.id = v.member JOIN tier b ON b.id = v.before "
            + "JOIN tier a ON a.id = v.after ORDER BY v.night, 1"
        try ledger.members(["C1 tier gold", "C2", "C3"])
        #expect(try ledger.rows(moves) == [])
        try ledger.close()
        try ledger.members(["C1 tier bronze", "C2 tier gold", "C3 tier bronze"])
        #expect(try ledger.rows(moves) == ["C1 gold bronze", "C2 bronze gold"])
        try ledger.members(["C2 tier bronze"])
        #expect(try ledger.rows(moves) == ["C1 gold bronze", "C2 bronze bronze"])
    }
}
