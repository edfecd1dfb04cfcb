import Foundation
import Intake
import Runner
import Settings
import TestSupport
import Testing

/// Nights of systems that send headers and lines apart, of files in which lines stand apart, and of stores
/// that have a file each.
@Suite struct OrderItemsTests {
    private static let headerColumns = "order_id;card_code;store_id;ordered_at\n"
    private static let itemColumns = "order_id;quantity;total_line_amount\n"

    private func night() throws -> BadNight {
        let night = try BadNight()
        for (name, records, layout) in [
            ("headers", "orders", "splio-orders"), ("items", "order-items", "splio-ordersitems"),
        ] {
            try night.write(
                """
                version: 1
                job: \(name)
                kind: ingest
                after: [ingest-members]
                records: \(records)
                files: "*-\(name)-{system}-{date}.csv"
                layout: \(layout)

                """, to: "Jobs/\(name).yaml")
        }
        return night
    }

    private func header(_ id: String, card: String = "C1") -> String {
        "\(id);\(card);S1;2026-11-16 10:00:00\n"
    }

    private func drop(
        _ night: BadNight, _ first: String, _ headers: [String], _ second: String,
        _ items: [String],
        on date: String = BadNight.first
    ) throws {
        try night.drop(
            Self.headerColumns + headers.joined(), as: "\(first)-headers-ecom-\(date).csv")
        try night.drop(
            Self.itemColumns + items.map { $0 + "\n" }.joined(),
            as: "\(second)-items-ecom-\(date).csv")
    }

    @Test(arguments: [("a", "b"), ("b", "a")])
    func `orders then items, or items then orders, post the same`(_ names: (String, String)) throws
    {
        let night = try night()
        let headers = [header("A"), header("B", card: "C2"), header("X")]
        let items = ["A;1;10.00", "A;2;5.00", "B;1;7.00", "Y;1;1.00"]
        try drop(night, names.0, headers, names.1, items)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 15", "C2 accrue B 7"])
        #expect(
            Set(try night.rejects()) == ["4 order_without_items", "5 items_without_order"])
        let files = try night.files().filter { $0.path.contains("-ecom-") }
        #expect(
            Set(files.map(\.verdicts)) == [
                ["accepted": 2, "rejected": 1], ["accepted": 3, "rejected": 1],
            ])
        let again = "rejects/\(BadNight.first)/\(names.1)-items-ecom-\(BadNight.first).csv"
        #expect(try night.scratch.read("night/" + again).contains("\nY;1;1.00\n") == false)
        #expect(try night.scratch.read("night/" + again).contains("Y;1;1.00"))
    }

    @Test func `a later night corrects the items; the headers may come again as they were`() throws
    {
        let night = try night()
        let headers = [header("A"), header("B")]
        try drop(night, "a", headers, "a", ["A;1;10.00", "B;1;7.00"])
        #expect(try night.close() == [])
        try drop(
            night, "a", headers, "b", ["A;1;4.00", "A;1;1.00", "B;1;7.00"], on: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.postings(BadNight.second).sorted() == ["C1 accrue A 5", "C1 reverse A -10"])
        let files = try night.files(BadNight.second).filter { $0.path.contains("-ecom-") }
        #expect(files.map(\.verdict) == ["duplicate_file", "ingested"])
        #expect(files.map(\.verdicts) == [[:], ["correction": 2, "duplicate": 1]])
        // The other way round: the items as they were, and a header with another card.
        try drop(
            night, "a", [header("A", card: "C2"), header("B")], "b",
            ["A;1;4.00", "A;1;1.00", "B;1;7.00"], on: BadNight.third)
        #expect(try night.close(BadNight.third) == [])
        #expect(
            try night.postings(BadNight.third).sorted() == ["C1 reverse A -5", "C2 accrue A 5"])
    }

    @Test func `both files again, or one of them twice in a night, change nothing`() throws {
        let night = try night()
        let (headers, items) = ([header("A")], ["A;1;10.00"])
        try drop(night, "a", headers, "a", items)
        try drop(night, "b", headers, "b", items)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
        try drop(night, "c", headers, "c", items, on: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == [])
        #expect(try night.rejects(BadNight.second) == [])
        let summary = try night.rows("summary", BadNight.second)
        #expect(summary.first { $0["name"] == "orders_duplicate" }?["value"] == "0")
    }

    @Test func `a conflict refuses the lines of both files`() throws {
        let night = try night()
        let job = try night.scratch.read("night/Jobs/headers.yaml")
        try night.write(job + "on_change: reject\n", to: "Jobs/headers.yaml")
        try drop(night, "a", [header("A")], "b", ["A;1;10.00"])
        #expect(try night.close() == [])
        try drop(
            night, "a", [header("A", card: "C2")], "b", ["A;1;4.00", "A;1;5.00"],
            on: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.rejects(BadNight.second) == [
                "2 order_changed", "2 order_changed", "3 order_changed",
            ])
        #expect(try night.postings(BadNight.second) == [])
    }

    @Test func `headers whose items no job reads are an error before any night`() throws {
        let night = try night()
        try FileManager.default.removeItem(atPath: night.folder + "/Jobs/items.yaml")
        let error = #expect(throws: SettingsErrors.self) { try night.workspace() }
        #expect(
            "\(error as Any)".contains(
                "the layout 'splio-orders' leaves the lines to order-items, and no job reads those")
        )
    }

    @Test func `lines that stand apart are refused where they stand`() throws {
        let night = try BadNight([
            "layout: canonical": "layout: apart", "on_change: correct": "on_change: reject",
        ])
        try night.write(
            "version: 1\nlayout: apart\nrecords: orders\ncontiguous: false\n",
            to: "layouts/apart.yaml")
        try night.drop([line("A"), line("B"), line("A", "5.00"), line("C")])
        #expect(try night.close() == [])
        #expect(
            try night.postings() == ["C1 accrue A 15", "C1 accrue B 10", "C1 accrue C 10"])
        try night.drop(
            [line("A"), line("B"), line("A", "6.00"), line("C")], night: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.rejects(BadNight.second) == ["2 order_changed", "4 order_changed"])
        #expect(
            try night.orders(BadNight.second)?.verdicts == ["conflict": 2, "duplicate": 2])
    }

    @Test func `a store's own file names it, and only stores of the system are taken`() throws {
        let night = try BadNight([
            "orders-{system}-{date}*.csv*": "orders-{system}-{store}-{date}.csv",
            "pos: {}": "pos: { stores: [S1, S2] }",
        ])
        for store in ["S1", "S3"] {
            try night.drop(
                "order_id,ordered_at,card_code,quantity,line_amount\n"
                    + "\(store)-1,2026-11-16T10:00:00,C1,1,10.00\n",
                as: "orders-pos-\(store)-2026-11-16.csv")
        }
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue S1-1 10"])
        #expect(try night.rejects() == ["2 unknown_store"])
    }

    @Test func `D-14: the same receipt of another day is another order`() throws {
        let night = try BadNight(["layout: canonical": "layout: recycling"])
        try night.write(
            "version: 1\nlayout: recycling\nrecords: orders\n"
                + "order_key: [store_id, business_date, order_id]\n", to: "layouts/recycling.yaml")
        try night.drop([line("17")])
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue S1/2026-11-16/17 10"])
        try night.drop(
            [line("17", at: "2026-11-17T10:00:00", "4.00"), line("17")], night: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue S1/2026-11-17/17 4"])
        #expect(
            try night.orders(BadNight.second)?.verdicts == ["accepted": 1, "duplicate": 1])
    }
}
