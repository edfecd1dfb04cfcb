import Foundation
import Testing

/// D-12: files whose layout says that they are not UTF-8.
@Suite struct EncodingTests {
    private static let name = "orders-pos-2026-11-16.csv"

    /// A night whose orders have a layout with these keys.
    private func night(_ keys: String, job: [String: String] = [:]) throws -> BadNight {
        let night = try BadNight(["layout: canonical": "layout: till"].merging(job) { $1 })
        try night.write(
            "version: 1\nlayout: till\nrecords: orders\n" + keys, to: "layouts/till.yaml")
        return night
    }

    private func rejects(_ night: BadNight) throws -> Data {
        try Data(contentsOf: URL(filePath: night.folder + "/rejects/2026-11-16/\(Self.name)"))
    }

    private static let text =
        BadNight.header + line("A", store: "Caf\u{E9} \u{20AC}") + "\n"
        + line("B", "x", store: "Caf\u{E9}") + "\n"

    @Test
    func `D-12: windows-1252: accents are read, and the rejects file is windows-1252 as well`()
        throws
    {
        let night = try night("encoding: windows-1252\n")
        try night.drop(try #require(Self.text.data(using: .windowsCP1252)), as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
        let rejects = try rejects(night)
        let text = try #require(String(data: rejects, encoding: .windowsCP1252))
        #expect(text.hasSuffix(",B,2026-11-16T10:00:00,Caf\u{E9},C1,1,x\n"))
        #expect(rejects.contains(0xE9))

        // Corrected by hand and dropped again, it is taken.
        let corrected = text.replacing("C1,1,x", with: "C1,1,7.00")
        try night.drop(
            try #require(corrected.data(using: .windowsCP1252)), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 7"])
    }

    @Test func `windows-1252: a byte that it leaves undefined rejects its line, which keeps it`()
        throws
    {
        let night = try night("encoding: windows-1252\n")
        var bytes = Data((BadNight.header + line("A") + "\n" + line("B", store: "S!") + "\n").utf8)
        bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "!")))] = 0x81
        try night.drop(bytes, as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["3 bad_encoding"])
        #expect(try night.postings() == ["C1 accrue A 10"])
        #expect(try rejects(night).contains(0x81))
    }

    @Test(arguments: [true, false], [true, false])
    func `D-12: UTF-16 in either order, with its mark or little endian without`(
        isBigEndian: Bool, isMarked: Bool
    ) throws {
        guard isMarked || !isBigEndian else { return }
        let night = try night("encoding: utf-16\n")
        let encoding: String.Encoding = isBigEndian ? .utf16BigEndian : .utf16LittleEndian
        let text = (isMarked ? "\u{FEFF}" : "") + Self.text
        try night.drop(try #require(text.data(using: encoding)), as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["3 amount_invalid"])
        let rejects = try rejects(night)
        #expect(rejects.starts(with: [0xFF, 0xFE]))
        let corrected = try #require(String(data: rejects, encoding: .utf16))
            .replacing("C1,1,x", with: "C1,1,7.00")
        try night.drop(
            try #require(corrected.data(using: .utf16)), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 7"])
    }

    @Test func `UTF-16: a lone surrogate rejects its line, half a unit at the end the file`() throws
    {
        let night = try night("encoding: utf-16\n")
        let good = try #require(Self.text.data(using: .utf16LittleEndian))
        var damaged = good
        damaged.append(contentsOf: [0x3D, 0xD8, 0x0A, 0])
        try night.drop(damaged, as: Self.name)
        try night.drop(good + [0x41], as: "orders-pos-2026-11-16-cut.csv")
        #expect(try night.close() == [])
        #expect(try night.rejects().contains("4 bad_encoding"))
        #expect(
            try night.files().map(\.verdict).sorted().filter { $0 != "ingested" } == ["truncated"])
        #expect(night.notes.contains { $0.contains("middle of a character") })
    }

    @Test func `the mark of another encoding than the layout's refuses the file and says so`()
        throws
    {
        for (encoding, bytes) in [
            ("utf-8", Data([0xFF, 0xFE]) + Data(count: 20)),
            ("windows-1252", Data("\u{FEFF}order_id\n".utf8)),
            ("utf-16", Data("\u{FEFF}order_id\n".utf8)),
        ] {
            let night = try night("encoding: \(encoding)\n")
            try night.drop(bytes, as: Self.name)
            #expect(try night.close() == [])
            #expect(try night.orders()?.verdict == "bad_header")
            #expect(
                night.notes.contains {
                    $0.contains("looks like UTF-") && $0.contains("encoding is \(encoding);")
                })
        }
    }

    @Test func `packed and iso-8859-1`() throws {
        let night = try night("encoding: iso-8859-1\n")
        let text = BadNight.header + line("\u{C9}1") + "\n"
        try night.drop(try #require(text.data(using: .isoLatin1)).zstd, as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue \u{C9}1 10"])
    }
}
