import Foundation
import TestSupport
import Testing

/// JSON Lines, from the file to the points and back from its rejects.
@Suite struct JSONLinesTests {
    private static let name = "orders-pos-2026-11-16.jsonl"

    private func night(_ keys: String = "", _ job: [String: String] = [:]) throws -> BadNight {
        let night = try BadNight(
            ["layout: canonical": "layout: shop", "{date}*.csv*": "{date}*.json*"].merging(job) {
                $1
            })
        try night.write(
            "version: 1\nlayout: shop\nrecords: orders\nformat: jsonl\n" + keys,
            to: "layouts/shop.yaml")
        return night
    }

    private func object(_ id: String, card: String = "\"C1\"", _ amount: String) -> String {
        """
        {"order_id":"\(id)","ordered_at":"2026-11-16T10:00:00","store_id":"S1","card_code":\(card),\
        "quantity":1,"line_amount":\(amount)}

        """
    }

    @Test func `good lines are taken, wrong ones come back as JSON Lines to be corrected`() throws {
        let night = try night()
        let damaged = object("D", "1.00").replacing("}", with: "")
        try night.drop(
            object("A", "10.00") + object("B", "\"x\"") + "\n" + object("C", card: "{}", "1")
                + object("E", "2.00") + object("E2", "3") + damaged, as: Self.name)
        #expect(try night.close() == [])
        // A line that can't be read may be part of the order on either side of it.
        #expect(
            try night.rejects() == [
                "2 amount_invalid", "4 bad_json", "5 order_has_rejected_line",
                "6 order_has_rejected_line", "7 bad_json",
            ])
        #expect(try night.postings() == ["C1 accrue A 10"])
        let rejects = try night.scratch.read("night/rejects/2026-11-16/\(Self.name)")
        #expect(
            rejects.hasPrefix(
                """
                {"line":2,"reason":"amount_invalid","hint":
                """))
        #expect(rejects.contains("\",\"order_id\":\"B\","))
        for line in rejects.split(separator: "\n").dropLast() {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["hint"] is String)
        }
        let corrected =
            rejects.replacing("\"x\"", with: "7.00").replacing("{}", with: "\"C1\"")
            .replacing("1.00\n", with: "1.00}\n")
        try night.drop(corrected, as: "orders-pos-2026-11-17.jsonl")
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.postings(BadNight.second) == [
                "C1 accrue B 7", "C1 accrue C 1", "C1 accrue D 1", "C1 accrue E 2",
                "C1 accrue E2 3",
            ])
    }

    @Test func `rejects of corrected rejects have their three keys once`() throws {
        let night = try night("", ["strict: false": "strict: true"])
        try night.drop(object("A", "1") + object("B", "\"x\""), as: Self.name)
        #expect(try night.close() == [])
        let first = try night.scratch.read("night/rejects/2026-11-16/\(Self.name)")
        try night.drop(first, as: "orders-pos-2026-11-17.jsonl")
        #expect(try night.close(BadNight.second) == [])
        let second = try night.scratch.read(
            "night/rejects/2026-11-17/orders-pos-2026-11-17.jsonl")
        #expect(second == first.replacing("\"line\":2", with: "\"line\":1"))
    }

    @Test func `a line that is no object comes back as a text`() throws {
        let night = try night()
        try night.drop(object("A", "1") + "\"B\\\n" + object("C", "1"), as: Self.name)
        #expect(try night.close() == [])
        let rejects = try night.scratch.read("night/rejects/2026-11-16/\(Self.name)")
        #expect(rejects.contains("\"text\":\"\\\"B\\\\\"}\n"))
    }

    @Test func `keys that no column knows are ignored, or refuse the file where the job is strict`()
        throws
    {
        let text = object("A", "10.00").replacing("{\"", with: "{\"mood\":[1],\"")
        let night = try night()
        try night.drop(text, as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
        let strict = try self.night("", ["strict: false": "strict: true"])
        try strict.drop(text, as: Self.name)
        #expect(try strict.close() == [])
        #expect(try strict.orders()?.verdict == "unknown_column")
        #expect(strict.notes.contains { $0.contains("'mood', line 1") })
    }

    @Test func `columns bear the layout's names; a file cut in an object is refused`() throws {
        let night = try night("columns: { order_id: Ticket }\n")
        let text = object("A", "10.00").replacing("order_id", with: "Ticket")
        try night.drop(text, as: Self.name)
        try night.drop(String((text + text).dropLast(9)), as: "orders-pos-2026-11-16-2.jsonl")
        try night.drop("", as: "orders-pos-2026-11-16-3.jsonl")
        #expect(try night.close() == [])
        #expect(
            try night.files().dropFirst().map(\.verdict) == ["truncated", "empty_file", "ingested"])
        #expect(try night.postings() == ["C1 accrue A 10"])
    }
}
