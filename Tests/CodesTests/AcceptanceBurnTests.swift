import TestSupport
import Testing

@testable import Codes

/// Rows 9 to 13 of the acceptance night, without the files.
@Suite struct AcceptanceBurnTests {
    @Test func `each row of the acceptance night becomes what the study says`() throws {
        let nights = try BurnNights(first: "2024-03-09")
        try nights.codes(
            Self.records(AcceptanceBurns.codes).map { record in
                "\(record["code"] ?? "") r25 state \(record["state"] ?? "")"
                    + Self.word("card", record["card_code"])
                    + Self.word("until", record["expires_on"])
            })
        try nights.nights(5)
        func lines(_ file: String, _ system: String) -> [String] {
            Self.records(file).filter { $0["burn_id"] != "A14" }.map { record in
                "\(record["burn_id"] ?? "") \(record["code"] ?? "") system \(system)"
                    + Self.word("at", (record["burned_at"] ?? "").prefix(16).description)
                    + Self.word("store", record["store_id"])
                    + Self.word("card", record["card_code"])
                    + Self.word("order", record["order_id"])
                    + Self.word("amount", record["order_amount"])
            }
        }
        let night = try nights.night([
            lines(AcceptanceBurns.ecom, "ecom"), lines(AcceptanceBurns.pos, "pos"),
        ])
        for row in AcceptanceBurns.rows {
            #expect(night.outcomes.contains("\(row.burn) \(row.outcome)"), "row \(row.number)")
            let exceptions = night.exceptions.filter { $0.contains(" \(row.burn) ") }.map {
                $0.split(separator: " ").filter { $0 != "at" && $0 != "on" && $0 != row.burn }
                    .joined(separator: " ")
            }
            #expect(exceptions == row.exceptions, "row \(row.number)")
        }
        #expect(try nights.state(of: "K1") == "burned C1 pos A9")
        #expect(try nights.state(of: "K2") == "burned C2 pos A11")
        #expect(try nights.state(of: "K3") == "burned C3 pos A12")
    }

    private static func word(_ key: String, _ value: String?) -> String {
        value.map { $0.isEmpty ? "" : " \(key) \($0)" } ?? ""
    }

    /// Records by column; for files without quotes.
    private static func records(_ file: String) -> [[String: String]] {
        let lines = file.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(lines[0], $0))
        }
    }
}
