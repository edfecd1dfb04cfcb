import Intake
import Loyalty
import TestSupport
import Testing

/// Rewards files: every key of a reward is a column, and a reward that can't be meant is refused.
@Suite struct RewardReaderTests {
    private func read(
        _ text: String, constants: [String: String] = ["owner": "pos"],
        codes: CodeTerms = .twoSystems, _ change: (inout Layout) -> Void = { _ in }
    ) throws -> ReadFile {
        var layout = Layout.canonical(.rewards)
        change(&layout)
        return try ReadFile(text, layout, constants: constants, codes: codes)
    }

    private func one(
        _ columns: String, _ values: String, codes: CodeTerms = .twoSystems
    ) throws -> Reward {
        let file = try read(
            "reward_id,name,\(columns)\nr1,One,\(values)\n", codes: codes)
        #expect(file.refusals == [], "\(columns)")
        return try #require(file.batches.codes.rewards.first?.reward)
    }

    @Test func `a reward that says only what it must`() throws {
        let file = try read("reward_id,name\nr1,Café\n")
        var expected = Reward(id: "r1", name: "Café", kind: .custom)
        expected.owner = "pos"
        #expect(file.batches.codes.rewards.map(\.reward) == [expected])
        #expect(file.batches.codes.rewards.map(\.line) == [2])
    }

    @Test func `every key is a column`() throws {
        let reward = try one(
            "type,status,cost_points,value,percent,product,points,price,tax_rate,owner,mirrors,"
                + "channels,hold_days,valid_for,total_limit,member_limit,tiers,min_purchase,units,"
                + "stock_threshold,refill_to,renewal,renew_after",
            "value,draft,100,25.00,,,,1.50,20,pos,ecom,pos; ecom,2,1 year,1000,1,silver;gold,50,"
                + "900,350,1000,manual,1 week")
        var expected = Reward(id: "r1", name: "One", kind: .value)
        expected.status = .draft
        expected.cost = 100
        expected.value = 2500
        expected.price = 150
        expected.taxRate = 2000
        expected.owner = "pos"
        expected.mirrors = ["ecom"]
        expected.channels = ["pos", "ecom"]
        expected.holdDays = 2
        expected.validity = .after(.months(12))
        expected.totalLimit = 1000
        expected.memberLimit = 1
        expected.tiers = ["silver", "gold"]
        expected.minPurchase = 5000
        expected.units = 900
        expected.threshold = 350
        expected.refillTo = 1000
        expected.renewal = .manual
        expected.renewAfterDays = 7
        #expect(reward == expected)
    }

    @Test func `what is told to others`() throws {
        let reward = try one(
            "description,image,brand,brand_description,brand_image,more_info,push_text,labels,"
                + "categories,featured,public,name_pl,description_pl,name_pt-BR",
            "\"Soup, hot\",i.png,House,Old,b.png,https://x,Now!,Event:Birthday; Season : Spring,"
                + "food;drinks,true,false,Zupa,Gorąca,Sopa")
        let texts = reward.texts
        #expect(
            [
                texts.description, texts.image, texts.brandName, texts.brandDescription,
                texts.brandImage, texts.moreInfo, texts.pushText,
            ] == ["Soup, hot", "i.png", "House", "Old", "b.png", "https://x", "Now!"])
        #expect(texts.labels == ["Event": "Birthday", "Season": "Spring"])
        #expect(texts.categories == ["food", "drinks"])
        #expect(texts.isFeatured && !texts.isPublic)
        #expect(
            texts.translations == [
                "pl": RewardTexts.Translation(name: "Zupa", description: "Gorąca"),
                "pt-BR": RewardTexts.Translation(name: "Sopa", description: ""),
            ])
    }

    @Test func `worth, cost and validity have several forms`() throws {
        #expect(try one("type,percent", "percentage,12.5").percent == 1250)
        #expect(try one("type,value,value_type", "percentage,10,percentage").percent == 1000)
        let byWorth = try one("value,value_type", "10,percentage")
        #expect(byWorth.kind == .percentage && byWorth.percent == 1000 && byWorth.value == nil)
        #expect(try one("type,product", "product,SKU1;SKU2").products == ["SKU1", "SKU2"])
        #expect(try one("type,points", "gift_code,50").points == 50)
        let byTier = try one("type,cost_points", "coupon,silver:120; gold:80")
        #expect(byTier.costByTier == ["silver": 120, "gold": 80] && byTier.cost == 0)
        #expect(try one("valid_for", "30 days").validity == .after(.days(30)))
        #expect(try one("valid_for,valid_unit", "2,weeks").validity == .after(.days(14)))
        #expect(try one("valid_for", "").validity == .open)
        let (from, to) = (CivilDate("2026-12-01"), CivilDate("2026-12-31"))
        let both = try one("valid_from,expires_on", "2026-12-01,2026-12-31").validity
        #expect(both == .window(from: from, to: to))
        #expect(
            try one("valid_for,expires_on", "1 year,2026-12-31").validity
                == .window(from: nil, to: to))
        #expect(try one("total_limit,units", "none,none").totalLimit == nil)
        #expect(try one("total_limit", "0").totalLimit == 0)
    }

    @Test func `what its owner generates Nightjar does where that is itself`() throws {
        #expect(try one("owner", "program").renewal == .program)
        #expect(try one("owner", "pos").renewal == .generated)
        #expect(try one("owner,renewal", "program,at_grant").renewal == .atGrant)
    }

    @Test func `what a field can't be`() throws {
        let long = String(repeating: "x", count: 256)
        let wrong = [
            ("name", "", "missing_field"), ("type", "cheque", "value_unknown"),
            ("status", "on", "value_unknown"), ("cost_points", "ten", "number_invalid"),
            ("cost_points", "silver:ten;gold:1", "number_invalid"),
            ("cost_points", "1;gold:1", "value_unknown"),
            ("cost_points", "gold:1;gold:2", "value_unknown"),
            ("value", "25.001", "amount_invalid"), ("value_type", "points", "value_unknown"),
            ("percent", "10%", "amount_invalid"), ("hold_days", "1.5", "number_invalid"),
            ("valid_for", "1 hour", "value_unknown"), ("valid_for", "1", "value_unknown"),
            ("valid_for", "9999 years", "value_unknown"),
            ("expires_on", "soon", "date_invalid"), ("valid_from", "2026-02-30", "date_invalid"),
            ("mirrors", "ecom;ecom", "value_unknown"), ("labels", "Birthday", "value_unknown"),
            ("labels", "a:1;a:2", "value_unknown"), ("featured", "yes", "value_unknown"),
            ("renewal", "monthly", "value_unknown"), ("renew_after", "1 month", "value_unknown"),
            ("stock_threshold", "many", "number_invalid"), ("units", "1e3", "number_invalid"),
        ]
        for (column, value, reason) in wrong {
            let header = column == "name" ? "reward_id,name" : "reward_id,name,\(column)"
            let line = column == "name" ? "r1," : "r1,One,\(value)"
            #expect(
                try read("\(header)\n\(line)\n").refusals == ["2 \(reason)"], "\(column) \(value)")
        }
        #expect(
            try read("reward_id,name\n\(long),One\n4.00638E+12,One\n,One\n").refusals == [
                "2 text_too_long", "3 spreadsheet_damage", "4 missing_field",
            ])
    }

    @Test func `a reward that can't be meant is refused`() throws {
        let wrong = [
            ("type,cost_points", "voucher,5"), ("type", "value"), ("type", "percentage"),
            ("type,percent", "percentage,101"), ("type", "product"), ("type", "gift_code"),
            ("owner", "till"), ("mirrors", "till"),
            ("valid_from,expires_on", "2026-12-31,2026-12-01"), ("tiers", "platinum"),
            ("tiers,segments", "gold;silver,vip"), ("stock_threshold", "-1"),
            ("stock_threshold,refill_to", "10,5"), ("cost_points", "-5"),
        ]
        for (columns, values) in wrong {
            let file = try read("reward_id,name,\(columns)\nr1,One,\(values)\n")
            #expect(file.refusals == ["2 reward_invalid"], "\(columns) \(values)")
        }
        let nobody = try read("reward_id,name,type\nr1,One,coupon\nr2,Two,badge\n", constants: [:])
        #expect(nobody.refusals == ["2 reward_invalid"])
        #expect(nobody.batches.codes.rewards.map(\.reward.id) == ["r2"])
    }

    @Test func `what is said of all rewards of a file is not said of its badges`() throws {
        let file = try read(
            "reward_id,name,type,owner\nr1,One,badge,\nr2,Two,coupon,\nr3,Three,badge,pos\n")
        #expect(file.batches.codes.rewards.map(\.reward.owner) == ["", "pos"])
        #expect(file.refusals == ["4 reward_invalid"])
    }

    @Test func `mirrors need systems that hear of one another`() throws {
        var terms = CodeTerms.twoSystems
        terms.integration = .separate
        let file = try read("reward_id,name,mirrors\nr1,One,ecom\nr2,Two,\n", codes: terms)
        #expect(file.refusals == ["2 reward_invalid"])
    }

    @Test func `custom fields are columns of their own name`() throws {
        var terms = CodeTerms.twoSystems
        terms.rewardFields = [
            CustomField(name: "Is Ecommerce only", kind: .boolean),
            CustomField(name: "Seuil", kind: .number), CustomField(name: "since", kind: .date),
            CustomField(name: "note", kind: .text),
        ]
        let reward = try one(
            "Is Ecommerce only,Seuil,since,note,other", "true,350,2026-01-31,NULL,x", codes: terms)
        #expect(
            reward.texts.customFields == [
                "Is Ecommerce only": "true", "Seuil": "350", "since": "2026-01-31",
            ])
        let long = String(repeating: "é", count: 255)
        #expect(try one("note", long, codes: terms).texts.customFields == ["note": long])
        let file = try read(
            """
            reward_id,name,Is Ecommerce only,Seuil,since,note
            r1,One,yes,,,
            r2,Two,,many,,
            r3,Three,,,31/01/2026,
            r4,Four,,,,\(long)x
            r5,Five,,,,

            """, codes: terms)
        #expect(
            file.refusals == [
                "2 value_unknown", "3 value_unknown", "4 value_unknown", "5 text_too_long",
            ])
    }

    @Test func `a threshold may stand in a custom field`() throws {
        var terms = CodeTerms.twoSystems
        terms.rewardFields = [CustomField(name: "Seuil", kind: .number)]
        let file = try read("reward_id,name,Seuil\nr1,One,350\n", codes: terms) {
            $0.columns = ["stock_threshold": "Seuil"]
        }
        let reward = try #require(file.batches.codes.rewards.first?.reward)
        #expect(reward.threshold == 350 && reward.texts.customFields == ["Seuil": "350"])
    }

    @Test func `JSON Lines have custom fields as keys`() throws {
        var terms = CodeTerms.twoSystems
        terms.rewardFields = [CustomField(name: "Seuil", kind: .number)]
        let file = try read(
            "{\"reward_id\":\"r1\",\"name\":\"One\",\"Seuil\":350}\n", codes: terms
        ) { $0.format = .jsonLines }
        #expect(file.refusals == [])
        let reward = try #require(file.batches.codes.rewards.first?.reward)
        #expect(reward.texts.customFields == ["Seuil": "350"])
    }
}
