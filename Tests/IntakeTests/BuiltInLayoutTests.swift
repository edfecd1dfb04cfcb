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
        #expect(batches.halves.join(into: batches.orders, .plain).isEmpty)
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
}
