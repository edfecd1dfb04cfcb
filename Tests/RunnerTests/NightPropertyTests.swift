import Foundation
import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// What must hold of every night, on random input; the argument of a failing test is its seed.
@Suite struct NightPropertyTests {
    /// A dozen shops; NIGHTJAR_SEEDS says how many others.
    private static let seeds =
        1...(ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 12)

    /// What is left when each night's files are dropped and then it is run.
    private struct Plain: Sendable {
        var ledger: [String]
        var reports: FolderContents
        /// Sums that do not agree.
        var broken: [String]
        var kinds: [String]
        var exceptions: [String]
        /// What became of members.
        var members: [String]
        /// Names of totals that are not always zero.
        var totals: [String]
        var reasons: [String]
    }

    private static let plain = Result {
        try Dictionary(uniqueKeysWithValues: seeds.map { ($0, try plain(RandomShop(seed: $0))) })
    }

    private static func plain(_ shop: RandomShop) throws -> Plain {
        let nights = try oneByOne(shop)
        func rows(_ sql: String) throws -> [String] { try LedgerDump.rows(of: nights.store, sql) }
        return Plain(
            ledger: try nights.ledger(), reports: try nights.reports(),
            broken: try LedgerDump.sums.filter { try !rows($0.sql).isEmpty }.map(\.name),
            kinds: try rows("SELECT DISTINCT kind FROM ledger"),
            exceptions: try rows("SELECT DISTINCT kind FROM exception"),
            members: try rows(members),
            totals: try rows("SELECT DISTINCT name FROM night_total WHERE value <> 0"),
            reasons: try rows(reasons))
    }

    private static let members = """
        SELECT 'card expires' FROM card WHERE expires_on IS NOT NULL
        UNION SELECT 'forced tier' FROM forced_tier
        UNION SELECT 'merged' FROM merge WHERE posted_on IS NOT NULL
        UNION SELECT 'merged twice' FROM merge a JOIN merge b ON b.victim = a.survivor
        UNION SELECT 'product' FROM product
        UNION SELECT 'replaced' FROM former_card
        UNION SELECT 'second card' FROM card c JOIN member m ON m.id = c.member
            WHERE m.card <> c.card AND m.merged_into IS NULL
            AND m.id NOT IN (SELECT survivor FROM merge)
            AND m.id NOT IN (SELECT member FROM former_card)
        """

    private static let reasons =
        "SELECT f.night, r.reason FROM reject r JOIN file f ON f.id = r.file ORDER BY 1, 2"

    private static func oneByOne(_ shop: RandomShop, endpoints: String = "") throws -> Nights {
        let nights = try Nights(shop)
        if !endpoints.isEmpty { try nights.folder.write(endpoints, to: "endpoints.yaml") }
        for night in shop.nights {
            try nights.drop(shop.files(of: night))
            try nights.close(date: night.date)
        }
        return nights
    }

    private func plain(_ seed: Int) throws -> Plain { try #require(Self.plain.get()[seed]) }

    @Test(arguments: seeds) func `sums of the ledger agree`(seed: Int) throws {
        #expect(try plain(seed).broken == [], "seed \(seed)")
    }

    @Test(arguments: seeds) func `running twice is running once`(seed: Int) throws {
        let shop = RandomShop(seed: seed)
        let plain = try plain(seed)
        let twice = try Nights(shop)
        for night in shop.nights {
            try twice.drop(shop.files(of: night))
            try twice.close(date: night.date)
            #expect(try twice.close(date: night.date) == [.alreadyClosed])
        }
        #expect(try twice.ledger() == plain.ledger, "seed \(seed)")
        #expect(try twice.reports().differences(from: plain.reports) == [], "seed \(seed)")
    }

    @Test(arguments: seeds) func `every file again changes nothing`(seed: Int) throws {
        let shop = RandomShop(seed: seed)
        let nights = try Self.oneByOne(shop)
        let last = try #require(shop.nights.last).date
        let before = try LedgerDump.rows(of: nights.store, "SELECT * FROM ledger")
        // Older names belong to the oldest open night.
        for night in shop.nights { try nights.drop(shop.files(of: night)) }
        try nights.close(date: last.adding(days: 1))
        let after = try LedgerDump.rows(
            of: nights.store, "SELECT * FROM ledger WHERE night <= '\(last)'")
        #expect(after == before, "seed \(seed)")
        let files = try LedgerDump.rows(
            of: nights.store,
            "SELECT path FROM file WHERE night > \(last.days) AND verdict <> 'duplicate_file'")
        #expect(files == [], "seed \(seed)")
    }

    @Test(arguments: seeds) func `nights at once are nights one by one`(seed: Int) throws {
        let shop = RandomShop(seed: seed)
        let plain = try plain(seed)
        let through = try Nights(shop)
        for night in shop.nights { try through.drop(shop.files(of: night)) }
        let last = try #require(shop.nights.last).date
        #expect(try through.close(through: last).count == shop.nights.count)
        #expect(try through.ledger() == plain.ledger, "seed \(seed)")
        #expect(try through.reports().differences(from: plain.reports) == [], "seed \(seed)")
    }

    @Test(arguments: seeds) func `files may be cut, named and ordered in any way`(seed: Int) throws
    {
        let shop = RandomShop(seed: seed)
        let plain = try plain(seed)
        let other = try Nights(shop)
        var random = SplitMix64(seed: seed)
        for night in shop.nights {
            try other.drop(shop.files(of: night, shuffledBy: &random))
            try other.close(date: night.date)
        }
        let differences = try Set(plain.ledger).symmetricDifference(other.ledger()).sorted()
        #expect(differences == [], "seed \(seed)")
        // These name files and lines, or hold the hash of those that do.
        let named: Set = ["files.csv", "rejects.csv", "datapackage.json"]
        #expect(
            try other.reports().without(named).differences(from: plain.reports.without(named))
                == [],
            "seed \(seed)")
        #expect(
            try LedgerDump.rows(of: other.store, Self.reasons) == plain.reasons, "seed \(seed)")
    }

    @Test(arguments: seeds) func `nights that memory doesn't hold are the same nights`(
        seed: Int
    ) throws {
        let shop = RandomShop(seed: seed)
        let endpoints = """
            version: 1
            endpoints:
              crm: { kind: http, url: "https://crm.example/", send: [orders, points, balances, postings] }

            """
        let plain = try Self.oneByOne(shop, endpoints: endpoints)
        let spilled = try Nights(shop)
        try spilled.folder.write(endpoints, to: "endpoints.yaml")
        spilled.orderBytes = [0, 4_000, 20_000][seed % 3]
        for night in shop.nights {
            try spilled.drop(shop.files(of: night))
            try spilled.close(date: night.date)
        }
        for table in LedgerDump.ledgerTables + ["reject", "night_total", "outbox"] {
            let sql = "SELECT * FROM \(table)"
            #expect(
                try LedgerDump.rows(of: spilled.store, sql)
                    == LedgerDump.rows(of: plain.store, sql),
                "seed \(seed), \(table)")
        }
        let kinds = "SELECT count(DISTINCT kind) FROM outbox"
        #expect(try LedgerDump.rows(of: plain.store, kinds) == ["4"], "seed \(seed)")
        #expect(try spilled.reports().differences(from: plain.reports()) == [], "seed \(seed)")
        let audit = try StoreAudit(Workspace(folder: spilled.folder.path), limit: 5) { _, _, _ in }
        #expect(audit.findings.map(\.text) == [], "seed \(seed)")
    }

    @Test func `the shops have something of everything`() throws {
        let all = try Self.plain.get().values
        #expect(
            Set(all.flatMap(\.kinds)).isSuperset(of: [
                "accrue", "adjust", "adjust_uncovered", "cap", "expire", "merge", "redeem",
                "redeem_uncovered", "refund", "repay", "return", "return_uncovered", "reverse",
            ]))
        #expect(
            Set(all.flatMap(\.exceptions)).isSuperset(of: [
                "over_return", "overspent_points", "uncollected_adjustment", "uncollected_return",
            ]))
        #expect(
            Set(all.flatMap(\.totals)).isSuperset(of: [
                "lines_duplicate", "lines_correction", "lines_parked", "lines_rejected",
                "orders_anonymous", "orders_unmatched", "orders_not_active", "orders_missing_order",
                "orders_later_day", "orders_released", "orders_given_up", "points_expired",
                "points_uncovered", "status_points_returned", "orders_voided", "orders_never_earn",
                "orders_card_expired",
            ]))
        #expect(
            Set(all.flatMap(\.members)).isSuperset(of: [
                "card expires", "forced tier", "merged", "merged twice", "product", "replaced",
                "second card",
            ]))
    }
}
