import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// D-5: what a trailer or a manifest says of a file is held against it.
@Suite struct ControlTotalTests {
    private static let name = "orders-pos-2026-11-16.csv"
    private static let good = BadNight.header + line("A") + "\n" + line("B", "2.50") + "\n"

    private func night(
        _ keys: String = "trailer: { starts: \"T\", rows: 2, sum: { line_amount: 3 } }\n",
        _ job: [String: String] = [:]
    ) throws -> BadNight {
        let night = try BadNight(["layout: canonical": "layout: till"].merging(job) { $1 })
        try night.write(
            "version: 1\nlayout: till\nrecords: orders\n" + keys, to: "layouts/till.yaml")
        return night
    }

    /// What becomes of a file: its verdict, and what was said of it.
    private func verdict(_ text: String, _ keys: String? = nil) throws -> String {
        let night = try keys.map { try self.night($0) } ?? self.night()
        try night.drop(text, as: Self.name)
        #expect(try night.close() == [])
        let row = try #require(try night.orders())
        if row.verdict != "ingested" { #expect(try night.postings() == []) }
        let note = night.notes.first { $0.contains(row.verdict) } ?? ""
        return row.verdict + (note.firstRange(of: "(").map { " " + note[$0.lowerBound...] } ?? "")
    }

    @Test func `a trailer that counts and sums as its lines do`() throws {
        #expect(try verdict(Self.good + "T,2,12.50\n") == "ingested")
        // Without a last line end, and with blank lines behind it.
        #expect(try verdict(Self.good + "T,2,12.50") == "ingested")
        #expect(try verdict(Self.good + "\nT,2,12.50,2026\n\n") == "ingested")
        #expect(try verdict(BadNight.header + "T,0,0.00\n") == "ingested")
    }

    @Test func `wrong lines count and their amounts are summed where they can be read`() throws {
        let night = try night()
        try night.drop(
            Self.good + line("", "1.00") + "\n" + line("C", "x") + "\nshort\n" + "T,5,13.50\n",
            as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.orders()?.lines == 5)
        #expect(try night.postings() == ["C1 accrue A 10", "C1 accrue B 2"])
    }

    @Test func `D-5: a trailer that is missing, cut, or says something else refuses the file`()
        throws
    {
        func expect(_ trailer: String, _ verdict: String, _ said: String) throws {
            let found = try self.verdict(Self.good + trailer)
            #expect(found.hasPrefix("\(verdict) (\(said)"), "\(trailer): \(found)")
        }
        try expect("", "truncated", "no line begins with the trailer's 'T'")
        try expect("T,2\n", "truncated", "the trailer in line 4 has no field 3")
        try expect(
            "T,3,12.50\n", "control_total", "the trailer in line 4 counts 3 lines, there are 2")
        try expect(
            "T,2,12.05\n", "control_total",
            "the trailer in line 4 sums line_amount to 12.05, the lines come to 12.50")
        try expect(
            "T,two,12.50\n", "control_total",
            "the trailer in line 4 has 'two' for a number of lines")
        try expect(
            "T,2,12.50\n\(line("C"))\n", "control_total",
            "line 5 stands behind the trailer of line 4")
        try expect("T,2,12.50\nT,2,12.50\n", "control_total", "line 5 stands behind")
    }

    @Test func `without rows and sums a trailer shows that the file is whole`() throws {
        let keys = "trailer: { starts: \"#end\" }\n"
        #expect(try verdict(Self.good + "#end\n", keys) == "ingested")
        #expect(try verdict(Self.good, keys).hasPrefix("truncated"))
    }

    @Test func `corrected rejects have no trailer and need none`() throws {
        let night = try night(
            "trailer: { starts: \"T\", rows: 2 }\n", ["require: any": "require: trailer"])
        try night.drop(Self.good + line("C", "x") + "\nT,3\n", as: Self.name)
        #expect(try night.close() == [])
        let rejects = try night.scratch.read("night/rejects/2026-11-16/\(Self.name)")
        try night.drop(
            rejects.replacing("1,x\n", with: "1,7.00\n"), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue C 7"])
    }

    @Test(arguments: ["archive", "delete"])
    func `the layout's own marker goes with its file`(_ what: String) throws {
        let night = try night(
            "marker: \"{stem}.ok\"\n", ["after_ingest: archive": "after_ingest: \(what)"])
        try night.drop(Self.good, as: Self.name)
        try night.drop("", as: "orders-pos-2026-11-16.ok")
        try night.drop("{\"rows\": 2}", as: Self.name + ".manifest")
        #expect(try night.close() == [])
        #expect(try night.postings().count == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: night.folder + "/inbox") == [])
        #expect(!night.notes.contains { $0.contains("no job takes") })
    }

    // MARK: Manifests

    private static let sum = "5a1d0ea7e4a1a4f8e0f3b9f5c3f1f4e5d0b0a6f0e6e5a1c0c5d2b7a8e9f0a1b2"

    private func verdict(manifest: String) throws -> String {
        let night = try BadNight()
        try night.drop(Self.good, as: Self.name)
        try night.drop(manifest, as: Self.name + ".manifest")
        #expect(try night.close() == [])
        let row = try #require(try night.orders())
        let isGood = row.verdict == "ingested"
        #expect(
            night.exists(
                "\(isGood ? "archive" : "quarantine")/2026-11-16/\(Self.name).manifest"))
        #expect(!night.exists("inbox/\(Self.name).manifest"))
        #expect(try night.rows("files", BadNight.first).contains { $0["evidence"] == "manifest" })
        let note = night.notes.first { $0.contains(row.verdict) } ?? ""
        return row.verdict + (note.firstRange(of: "(").map { " " + note[$0.lowerBound...] } ?? "")
    }

    @Test func `a manifest that says what the file is`() throws {
        for manifest in [
            "{\"bytes\": \(Self.good.utf8.count)}", "{\"rows\": 2}",
            "{\"sums\": {\"line_amount\": \"12.50\", \"quantity\": 2}, \"made_by\": \"till\"}",
            "{\"sums\": {\"line_amount\": 12.50}}",
        ] {
            #expect(try verdict(manifest: manifest) == "ingested", "\(manifest)")
        }
    }

    @Test func `a manifest's hash is that of the bytes as they came`() throws {
        let night = try BadNight()
        let packed = Data(Self.good.utf8).gzipped
        let path = try night.scratch.write(packed, to: "packed")
        let tool = Process()
        tool.executableURL = URL(filePath: "/usr/bin/sha256sum")
        tool.arguments = [path]
        let output = Pipe()
        tool.standardOutput = output
        try tool.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        tool.waitUntilExit()
        let hash = String(decoding: said.prefix(64), as: UTF8.self)
        try night.drop(packed, as: Self.name)
        try night.drop("{\"sha256\": \"\(hash)\"}", as: Self.name + ".manifest")
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10", "C1 accrue B 2"])
    }

    @Test
    func `D-5: a manifest that says something else refuses the file, as one that can't be read`()
        throws
    {
        for (manifest, said) in [
            ("{\"rows\": 3}", "control_total (the manifest counts 3 lines, there are 2)"),
            ("{\"bytes\": 3}", "control_total (the manifest says 3 bytes, there are"),
            (
                "{\"sums\": {\"line_amount\": \"12.51\"}}",
                "control_total (the manifest sums line_amount to 12.51, the lines come to 12.50)"
            ),
            (
                "{\"sha256\": \"\(Self.sum)\"}",
                "control_total (the manifest's sha256 is not the file's)"
            ),
            ("{\"sums\": {\"store_id\": 1}}", "bad_manifest ('store_id' is no column of numbers)"),
            ("{}", "bad_manifest (it has none of bytes"),
            ("{\"rows\": 2", "bad_manifest (its JSON is damaged at byte 10)"),
            ("{\"rows\": 2, \"rows\": 2}", "bad_manifest ('rows' stands twice)"),
            ("{\"rows\": -2}", "bad_manifest ('rows' is no whole number)"),
            ("{\"sha256\": \"5a\"}", "bad_manifest ('sha256' is not 64"),
            ("rows: 2", "bad_manifest (it is no JSON object)"), ("", "bad_manifest (it is empty)"),
        ] {
            let found = try verdict(manifest: manifest)
            #expect(found.hasPrefix(said), "\(manifest): \(found)")
        }
    }
}
