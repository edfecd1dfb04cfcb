import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// What is told of members is read of those whom a night changed, and is what reading all of them would tell.
@Suite struct MemberMessagesTests {
    /// A dozen shops; NIGHTJAR_SEEDS says how many others.
    private static let seeds =
        1...(ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 12)

    private static let endpoints = """
        version: 1
        endpoints:
          crm: { kind: http, url: "https://crm.example/", send: [members, eligible, notices] }
          till: { kind: file, url: "file:outbound/", send: [members, eligible, notices] }

        """

    /// Rewards whose cost, target, limit and window make members gain and lose them.
    private static func rewards(_ shop: RandomShop) -> String {
        """
        rewards:
          - { id: badge, name: Badge, type: badge, push_text: A badge is yours, target: { segments: [tea] } }
          - id: cup
            name: Cup
            type: coupon
            cost_points: { bronze: 60, silver: 40, gold: 20 }
            owner: pos
            limits: { per_member: 1 }
            stock: { renewal: at_grant }
            push_text: A cup is yours
          - id: tin
            name: Tin
            type: coupon
            cost_points: 10
            owner: pos
            target: { tiers: [silver, gold] }
            valid: { from: \(shop.nights[2].date), to: \(shop.nights[3].date) }
            stock: { renewal: at_grant }

        """
    }

    private static func job(_ name: String, _ lines: String) -> (name: String, text: String) {
        ("Jobs/\(name).yaml", "version: 1\njob: \(name)\n\(lines)\n")
    }

    private static func nights(_ shop: RandomShop) throws -> Nights {
        var files = shop.workspace.map { name, text -> (name: String, text: String) in
            (name, name == "program.yaml" ? text + rewards(shop) : text)
        }
        files.append(("endpoints.yaml", endpoints))
        files.append(
            job(
                "claims",
                "kind: ingest\nafter: [orders]\nrecords: claims\nfiles: \"claims-{date}*.csv\"\n"
                    + "settle: { quiet: 0 seconds }"))
        files.append(job("codes", "kind: codes\nafter: [claims]"))
        return try Nights(files)
    }

    /// Claims of tonight, and what a members file says of segments.
    private static func more(
        _ night: RandomShop.Night, _ cards: [String], _ random: inout SplitMix64
    ) -> [(name: String, text: String)] {
        var claims = "claim_id,claimed_at,card_code,reward_id\n"
        for number in 0..<random.int(0...2) {
            let reward = random.pick(["cup", "tin", "badge"])
            claims +=
                "\(night.date)-\(number),\(night.date)T12:00:00,\(random.pick(cards)),\(reward)\n"
        }
        let segments = random.pick(["", "tea", "tea;coffee"])
        return [
            ("claims-\(night.date).csv", claims),
            (
                "members-\(night.date)-segments.csv",
                "card_code,segments\n\(random.pick(cards)),\(segments)\n"
            ),
        ]
    }

    private static func drop(_ files: [(name: String, text: String)], to nights: Nights) throws {
        for (name, text) in files { try nights.folder.write(text, to: "inbox/" + name) }
    }

    /// Each store calls who was forgotten otherwise.
    private static func plain(_ text: String) -> String {
        text.replacing(/forgotten-[0-9a-f]{16}(-[0-9]+)?/, with: "HE")
    }

    /// What was told, and what is kept of it.
    private static func told(_ nights: Nights) throws -> [String] {
        var told: [String] = []
        for sql in [
            "SELECT kind, subject, key, payload FROM outbox WHERE endpoint = 'crm' ORDER BY id",
            "SELECT endpoint, kind, subject, night FROM told WHERE subject <> ''",
            "SELECT * FROM notice",
        ] { told += try LedgerDump.rows(of: nights.store, sql).map(plain) }
        let files = try FolderContents(nights.folder.path + "/outgoing").files
        return told + files.sorted { $0.key < $1.key }.map { plain("\($0.key)\n\($0.value)") }
    }

    @Test(arguments: seeds) func `what changed tells what all would`(seed: Int) throws {
        let shop = RandomShop(seed: seed, nights: 7)
        var random = SplitMix64(seed: seed &+ 77)
        let (some, all) = (try Self.nights(shop), try Self.nights(shop))
        let cards = shop.nights[0].members.map { String($0.prefix { $0 != "," }) }
        for night in shop.nights {
            let more = Self.more(night, cards, &random)
            // Who was not told of the night before is told of all.
            if night.date > shop.nights[0].date {
                try LedgerDump.change(all.store, "DELETE FROM told WHERE subject = ''")
            }
            let forgotten = random.oneIn(5) ? random.pick(cards) : nil
            for one in [some, all] {
                try one.drop(shop.files(of: night))
                try Self.drop(more, to: one)
                try one.close(date: night.date)
                guard let forgotten, let workspace = try? Workspace(folder: one.folder.path) else {
                    continue
                }
                _ = try? Forgetting(workspace, card: forgotten).run(now: Nights.now)
            }
            let (mine, whole) = (try Self.told(some), try Self.told(all))
            let odd = zip(mine, whole).first { $0 != $1 }
            #expect(odd == nil && mine.count == whole.count, "seed \(seed), \(night.date)")
            if odd != nil { return }
        }
    }

    @Test func `the shops have something of everything`() throws {
        var found: Set<String> = []
        for seed in 1...4 {
            let shop = RandomShop(seed: seed, nights: 7)
            var random = SplitMix64(seed: seed &+ 77)
            let nights = try Self.nights(shop)
            let cards = shop.nights[0].members.map { String($0.prefix { $0 != "," }) }
            for night in shop.nights {
                try nights.drop(shop.files(of: night))
                try Self.drop(Self.more(night, cards, &random), to: nights)
                try nights.close(date: night.date)
            }
            let first = shop.nights[0].date.days
            found.formUnion(
                try LedgerDump.rows(
                    of: nights.store,
                    """
                    SELECT kind FROM outbox WHERE night > \(first) AND endpoint = 'crm'
                    UNION SELECT 'none any more' FROM outbox WHERE kind = 'eligible' AND payload LIKE '%"rewards":[]%'
                    UNION SELECT 'replaced' FROM outbox o JOIN former_card f ON f.card = o.subject AND f.night = o.night
                        WHERE o.kind = 'eligible'
                    UNION SELECT 'granted' FROM claim_outcome WHERE outcome = 'granted'
                    UNION SELECT 'not all' FROM (SELECT count(*) FILTER (WHERE night = \(first) + 1) AS n, count(*) AS c
                        FROM outbox WHERE kind = 'members' AND endpoint = 'crm') WHERE n > 0
                    """))
        }
        #expect(
            found == [
                "members", "eligible", "notices", "none any more", "replaced", "granted", "not all",
            ])
    }
}
