import Foundation
import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// Shops in which half of all orders take something back; the argument of a failing test is its seed.
@Suite struct ManyReturnsTests {
    /// Two dozen shops; NIGHTJAR_SEEDS says how many others.
    private static let seeds =
        1...(ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 24)

    private func run(
        _ shop: ManyReturnsShop, orderBytes: Int?, sortBytes: Int? = nil
    ) throws -> Nights {
        let told = """
            endpoints:
              told: { kind: file, url: "file:outbound/", format: jsonl, send: [orders] }

            """
        let nights = try Nights(
            shop.workspace.map { ($0.name, $0.text + ($0.name == "program.yaml" ? told : "")) })
        (nights.orderBytes, nights.sortBytes) = (orderBytes, sortBytes)
        for night in shop.nights {
            try nights.drop(night.files)
            try nights.close(date: night.date)
        }
        return nights
    }

    @Test(arguments: seeds) func `what memory doesn't hold makes no other night`(seed: Int) throws {
        let shop = ManyReturnsShop(seed: seed, orders: 150, isHalved: seed % 2 == 0)
        let plain = try run(shop, orderBytes: nil)
        // Some parts of many orders, and parts of one; sorting has so little that lines go to disk, too.
        let spilled = try run(shop, orderBytes: [0, 10_000, 40_000][seed % 3], sortBytes: 0)
        for table in LedgerDump.ledgerTables + ["reject", "night_total"] {
            let sql = "SELECT * FROM \(table)"
            #expect(
                try LedgerDump.rows(of: spilled.store, sql)
                    == LedgerDump.rows(of: plain.store, sql),
                "seed \(seed), \(table)")
        }
        #expect(try spilled.reports().differences(from: plain.reports()) == [], "seed \(seed)")
        let outgoing = try [spilled, plain].map {
            try FolderContents($0.folder.path + "/outgoing")
        }
        #expect(outgoing[0].differences(from: outgoing[1]) == [], "seed \(seed)")
        #expect(!outgoing[0].files.isEmpty)
        let audit = try StoreAudit(Workspace(folder: spilled.folder.path), limit: 5) { _, _, _ in }
        #expect(audit.findings.map(\.text) == [], "seed \(seed)")
    }

    /// In the shop of seed 17 points come back with grace in the night in which a correction reopens their lot.
    @Test(arguments: [3, 17]) func `explain dates the lots as the store has them`(seed: Int) throws
    {
        let shop = ManyReturnsShop(seed: seed, orders: 150)
        let nights = try run(shop, orderBytes: nil)
        let workspace = try Workspace(folder: nights.folder.path)
        let cards = try LedgerDump.rows(of: nights.store, "SELECT card FROM member")
        let lots = try cards.flatMap { card in
            try workspace.explain(card, on: nil).lots.map { lot in
                let last = lot.expiresOn == Lot.never ? "" : "\(lot.expiresOn)"
                return "\(card)|\(lot.account)|\(lot.id)|\(lot.remaining)|\(lot.activeOn)|\(last)"
            }
        }
        let kept = try LedgerDump.rows(
            of: nights.store,
            """
            SELECT m.card, iif(l.account = 0, 'spend', 'status'), l.id, l.remaining,
                date(l.active_on * 86400, 'unixepoch'), date(l.expires_on * 86400, 'unixepoch')
            FROM lot l JOIN member m ON m.id = l.member WHERE l.remaining > 0
            """)
        #expect(lots.sorted() == kept.sorted())
        #expect(!lots.isEmpty)
    }

    @Test func `the shops have something of everything`() throws {
        var kinds: Set<String> = []
        var orders: Set<String> = []
        for seed in 1...4 {
            let nights = try run(ManyReturnsShop(seed: seed, orders: 150), orderBytes: 0)
            kinds.formUnion(
                try LedgerDump.rows(of: nights.store, "SELECT DISTINCT kind FROM ledger"))
            orders.formUnion(
                try LedgerDump.rows(of: nights.store, "SELECT DISTINCT kind || state FROM orders"))
        }
        #expect(
            kinds.isSuperset(of: [
                "accrue", "redeem", "redeem_uncovered", "refund", "return", "return_uncovered",
                "reverse",
            ]))
        // Sales posted, parked and cancelled; returns posted and parked; voids and exchanges posted.
        #expect(orders.isSuperset(of: ["00", "02", "06", "10", "12", "20", "30"]), "\(orders)")
    }
}
