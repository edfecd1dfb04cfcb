import Foundation
import Loyalty
import Tabular

extension FuzzTarget {
    /// JSON Lines: whatever the blocks in which they come, the records are the same; and what is read without a flaw,
    /// Foundation reads alike.
    static let jsonLines = FuzzTarget(
        name: "json-lines",
        seeds: [
            #"{"id":"a","amount":1.50,"ok":true}"# + "\n"
                + #"{"amount":null,"id":"\u00e9\ud83d\ude00\n"}"#,
            #"{"line":2,"reason":"card_syntax","hint":"x","id":"b"}"# + "\r\n\n",
            #"{"x":{"y":[1,2,{"z":"\"}"}]},"id":-0.5e+10}"#, "{}\n[]\n{\"id\":1,\"id\":2}\n",
        ], files: [".jsonl"]
    ) { input in
        var input = input
        let limits = CSVReader.Limits(
            line: input.pick([1 << 20, 200, 60, 17]), fields: input.pick([512, 4]))
        let batch = input.pick([16, 17, 40, 64, 300, 1 << 10])
        let blocks = input.pick([[1], [2, 7], [64], [1, 1 << 10]])
        let whole = try Reading(input.bytes, limits, batch: 1 << 16, blocks: [1 << 16])
        let parts = try Reading(input.bytes, limits, batch: batch, blocks: blocks)
        require(whole == parts, "by blocks: \(parts), at once: \(whole)")
        for record in whole.records where record.flaw == .none {
            let line = Array(input.bytes[record.offset..<record.offset + record.length])
            requireAlike(record.fields, line)
        }
    }

    /// Holds the texts of a line against those that Foundation finds in it.
    private static func requireAlike(_ fields: [[UInt8]], _ line: [UInt8]) {
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        else {
            // Numbers that no floating point number holds are texts to us.
            return require(
                line.contains { "eE".utf8.contains($0) } || line.count > 15,
                "read, but no JSON: \(String(decoding: line, as: UTF8.self))")
        }
        for (name, field) in zip(Reading.columns, fields) {
            guard let text = object[name] as? String else { continue }
            require(
                Array(text.utf8) == field,
                "\(name) is \(String(decoding: field, as: UTF8.self)), to Foundation \(text)")
        }
    }
}

private struct Reading: Equatable, CustomStringConvertible {
    static let columns = ["id", "amount", "ok"]

    var records: [ReadRecord] = []
    var unknown: String?
    var isCorrected: Bool

    init(_ bytes: [UInt8], _ limits: CSVReader.Limits, batch: Int, blocks: [Int]) throws {
        let reader = JSONLinesReader(
            columns: Reading.columns, limits: limits, batchBytes: batch,
            source: cut(bytes, blocks))
        while let batch = try reader.next() { records += batch.map(ReadRecord.init) }
        unknown = reader.unknown.map { "\($0.line) \($0.name)" }
        isCorrected = reader.isCorrected
    }

    var description: String { "\(records), \(unknown ?? "") \(isCorrected)" }
}
