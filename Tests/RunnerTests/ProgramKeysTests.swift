import Runner
import Settings
import Testing

/// Every key that the reference of program.yaml names: read, accepted at its default, or refused.
@Suite struct ProgramKeysTests {
    /// How a line below the head is met.
    private enum Fate: Sendable {
        /// The key is read.
        case read
        /// The key is of a later version, and this its default.
        case defaulted
        /// The key is of a later version.
        case later
    }

    private static let top: [(String, Fate)] = [
        ("status: running", .read),
        ("night: { starts: \"02:30\", until: \"07:00\" }", .read),
        ("from: 2024-01-01", .read),
        ("to: 2030-01-01", .read),
        ("match: [card_code]", .read),
        ("cards: { generate: none }", .defaulted),
        ("cards: { generate: ean13 }", .later),
        ("enrol: by_file", .defaulted),
        ("enrol: automatic", .later),
        ("use_orders: all", .defaulted),
        ("use_orders: after_enrolment", .later),
        ("earn_on: net_of_points", .read),
        ("returns_by: earner", .read),
        ("missing_order: park", .read),
        ("accounts: {}", .read),
        ("periods: []", .read),
        ("periods: [{ id: P, from: 2026-01-01, to: 2026-12-31, expires_on: 2027-03-31 }]", .read),
        ("tier_by: status", .defaulted),
        ("tier_by: spend", .later),
        ("tiers: []", .read),
        ("assess: { upgrade: nightly, downgrade: never, max_ranks_down: none }", .defaulted),
        ("assess: { upgrade: immediate }", .later),
        ("earning: []", .defaulted),
        ("earning: [{ name: double, multiply: 2 }]", .later),
        ("cashback: []", .defaulted),
        ("cashback: [{ id: cb }]", .later),
        ("fields: { rewards: [], members: [] }", .read),
        ("fields: { rewards: [{ name: shoe, type: number }] }", .read),
        ("fields: { members: [{ name: shoe, type: number }] }", .later),
        ("rewards: []", .read),
        ("rewards: [{ id: r25, name: Coffee, type: badge }]", .read),
        ("workflows: []", .read),
        ("workflows: [{ event: enrolled, assign: r25 }]", .read),
        ("expiring: [30 days, 7 days, 1 day]", .read),
        ("expiring: [60 days]", .read),
        ("integration: separate", .read),
        ("integration: real_time", .read),
        ("integration: asynchronous", .read),
        ("integration: identification", .read),
        ("systems: { pos: {} }", .read),
        ("burns: { foreign_card: burn, after_expiry: burn, local_assignment: free }", .read),
        (
            "burns: { foreign_card: refuse, after_expiry: refuse, local_assignment: charge }",
            .read
        ),
        ("grants: { check: stock }", .read),
        ("grants: { check: all }", .read),
        ("endpoints: {}", .read),
        (
            "privacy: { codes: masked, cards: plain, "
                + "keep: { orders: 5 years, rejects: 90 days, archive: 2 years } }", .defaulted
        ),
        ("privacy: { keep: { rejects: 2 weeks, archive: none } }", .read),
        ("privacy: { keep: { orders: 1 year } }", .later),
        ("privacy: { cards: hashed }", .read),
        ("privacy: { codes: full }", .read),
        (
            "limits: { memory: 512 MiB, expanded: 50 GiB, ratio: 200, line: 1 MiB, fields: 512 }",
            .read
        ),
    ]

    private static let account: [(String, Fate)] = [
        ("ratio: 1", .read),
        ("rounding: floor", .read),
        ("hold_days: 0", .read),
        ("expiry: never", .read),
        ("expiry: { after: 365 days, count_from: order, cascading: false }", .read),
        ("expiry: { after: 365 days, count_from: active }", .read),
        ("expiry: { after: 365 days, end_of: month }", .read),
        ("expiry: { after: 365 days, cascading: true }", .later),
        ("expiry: { activity: 365 days }", .later),
        ("expiry: { fixed: 12-31 }", .read),
        ("returns: within_balance", .read),
        ("return_rounding: cumulative", .read),
        ("returns_take: pending_first", .read),
        ("refund_expired: expire", .read),
        ("refund_expired: { grace: 30 days }", .read),
        ("spend_order: soonest", .read),
        ("max: none", .read),
        ("max: 1000", .read),
    ]

    private static let tier: [(String, Fate)] = [
        ("multiplier: 1", .read),
        ("multiplier: { spend: 1 }", .read),
        ("entry: 0", .later),
        ("keep: 80", .later),
        ("points: true", .defaulted),
        ("points: false", .later),
    ]

    private static let system: [(String, Fate)] = [
        ("timezone: Europe/Paris", .read),
        ("grace: 6 hours", .read),
        ("burns: report", .read),
        ("burns: none", .read),
        ("on_burn: delete", .read),
        ("on_burn: burn", .read),
        ("renew_after: 3 days", .read),
        ("endpoint: share", .read),
        ("stores: all", .read),
        ("stores: [PAR07]", .read),
    ]

    private static let reward: [(String, Fate)] = [
        ("status: draft", .read),
        ("cost_points: 100", .read),
        ("cost_points: { gold: 80 }", .read),
        ("value: 25.00", .read),
        ("percent: 12.5", .read),
        ("product: [SKU]", .read),
        ("price: 0", .read),
        ("tax_rate: 20", .read),
        ("mirrors: [ecom]", .read),
        ("channels: [pos, ecom]", .read),
        ("channels: { field: where }", .read),
        ("hold_days: 2", .read),
        ("valid: 1 year", .read),
        ("valid: { for: 1 year }", .read),
        ("valid: { from: 2026-01-01, to: 2026-12-31 }", .read),
        ("valid: { from: none, to: 2026-12-31 }", .read),
        ("limits: { total: none, per_member: 1 }", .read),
        ("target: { tiers: [gold] }", .read),
        ("target: { segments: [vip] }", .read),
        ("min_purchase: 50.00", .read),
        ("min_purchase: { field: least }", .read),
        ("stock: { units: none, threshold: 350, refill_to: 1000 }", .read),
        ("stock: { threshold: { field: least }, renewal: at_grant, renew_after: 3 days }", .read),
        ("description: Good in every shop", .read),
        ("image: https://example.org/a.png", .read),
        ("brand: Acme", .read),
        ("brand: { name: Acme, description: Since 1900, image: a.png }", .read),
        ("more_info: https://example.org", .read),
        ("push_text: Take it", .read),
        ("labels: { Event: Birthday }", .read),
        ("categories: [spring]", .read),
        ("featured: true", .read),
        ("public: false", .read),
        ("texts: { pl: { name: Kawa, description: Dobra } }", .read),
        ("custom_fields: { least: 50, where: pos }", .read),
    ]

    private func message(_ text: String) -> String {
        let head = """
            version: 1
            program: maison-noir
            timezone: Europe/Paris
            currency: EUR
            opens_on: 2026-01-01

            """
        do {
            _ = try ProgramFile(SettingsSource(name: "program.yaml", text: head + text + "\n"))
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func check(_ line: String, _ fate: Fate, within text: String) {
        let message = message(text)
        switch fate {
        case .read, .defaulted:
            #expect(message == "none", "\(line)")
        case .later:
            #expect(message.hasSuffix(" is not in this version"), "\(line)")
            #expect(!message.contains("\n"), "\(line)")
        }
    }

    @Test func `each key of the file`() {
        for (line, fate) in Self.top { check(line, fate, within: line) }
    }

    @Test func `each key of an account`() {
        for (line, fate) in Self.account {
            check(line, fate, within: "accounts:\n  spend:\n    \(line)")
            check(line, fate, within: "accounts:\n  status:\n    \(line)")
        }
    }

    @Test func `each key of a tier`() {
        for (line, fate) in Self.tier {
            check(line, fate, within: "tiers:\n  - name: gold\n    \(line)")
        }
    }

    @Test func `each key of a system`() {
        for (line, fate) in Self.system {
            check(line, fate, within: "systems:\n  pos:\n    \(line)")
        }
    }

    @Test func `each key of a reward`() {
        let head = """
            integration: asynchronous
            tiers: [{ name: gold }]
            systems: { pos: {}, ecom: {} }
            fields: { rewards: [{ name: least, type: number }, { name: where }] }
            rewards:
              - id: r25
                name: Coffee
                type: coupon
                owner: pos

            """
        for (line, fate) in Self.reward { check(line, fate, within: head + "    " + line) }
    }
}
