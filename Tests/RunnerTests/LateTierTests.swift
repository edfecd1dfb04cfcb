import Loyalty
import Runner
import TestSupport
import Testing

/// At which tier a late order earns.
@Suite struct LateTierTests {
    /// One order of 100.00, dated 2024-02-25, that comes in the night of 2024-02-26; gold is × 1.5.
    private func points(_ members: String) throws -> [String] {
        let nights = try Nights(RandomShop(seed: 1))
        try nights.folder.write(
            """
            version: 1
            program: late
            timezone: Europe/Paris
            currency: EUR
            opens_on: 2024-02-26
            earn_on: gross
            tiers: [{ name: bronze }, { name: gold, multiplier: 1.5 }]
            systems: { pos: {} }

            """, to: "program.yaml")
        try nights.folder.write(members, to: "inbox/members-2024-02-26.csv")
        try nights.folder.write(
            """
            order_id,ordered_at,store_id,card_code,quantity,line_amount
            S1,2024-02-25T10:00:00,1,C1,1,100.00

            """, to: "inbox/orders-pos-2024-02-26.csv")
        try nights.close(date: CivilDate("2024-02-26"))
        return try LedgerDump.rows(of: nights.store, "SELECT points FROM ledger")
    }

    @Test func `of the tier that the member had the day before`() throws {
        #expect(try points("card_code,tier,tier_since\nC1,gold,2024-02-24\n") == ["150"])
        #expect(try points("card_code,tier,tier_since\nC1,gold,2024-02-25\n") == ["100"])
    }

    @Test func `of the entry tier where nobody says since when the member has his`() throws {
        #expect(try points("card_code,tier\nC1,gold\n") == ["100"])
    }

    @Test func `a day that is none refuses the line`() throws {
        #expect(try points("card_code,tier,tier_since\nC1,gold,24/02/2024\n") == [])
    }
}
