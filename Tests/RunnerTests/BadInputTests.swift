import Foundation
import Testing

/// A file and what a night must make of it.
struct DamagedFile: CustomTestStringConvertible, Sendable {
    var title: String
    var bytes: Data
    /// `ingested`, or why it is refused whole.
    var verdict: String
    /// Counts that are not zero.
    var lines: [String: Int]
    /// What the run must say of it, where it is refused.
    var says: String

    var testDescription: String { title }

    init(
        _ title: String, _ bytes: Data, _ verdict: String, _ lines: [String: Int] = [:],
        says: String = ""
    ) {
        self.title = title
        self.bytes = bytes
        self.verdict = verdict
        self.lines = lines
        self.says = says
    }

    init(
        _ title: String, _ text: String, _ verdict: String, _ lines: [String: Int] = [:],
        says: String = ""
    ) {
        self.init(title, Data(text.utf8), verdict, lines, says: says)
    }

    private static let header = BadNight.header
    private static let good =
        header + line("A") + "\n" + line("A", "5.00") + "\n" + line("B") + "\n"
    private static let three = ["accepted": 3]

    static let all: [DamagedFile] =
        packed + [
            DamagedFile("good", good, "ingested", three),
            DamagedFile("D-6: empty", "", "empty_file", says: "a header alone"),
            DamagedFile("D-6: only a byte order mark", "\u{FEFF}", "empty_file"),
            DamagedFile("D-6: only blank lines", "\n\r\n\n", "empty_file"),
            DamagedFile("D-6: a header says nothing today", header, "ingested"),
            DamagedFile("a header without its line end", String(header.dropLast()), "ingested"),
            DamagedFile(
                "D-5: cut in a field", String(good.dropLast(14)), "truncated", says: "line 4"),
            DamagedFile("D-5: cut in quotes", good + "\"C", "truncated", says: "line 5"),
            DamagedFile("without a last line end", String(good.dropLast()), "ingested", three),
            DamagedFile("D-12: byte order mark", "\u{FEFF}" + good, "ingested", three),
            DamagedFile(
                "D-12: CRLF", good.replacing("\n", with: "\r\n"), "ingested", three),
            DamagedFile("D-12: CR", good.replacing("\n", with: "\r"), "ingested", three),
            DamagedFile("D-12: blank lines", good.replacing("\n", with: "\n\n"), "ingested", three),
            DamagedFile(
                "D-12: UTF-16 with its mark", Data([0xFF, 0xFE]) + good.utf16Bytes, "bad_header",
                says: "UTF-16"),
            DamagedFile("D-12: UTF-16 without", good.utf16Bytes, "bad_header", says: "UTF-16"),
            DamagedFile(
                "D-12: a sep= line", "sep=;\r\n" + good.replacing(",", with: ";"), "ingested", three
            ),
            DamagedFile(
                "D-12: a sep= line alone", "sep=;\n", "empty_file"),
            DamagedFile(
                "D-12: a sep= line that names nothing", "sep=\n" + good, "missing_column",
                says: "names no delimiter"),
            DamagedFile(
                "D-12: Latin-1 in a line", good.latin1(replacing: "S1", with: "Caf\u{E9}"),
                "ingested",
                ["rejected": 3]),
            DamagedFile(
                "D-12: NUL in an order's id, which may be the one before or behind it",
                good.replacing("B,", with: "B\0,"), "ingested", ["rejected": 3]),
            DamagedFile("NUL bytes alone", Data(count: 5000), "bad_header", says: "UTF-16"),
            DamagedFile(
                "D-12: line breaks and quotes within quotes",
                good.replacing("S1", with: "\"S\n\"\"1\"\"\""), "ingested", three),
            DamagedFile(
                "D-9: members in an orders file", "card_code,tier\nC1,gold\n", "missing_column",
                says: "'order_id'"),
            DamagedFile("a web page", "<!DOCTYPE html>\n<html></html>\n", "missing_column"),
            DamagedFile(
                "a workbook", Data([0x50, 0x4B, 3, 4, 0xFF]), "bad_header", says: "workbook"),
            DamagedFile(
                "D-12: another delimiter", good.replacing(",", with: ";"), "missing_column",
                says: "';'"),
            DamagedFile(
                "D-10: a column is missing", good.replacing("line_amount", with: "montant"),
                "missing_column", says: "'line_amount'"),
            DamagedFile(
                "D-10: a header in capitals", good.replacing("order_id", with: "Order_ID"),
                "missing_column", says: "'Order_ID'"),
            DamagedFile(
                "D-10: a header with spaces", good.replacing(",store_id", with: ", store_id"),
                "missing_column", says: "' store_id'"),
            DamagedFile(
                "D-10: two columns of one name", good.replacing("store_id,", with: "order_id,"),
                "repeated_column", says: "'order_id'"),
            DamagedFile(
                "D-10: two columns without a name",
                "order_id,ordered_at,store_id,card_code,quantity,line_amount,,\n" + line("A")
                    + ",,\n",
                "repeated_column", says: "no name"),
            DamagedFile(
                "D-10: an unknown column is ignored",
                "=cmd,order_id,ordered_at,store_id,card_code,quantity,line_amount\nx," + line("A")
                    + "\n",
                "ingested", ["accepted": 1]),
            DamagedFile(
                "D-10: columns in another order",
                "line_amount,quantity,card_code,store_id,ordered_at,order_id\n"
                    + "10.00,1,C1,S1,2026-11-16T10:00:00,A\n", "ingested", ["accepted": 1]),
            DamagedFile(
                "more columns than limits.fields",
                (0...600).map { "c\($0)" }.joined(separator: ",") + "\n", "bad_header",
                says: "limits.fields"),
            DamagedFile(
                "a first line without end", String(repeating: "x", count: 3 << 20), "bad_header",
                says: "limits.line"),
            DamagedFile(
                "a line without end",
                header + String(repeating: "x", count: 3 << 20) + "\n"
                    + line("A") + "\n" + line("B") + "\n", "ingested",
                ["accepted": 1, "rejected": 2]),
            DamagedFile(
                "quotes alone", header + String(repeating: "\"", count: 3 << 20) + "\n", "ingested",
                ["rejected": 1]),
            DamagedFile(
                "D-11: more wrong lines than max_rejects",
                header + String(repeating: line("A", "free") + "\n", count: 101),
                "too_many_rejects",
                says: "101 of 101"),
            DamagedFile(
                "D-11: just as many as may be",
                header + String(repeating: line("A", "free") + "\n", count: 100), "ingested",
                ["rejected": 100]),
        ]

    private static let packed: [DamagedFile] = [
        DamagedFile("packed", Data(good.utf8).gzipped, "ingested", three),
        DamagedFile("packed twice", Data(good.utf8).gzipped.gzipped, "bad_header", says: "twice"),
        DamagedFile(
            "packed in two members",
            Data(header.utf8).gzipped + Data((line("A") + "\n").utf8).gzipped, "ingested",
            ["accepted": 1]),
        DamagedFile("packed nothing", Data().gzipped, "empty_file"),
        DamagedFile("only the first bytes of gzip", Data([0x1F, 0x8B]), "truncated"),
        DamagedFile(
            "bytes behind the gzip data", Data(good.utf8).gzipped + Data("behind it".utf8),
            "bad_archive"),
        DamagedFile(
            "packed beyond limits.expanded",
            Data(String(repeating: " ", count: 40_000).utf8).gzipped
                + Data(String(repeating: "\n", count: 60_000).utf8).gzipped
                + Data(String(repeating: " ", count: 60_000).utf8).gzipped, "expands_too_far"),
        DamagedFile(
            "zstd whose block is damaged", Data([0x28, 0xB5, 0x2F, 0xFD, 0x20, 5, 7, 0, 0]),
            "bad_archive"),
        DamagedFile(
            "only the first bytes of zstd", Data([0x28, 0xB5, 0x2F, 0xFD]), "truncated"),
        DamagedFile("zstd", Data(good.utf8).zstd, "ingested", three),
        DamagedFile(
            "zstd in two frames", Data(header.utf8).zstd + Data((line("A") + "\n").utf8).zstd,
            "ingested", ["accepted": 1]),
        DamagedFile("zstd of nothing", Data().zstd, "empty_file"),
        DamagedFile("zstd, cut", Data(good.utf8).zstd.dropLast(3), "truncated", says: "zstd"),
        DamagedFile("zstd twice", Data(good.utf8).zstd.zstd, "bad_header", says: "twice"),
        DamagedFile("gzip in zstd", Data(good.utf8).gzipped.zstd, "bad_header", says: "twice"),
        DamagedFile(
            "bytes behind the zstd data", Data(good.utf8).zstd + Data("x".utf8), "bad_archive"),
        DamagedFile(
            "zstd beyond limits.expanded", Data(count: 160_000).zstd, "expands_too_far"),
    ]
}

extension String {
    fileprivate var utf16Bytes: Data {
        Data(utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    fileprivate func latin1(replacing old: String, with new: String) -> Data {
        replacing(old, with: new).data(using: .isoLatin1) ?? Data()
    }
}

/// Files as a hostile retailer sends them.
@Suite struct BadInputTests {
    @Test(arguments: DamagedFile.all)
    func `every damaged file gets its verdict, and the nights go on`(_ file: DamagedFile) throws {
        let night = try BadNight(["systems:": "limits: { expanded: 100 KiB }\nsystems:"])
        // A plain file is not held against limits.expanded.
        try night.drop(file.bytes, as: "orders-pos-2026-11-16.csv")
        #expect(try night.close() == [])
        let row = try #require(try night.orders())
        #expect(row.verdict == file.verdict)
        #expect(row.verdicts == file.lines)
        if !file.says.isEmpty {
            #expect(night.notes.contains { $0.contains(file.verdict) && $0.contains(file.says) })
        }
        if file.verdict != "ingested" {
            #expect(try night.postings() == [])
            #expect(night.exists("quarantine/2026-11-16/orders-pos-2026-11-16.csv"))
            #expect(night.exists("quarantine/2026-11-16/orders-pos-2026-11-16.csv.reason.txt"))
        }
        // A whole file, sent again under the same name, is taken the night after.
        try night.drop([line("Z")])
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue Z 10"])
    }

    @Test func `D-10: a strict job refuses a file with an unknown column`() throws {
        let night = try BadNight(["strict: false": "strict: true"])
        try night.drop([line("A") + ",x"], header: BadNight.header.dropLast() + ",mood\n")
        #expect(try night.close() == [])
        #expect(try night.orders()?.verdict == "unknown_column")
        #expect(night.notes.contains { $0.contains("'mood', line 1") })
    }
}
