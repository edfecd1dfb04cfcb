import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// A misspelt system would make every order of its file a new one.
@Suite struct UnknownSystemTests {
    @Test func `in a column it refuses the order`() throws {
        let shop = RandomShop(seed: 1)
        let nights = try Nights(shop)
        let job = try nights.folder.read("Jobs/orders.yaml")
            .replacingOccurrences(of: "orders-{system}-", with: "all-")
        try nights.folder.write(job, to: "Jobs/orders.yaml")
        try nights.folder.write(
            """
            system,order_id,ordered_at,store_id,quantity,line_amount
            pos,S1,2024-02-26T10:00:00,1,1,1.00
            ecom,S1,2024-02-26T10:00:00,1,1,1.00
            pso,S1,2024-02-26T10:00:00,1,1,1.00
            pso,S2,2024-02-26T10:00:00,1,1,1.00

            """, to: "inbox/all-2024-02-26.csv")
        try nights.close(date: CivilDate("2024-02-26"))
        let refused = try LedgerDump.rows(of: nights.store, "SELECT line, reason FROM reject")
        #expect(refused == ["4|system_unknown", "5|system_unknown"])
        let orders = try LedgerDump.rows(
            of: nights.store, "SELECT s.name, o.id FROM orders o JOIN system s ON s.id = o.system")
        #expect(orders.sorted() == ["ecom|S1", "pos|S1"])
    }
}
