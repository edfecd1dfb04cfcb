import Loyalty
import Runner
import Settings
import Testing

/// `rewards` of program.yaml: what is read, and what is said of what can't be.
@Suite struct RewardSettingsTests {
    private static let head = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01
        integration: asynchronous
        tiers: [{ name: bronze }, { name: silver }, { name: gold }]
        systems: { pos: {}, ecom: {} }
        fields:
          rewards:
            - { name: least, type: number }
            - { name: low, type: number }
            - { name: where }
            - { name: since, type: date }
        rewards:

        """

    private func file(_ text: String, head: String = Self.head) throws -> ProgramFile {
        let lines = text.split(separator: "\n").map { "  " + $0 }
        return try ProgramFile(
            SettingsSource(
                name: "program.yaml", text: head + lines.joined(separator: "\n") + "\n"))
    }

    private func reward(_ text: String) throws -> Reward {
        try #require(file(text).codes.rewards.first)
    }

    /// The errors of a text below the head, one a line, as line:column of the text.
    private func errors(_ text: String, head: String = Self.head) -> String {
        do {
            _ = try file(text, head: head)
            return "none"
        } catch let error as SettingsErrors {
            let above = head.split(separator: "\n").count
            return error.errors.map { "\($0.line - above):\($0.column - 2): \($0.message)" }
                .joined(separator: "\n")
        } catch {
            return "\(error)"
        }
    }

    private func warnings(_ text: String) throws -> [String] {
        try file(text).warnings.map(\.message)
    }

    @Test func `what a reward doesn't say has its default`() throws {
        var least = Reward(id: "r1", name: "Coffee", kind: .coupon)
        least.owner = "pos"
        #expect(try reward("- { id: r1, name: Coffee, type: coupon, owner: pos }") == least)
        #expect(
            try reward("- { id: b, name: First, type: badge }")
                == Reward(id: "b", name: "First", kind: .badge))
    }

    @Test func `every key is read`() throws {
        let read = try reward(
            """
            - id: r25
              name: 25 euro voucher
              type: value
              status: draft
              cost_points: { bronze: 120, silver: 100, gold: 80 }
              value: 25.5
              price: 1
              tax_rate: 5.5
              owner: pos
              mirrors: [ecom]
              channels: [pos, ecom]
              hold_days: 2
              valid: { from: 2026-02-01, to: 2026-12-31 }
              limits: { total: 1000, per_member: 1 }
              target: { tiers: [silver, gold] }
              min_purchase: 50.00
              stock: { units: 5000, threshold: 350, refill_to: 1000, renewal: manual, renew_after: 1 week }
              description: Good in every shop
              image: a.png
              brand: { name: Acme, description: Since 1900, image: b.png }
              more_info: https://example.org
              push_text: Take it
              labels: { Event: Birthday }
              categories: [spring, new]
              featured: true
              public: true
              texts: { pl: { name: Kawa, description: Dobra }, fr: {} }
              custom_fields: { least: 50, since: 2026-01-31, where: "" }
            """)
        var written = Reward(id: "r25", name: "25 euro voucher", kind: .value)
        written.status = .draft
        written.costByTier = ["bronze": 120, "silver": 100, "gold": 80]
        written.value = 2550
        written.price = 100
        written.taxRate = 550
        written.owner = "pos"
        written.mirrors = ["ecom"]
        written.channels = ["pos", "ecom"]
        written.holdDays = 2
        written.validity = .window(from: CivilDate("2026-02-01"), to: CivilDate("2026-12-31"))
        written.totalLimit = 1000
        written.memberLimit = 1
        written.tiers = ["silver", "gold"]
        written.minPurchase = 5000
        written.units = 5000
        written.threshold = 350
        written.refillTo = 1000
        written.renewal = .manual
        written.renewAfterDays = 7
        written.texts.description = "Good in every shop"
        written.texts.image = "a.png"
        written.texts.brandName = "Acme"
        written.texts.brandDescription = "Since 1900"
        written.texts.brandImage = "b.png"
        written.texts.moreInfo = "https://example.org"
        written.texts.pushText = "Take it"
        written.texts.labels = ["Event": "Birthday"]
        written.texts.categories = ["spring", "new"]
        written.texts.isFeatured = true
        written.texts.isPublic = true
        written.texts.translations = [
            "pl": .init(name: "Kawa", description: "Dobra"),
            "fr": .init(name: "25 euro voucher", description: ""),
        ]
        written.texts.customFields = ["least": "50", "since": "2026-01-31"]
        #expect(read == written)
    }

    @Test func `each type says what it is worth`() throws {
        #expect(
            try reward("- { id: r, name: R, type: percentage, percent: 12.5, owner: pos }").percent
                == 1250)
        #expect(
            try reward("- { id: r, name: R, type: product, product: [A, B], owner: pos }").products
                == ["A", "B"])
        #expect(
            try reward("- { id: r, name: R, type: gift_code, points: 50, owner: pos }").points
                == 50)
        #expect(
            errors(
                """
                - { id: r1, name: R, type: value, owner: pos }
                - { id: r2, name: R, type: percentage, owner: pos }
                - { id: r3, name: R, type: product, owner: pos }
                - { id: r4, name: R, type: gift_code, owner: pos }
                - { id: r5, name: R, type: percentage, percent: 101, owner: pos }
                - { id: r6, name: R, type: voucher, cost_points: 10, owner: pos }
                - { id: r7, name: R, type: badge, cost_points: 10 }
                """) == """
                    1:3: a reward of type value needs 'value'
                    2:3: a reward of type percentage needs 'percent'
                    3:3: a reward of type product needs 'product'
                    4:3: a gift_code needs 'points'
                    5:49: 'percent' needs a number from 0 to 100, with two decimals at most, not '101'
                    6:50: a voucher is free: leave 'cost_points' out
                    7:48: a badge is free: leave 'cost_points' out
                    """)
    }

    @Test func `money has the decimals of the currency`() {
        let yen = Self.head.replacing("EUR", with: "JPY")
        let coupon = "- { id: r, name: R, type: coupon, owner: pos, value: "
        #expect(errors(coupon + "500 }", head: yen) == "none")
        #expect(
            errors(coupon + "500.0 }", head: yen)
                == "1:54: 'value' needs an amount like 50, without decimals, not '500.0'")
        for wrong in ["25.001", "25,00", "-1", "1.", ".5", "1e3"] {
            let text = wrong.contains(",") ? "\"\(wrong)\"" : wrong
            #expect(
                errors(coupon + text + " }")
                    == "1:54: 'value' needs an amount like 50.00, with 2 decimals at most, not '\(wrong)'"
            )
        }
    }

    @Test func `a validity is a length of time or a window`() throws {
        func validity(_ text: String) throws -> Reward.Validity {
            try reward("- { id: r, name: R, type: coupon, owner: pos, valid: \(text) }").validity
        }
        #expect(try validity("1 year") == .after(.months(12)))
        #expect(try validity("{ for: 2 weeks }") == .after(.days(14)))
        #expect(
            try validity("{ to: 2026-12-31 }") == .window(from: nil, to: CivilDate("2026-12-31")))
        let coupon = "- { id: r, name: R, type: coupon, owner: pos, valid: "
        let form = "'valid' needs { for: 1 year }, or from and to, one of them"
        #expect(errors(coupon + "{} }") == "1:54: \(form)")
        #expect(errors(coupon + "{ for: 1 year, to: 2026-12-31 } }") == "1:54: \(form)")
        #expect(
            errors(coupon + "{ from: 2026-12-31, to: 2026-12-30 } }")
                == "1:54: 'valid' ends before it starts")
        #expect(
            errors(coupon + "6 hours }")
                == "1:54: 'valid' counts calendar days: use days, weeks, months or years")
    }

    @Test func `custom fields are declared, of their type and short`() {
        let coupon = "- { id: r, name: R, type: coupon, owner: pos, custom_fields: "
        #expect(
            errors(coupon + "{ leest: 50 } }")
                == "1:64: 'fields' declares no field 'leest' of rewards; did you mean 'least'?")
        #expect(
            errors(coupon + "{ colour: red } }")
                == "1:64: 'fields' declares no field 'colour' of rewards; declare it there")
        #expect(
            errors(coupon + "{ least: much, since: 31.12.2026 } }") == """
                1:71: 'least' is a number like 12.5, not 'much'
                1:84: 'since' is a date like 2026-01-31, not '31.12.2026'
                """)
        #expect(
            errors(coupon + "{ where: \(String(repeating: "x", count: 256)) } }")
                == "1:71: 'where' has more than 255 characters")
    }

    @Test func `least order, threshold and channels may be read from a custom field`() throws {
        let keys = "min_purchase: { field: least }, stock: { threshold: { field: low } }, "
        let coupon = "- { id: r, name: R, type: coupon, owner: pos, channels: { field: where }, "
        let read = try reward(
            coupon + keys + "custom_fields: { least: 50.5, low: 350, where: pos; ecom } }")
        #expect(read.minPurchase == 5050)
        #expect(read.threshold == 350)
        #expect(read.channels == ["pos", "ecom"])
        let bare = try reward(coupon + keys + "custom_fields: { least: \"\" } }")
        #expect(bare.minPurchase == nil)
        #expect(bare.threshold == nil)
        #expect(bare.channels.isEmpty)
        #expect(
            errors(
                "- { id: r, name: R, type: coupon, owner: pos, min_purchase: { field: leest } }")
                == "1:70: 'fields' declares no field 'leest' of rewards; did you mean 'least'?")
        #expect(
            errors(coupon + keys + "custom_fields: { low: 3.5 } }")
                == "1:167: 'threshold' needs a whole number of codes, not '3.5'")
    }

    @Test func `systems and tiers are those of the file`() {
        #expect(
            errors(
                """
                - { id: r1, name: R, type: coupon }
                - { id: r2, name: R, type: coupon, owner: poss }
                - { id: r3, name: R, type: coupon, owner: pos, mirrors: [ekom] }
                - { id: r4, name: R, type: coupon, owner: pos, mirrors: [pos] }
                - { id: r5, name: R, type: badge, owner: pos }
                - { id: r6, name: R, type: badge, mirrors: [ecom] }
                - { id: r7, name: R, type: coupon, owner: pos, target: { tiers: [gold, slver] } }
                - { id: r8, name: R, type: coupon, owner: pos, cost_points: { bronze: 1, silver: 1, golf: 1 } }
                - { id: r9, name: R, type: coupon, owner: pos, target: { tiers: [gold], segments: [vip] } }
                """) == """
                    1:3: 'owner' is missing: say which system's codes they are, or program
                    2:43: 'owner' is 'poss', which 'systems' doesn't name; did you mean 'pos'?
                    3:58: 'mirrors' names 'ekom', which 'systems' doesn't; did you mean 'ecom'?
                    4:57: 'pos' owns the codes: leave it out of 'mirrors'
                    5:42: a badge has no codes: leave 'owner' out
                    6:44: a badge has no codes: leave 'mirrors' out
                    7:72: 'target' names the tier 'slver', which 'tiers' doesn't; did you mean 'silver'?
                    8:61: 'cost_points' leaves out the tier 'gold': say what it pays
                    8:85: 'cost_points' names the tier 'golf', which 'tiers' doesn't; did you mean 'gold'?
                    9:56: 'target' names tiers or segments, not both
                    """)
    }

    @Test func `mirrors need an integration that sends`() {
        let text = "- { id: r, name: R, type: coupon, owner: pos, mirrors: [ecom] }"
        for (word, isGood) in [
            ("real_time", true), ("asynchronous", true), ("separate", false),
            ("identification", false),
        ] {
            let head = Self.head.replacing("asynchronous", with: word)
            let expected =
                "1:56: 'mirrors' needs the integration real_time or asynchronous; with \(word) "
                + "nothing is sent from one system to another"
            #expect(errors(text, head: head) == (isGood ? "none" : expected))
        }
    }

    @Test func `what can't be is refused where it stands`() {
        #expect(
            errors(
                """
                - { id: r, name: R, type: coupon, owner: pos }
                - { id: r, name: R, type: coupn, owner: pos }
                - { id: r, name: Again, type: coupon, owner: pos }
                - { id: s, name: S, type: coupon, owner: pos, stock: { threshold: -1, refil_to: 5 } }
                - { id: t, name: T, type: coupon, owner: pos, stock: { threshold: 9, refill_to: 5 } }
                - { id: u, name: U, type: coupon, owner: pos, mirrors: [ecom, ecom], limits: { total: -1 } }
                - { id: v, name: V, type: coupon, owner: pos, stock: { renew_after: 0 }, cost_points: 1.5 }
                - { name: W, type: coupon, owner: pos }
                """) == """
                    2:27: 'type' needs one of badge, voucher, coupon, gift_code, discount_code, free_delivery, \
                    percentage, value, product, custom, not 'coupn'; did you mean 'coupon'?
                    3:9: two rewards have the id 'r'
                    4:67: 'threshold' needs a whole number of codes, not '-1'
                    4:71: unknown key 'refil_to'; did you mean 'refill_to'?
                    5:81: 'refill_to' is below 'threshold': nothing would be filled up
                    6:63: 'ecom' stands twice
                    6:87: 'total' needs a whole number from 0 to 1000000000, not '-1'
                    7:69: 'renew_after' needs a number of days like '3 days', not '0'
                    7:87: 'cost_points' needs a whole number of points, or a map by tier, not '1.5'
                    8:3: 'id' is needed
                    """)
    }

    @Test func `Nightjar makes the codes that it owns`() throws {
        let reward = try reward(
            "- { id: r, name: R, type: coupon, owner: program, stock: { threshold: 5 } }")
        #expect(reward.renewal == .program)
    }

    @Test func `what can't do what it says is a warning`() throws {
        let coupon = "- { id: r, name: R, type: coupon, owner: pos, "
        let cases = [
            (
                "limits: { total: 20 }, stock: { units: 10 }",
                "'total' is above the stock of 10 units: it never counts"
            ),
            (
                "limits: { total: 1, per_member: 2 }",
                "'per_member' is above 'total': it never counts"
            ),
            ("limits: { total: 0 }", "nobody can have the reward; none is no limit"),
            ("stock: { units: 0 }", "nobody can have the reward; none is no limit"),
            ("stock: { threshold: 0 }", "'threshold' is 0: codes are never asked for"),
            (
                "hold_days: 8, valid: 1 week",
                "a code's validity ends before its hold of 8 days does"
            ),
            (
                "hold_days: 9, valid: { from: 2026-02-01, to: 2026-02-07 }",
                "the window ends before the hold of 9 days does"
            ),
            (
                "valid: { to: 2025-12-31 }",
                "it ends on 2025-12-31, before the first night: nobody can have it"
            ),
        ]
        for (keys, warning) in cases { #expect(try warnings(coupon + keys + " }") == [warning]) }
        #expect(try warnings(coupon + "hold_days: 7, valid: 1 week, limits: { total: 5 } }") == [])
    }
}
