import Intake
import Loyalty
import TestSupport
import Testing

/// The layouts of other systems that need no file.
@Suite struct BuiltInLayoutTests {
    private func layout(_ name: String) throws -> Layout {
        try #require(Layout.builtIn.first { $0.name == name })
    }

    @Test func `openloyalty-transactions: sales and returns at their own offset`() throws {
        let file = try ReadFile(
            """
            documentNumber,purchaseDate,documentType,posIdentifier,loyaltyCardNumber,sku,name,quantity,grossValue,category,maker,revisedDocument
            R123/11,2026-11-15T23:52:01+00:00,sell,pos1,12982332,SKU1,Item 1,1,100,c1,m1,
            R123/11,2026-11-15T23:52:01+00:00,sell,pos1,12982332,SKU2,Item 2,2,40.50,c1,m1,
            R124/11,2026-11-16T12:00:00+01:00,return,pos1,12982332,SKU1,Item 1,-1,-100,c1,m1,R123/11
            R125/11,2026-11-16T12:00:00,sell,pos1,12982332,SKU1,Item 1,1,1,c1,m1,
            R126/11,2026-11-16T12:00:00+01:00,gift,pos1,12982332,SKU1,Item 1,1,1,c1,m1,

            """, layout("openloyalty-transactions"))
        #expect(file.orders == ["R123/11 sale 14050 14050", "R124/11 return -10000 -10000"])
        let orders = file.batches.orders.orders
        // Europe/Paris is an hour ahead in November.
        #expect(orders.map(\.date) == [CivilDate("2026-11-16"), CivilDate("2026-11-16")])
        #expect(orders.map(\.original.string) == ["", "R123/11"])
        #expect(file.batches.orders.cards.texts.map(\.string) == ["12982332"])
        #expect(file.refusals == ["5 ordered_at_invalid", "6 value_unknown"])
    }

    @Test func `splio-orders with splio-ordersitems: a sale, and a refund as Splio sends it`()
        throws
    {
        let batches = Batches(tiers: [])
        let orders = try ReadFile(
            """
            order_id;customer_key;card_code;store_id;ordered_at;total_price;currency
            T-0412-000187;jdoe@example.com;2171707962088;PAR01;2026-11-14 18:22:07;53.00;EUR
            T-0412-000188;jdoe@example.com;2171707962088;PAR01;2026-11-15 18:22:07;-20.00;EUR
            T-0412-000189;;;PAR01;2026-11-15 18:22:07;1.00;USD

            """, layout("splio-orders"), into: batches)
        let items = try ReadFile(
            """
            order_id;product_id;quantity;unit_price;discount_amount;tax_amount;currency;total_line_amount
            T-0412-000187;P1;1;20.00;0.00;;EUR;20.00
            T-0412-000187;P2;3;11.00;0.00;;EUR;33.00
            T-0412-000188;P1;0;-20.00;;;EUR;-20.00

            """, layout("splio-ordersitems"), into: batches, file: 1)
        #expect(orders.refusals == ["4 unknown_currency"])
        #expect(items.refusals == [])
        #expect(try batches.halves.join(into: batches.orders, program: .plain).isEmpty)
        #expect(
            orders.orders == [
                "T-0412-000187 sale 5300 5300", "T-0412-000188 return -2000 -2000",
            ])
    }

    @Test func `splio-cardcode: cards that never end, and no mail address is kept`() throws {
        let file = try ReadFile(
            """
            card_code;customer_key;program_joined_at;card_expire_at;tier_name
            2171707962088;jdoe@example.com;2023-04-20 13:17:02;9998-12-31 00:00:00;gold
            2171707962095;;0000-00-00 00:00:00;2026-12-31 00:00:00;

            """, layout("splio-cardcode"))
        #expect(file.refusals == [])
        let members = file.batches.members.members
        #expect(members.map(\.cardExpiresOn) == [nil, CivilDate("2026-12-31")])
        #expect(members.map(\.enrolledOn) == [CivilDate("2023-04-20"), nil])
        #expect(members.map(\.tier) == [1, -1])
        #expect(members.map(\.memberID.string) == ["", ""])
    }

    // MARK: Rewards and codes

    private let reward = ["reward_id": "r25"]

    @Test func `qualifio-codes: a comma is an error with its line, quoted or not`() throws {
        let file = try ReadFile(
            "ABC-0001\n\"ABC-0002\"\nABC,0003\n\"ABC,0004\"\n\nabc-0001\n00017\n",
            layout("qualifio-codes"), constants: reward)
        #expect(
            file.codes == ["ABC-0001 r25 -", "ABC-0002 r25 -", "abc-0001 r25 -", "00017 r25 -"])
        #expect(file.refusals == ["3 code_syntax", "4 code_syntax"])
    }

    @Test func `qualifio-codes: a comma in the first line spoils that line only`() throws {
        let file = try ReadFile(
            "A,1\nA2\nA3\n", layout("qualifio-codes"), constants: reward)
        #expect(file.codes == ["A2 r25 -", "A3 r25 -"])
        #expect(file.refusals == ["1 code_syntax"])
    }

    @Test func `uni8-vouchers: each code has its own last good day`() throws {
        let file = try ReadFile(
            """
            CODE,EXPIRY_DATE
            SUMMER25,2025-08-31
            PARTNER10,2025-12-31
            VIPONLY,2026-03-01
            OPEN,
            LATE,31/12/2025

            """, layout("uni8-vouchers"), constants: reward)
        #expect(
            file.codes == [
                "SUMMER25 r25 - until 2025-08-31", "PARTNER10 r25 - until 2025-12-31",
                "VIPONLY r25 - until 2026-03-01", "OPEN r25 -",
            ])
        #expect(file.refusals == ["6 date_invalid"])
        let bare = try ReadFile("CODE\nA1\n", layout("uni8-vouchers"), constants: reward)
        #expect(bare.codes == ["A1 r25 -"])
        let other = try ReadFile("code\nA1\n", layout("uni8-vouchers"), constants: reward)
        #expect(other.refusals == ["missing_column"])
    }

    @Test func `aitrillion-gift-codes: points and a last day are optional`() throws {
        let gifts = try layout("aitrillion-gift-codes")
        let file = try ReadFile(
            "code,points,expires_on\nG1,50,2026-12-31\nG2,,\nG3,0,\n", gifts, constants: reward)
        #expect(file.codes == ["G1 r25 - until 2026-12-31 points 50", "G2 r25 -"])
        #expect(file.refusals == ["4 number_invalid"])
        #expect(try ReadFile("code\nG1\n", gifts, constants: reward).codes == ["G1 r25 -"])
    }

    @Test func `aitrillion-gift-uses: who entered a code, and when`() throws {
        let file = try ReadFile(
            "code,member,used_at\nG1,C1,2026-11-16 18:22:07\nG2,,2026-11-16 18:22:07\n",
            layout("aitrillion-gift-uses"))
        #expect(
            file.batches.codes.giftUses.map {
                "\($0.code.string) \($0.card.string) \(clock($0.usedAt))"
            } == ["G1 C1 2026-11-16 18:22:07"])
        #expect(file.refusals == ["3 missing_field"])
    }

    @Test func `splio-rewards: an empty type is custom, and 0 attributions are no limit`() throws {
        var terms = CodeTerms.twoSystems
        terms.rewardFields = [CustomField(name: "Seuil de stock de codes restant", kind: .text)]
        let file = try ReadFile(
            """
            id;external_id;type;name;price;nqp_value;description;holding_days;validity_interval_type;validity_interval_count;max_attribution_count;limited;auto_generated;coupons_category;picture_path;forced_validity;forced_validity_start;forced_validity_end;Seuil de stock de codes restant
            18;bbco-25;;Chèque d'un montant de 25 euros;0;100;Échangez vos points;0;years;1;0;false;true;;;false;;;350
            19;bbco-10;value;Chèque;0;40;;7;years;0;500;true;false;;;true;2026-01-01 00:00:00;2026-12-31 23:59:59;
            20;bbco-5;coffee;Chèque;0;40;;0;;0;0;true;false;;;false;;;

            """, layout("splio-rewards"), constants: ["owner": "pos"], codes: terms)
        let rewards = file.batches.codes.rewards.map(\.reward)
        var first = Reward(
            id: "bbco-25", name: "Chèque d'un montant de 25 euros", kind: .custom)
        first.cost = 100
        first.owner = "pos"
        first.validity = .after(.months(12))
        first.texts.description = "Échangez vos points"
        first.texts.customFields = ["Seuil de stock de codes restant": "350"]
        #expect(rewards == [first])
        // A reward of type value needs its value, and no reward is of type coffee.
        #expect(file.refusals == ["3 reward_invalid", "4 value_unknown"])
    }

    @Test func `splio-rewards: the columns of a masterreward file`() throws {
        let file = try ReadFile(
            """
            external_id;name;monetary;monetary_type;monetary_value;nqp_value;description;rich_description;holding_days
            bbco-25;25 euros;1;value;25.00;100;;;0
            ten;10 %;1;percentage;10;50;;;0
            soup;Soup;0;;;50;;;14

            """, layout("splio-rewards"), constants: ["owner": "pos"])
        #expect(file.refusals == [])
        let rewards = file.batches.codes.rewards.map(\.reward)
        #expect(rewards.map(\.kind) == [.value, .percentage, .custom])
        #expect(rewards.map(\.value) == [2500, nil, nil])
        #expect(rewards.map(\.percent) == [nil, 1000, nil])
        #expect(rewards.map(\.holdDays) == [0, 0, 14])
    }

    @Test func `splio-attributions: available with a card is assigned`() throws {
        let file = try ReadFile(
            """
            id;external_id;earn_date;claim_date;expiration_date;status;reward_id;card_code
            169;1000739378684;2023-06-14 15:51:59;;2027-06-14 15:51:59;available;r25;2171707962088
            170;1000739378685;2023-06-14 15:51:59;0000-00-00 00:00:00;9998-12-31 00:00:00;valid;r25;2171707962088
            171;1000739378686;;;;available;r25;
            172;1000739378687;2023-06-14 15:51:59;2023-07-01 10:00:00;2024-06-14 00:00:00;burned;r25;2171707962088
            173;1000739378688;2023-06-14 15:51:59;2023-07-01 10:00:00;;valid;r25;2171707962088
            174;1000739378689;;;2024-06-14 15:51:59;expired;r25;2171707962088
            175;1000739378690;;;;lost;r25;

            """, layout("splio-attributions"))
        #expect(
            file.codes == [
                "1000739378684 r25 assigned until 2027-06-14 card 2171707962088 "
                    + "given 2023-06-14 15:51:59",
                "1000739378685 r25 assigned card 2171707962088 given 2023-06-14 15:51:59",
                "1000739378686 r25 available",
                "1000739378687 r25 burned until 2024-06-13 card 2171707962088 "
                    + "given 2023-06-14 15:51:59 used 2023-07-01 10:00",
                "1000739378688 r25 burned card 2171707962088 given 2023-06-14 15:51:59 "
                    + "used 2023-07-01 10:00",
                "1000739378689 r25 expired until 2024-06-14 card 2171707962088",
            ])
        #expect(file.refusals == ["8 value_unknown"])
        let api = try ReadFile(
            "external_id;burned_date;status;reward_external_id\nA1;2023-07-01 10:00:00;valid;r10\n",
            layout("splio-attributions"))
        #expect(api.codes == ["A1 r10 burned used 2023-07-01 10:00"])
    }
}
