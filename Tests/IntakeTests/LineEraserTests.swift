import Foundation
import Intake
import TestSupport
import Testing

/// Lines that name a card, taken out of files however they are written.
@Suite struct LineEraserTests {
    /// What is left of a file, and how many lines went.
    private func erased(_ data: Data, _ texts: [String] = ["2900041368726"]) throws -> (Data, Int) {
        let folder = try ScratchFolder()
        let path = try folder.write(data, to: "a.csv")
        let eraser = LineEraser(texts)
        let count = try eraser.count(in: path)
        #expect(try Data(contentsOf: URL(filePath: path)) == data)
        #expect(try eraser.erase(from: path) == count)
        #expect(try eraser.erase(from: path) == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.csv"])
        return (try Data(contentsOf: URL(filePath: path)), count)
    }

    private func left(_ text: String, _ texts: [String] = ["2900041368726"]) throws -> String {
        String(decoding: try erased(Data(text.utf8), texts).0, as: UTF8.self)
    }

    @Test(arguments: [
        // Plain lines, the last one without an end, every end of a line.
        ("h\na,2900041368726,1\nb,2,2\n", "h\nb,2,2\n"), ("h\na\nb,2900041368726", "h\na\n"),
        ("h\r\n2900041368726;a\r\nb\r\n", "h\r\nb\r\n"), ("h\r2900041368726\rb\r", "h\rb\r"),
        // In quotes, behind a defusing mark, with spaces, at the end of another text.
        ("h\n\"2900041368726\",a\nb\n", "h\nb\n"), ("h\n'2900041368726,a\nb\n", "h\nb\n"),
        ("h\n 2900041368726 |a\nb\n", "h\nb\n"), ("h\nenrolled:2900041368726\nb\n", "h\nb\n"),
        ("the card 2900041368726.\nb\n", "b\n"), ("{\"card\":2900041368726}\n{}\n", "{}\n"),
        ("{\"a\":\"x \\\" y\",\"card\":\"2900041368726\"}\n{}\n", "{}\n"),
        // A record that a quote spans is one line; a quote within a cell spans nothing.
        ("h\n\"a\n2900041368726\nb\",c\nd\n", "h\nd\n"),
        ("h\n5\" disk,2900041368726\nb \"\nc\n", "h\nb \"\nc\n"),
        ("h\n\"say \"\"yes\"\",\n2900041368726\",c\nd\n", "h\nd\n"),
        // A quote that nobody closes takes no other line with it.
        ("h\n\"a,2900041368726\nb\nc\n", "h\nb\nc\n"),
        // Longer words and numbers are others.
        ("12900041368726\n29000413687261\nA2900041368726\n2900041368726-1\n2900041368726.5\n", nil),
        ("h\na\n", nil), ("", nil),
    ])
    func `a line that names the card goes, and no other`(_ text: String, _ expected: String?) throws
    {
        #expect(try left(text) == expected ?? text)
    }

    @Test func `a byte order mark stays, also where the first line goes`() throws {
        #expect(try left("\u{FEFF}2900041368726\na\n") == "\u{FEFF}a\n")
    }

    @Test func `cards of any text are found as each format writes them`() throws {
        #expect(try left("h\n\"a \"\"b\"\"\",1\nc\n", ["a \"b\""]) == "h\nc\n")
        #expect(try left("{\"card\":\"a \\\"b\\\"\"}\n{}\n", ["a \"b\""]) == "{}\n")
        #expect(try left("h\nC1\nC2\nC3\nC22\n", ["C1", "C2"]) == "h\nC3\nC22\n")
    }

    @Test(arguments: [
        String.Encoding.utf8, .isoLatin1, .windowsCP1252, .utf16LittleEndian, .utf16BigEndian,
        .utf16,
    ])
    func `whatever the encoding`(_ encoding: String.Encoding) throws {
        let before = try #require("Prénom;Carte\r\nZoé;Carté1\r\nLéa;2\r\n".data(using: encoding))
        let after = try #require("Prénom;Carte\r\nLéa;2\r\n".data(using: encoding))
        let (data, count) = try erased(before, ["Carté1"])
        #expect(data == after && count == 1)
    }

    @Test func `a packed file stays packed as it was`() throws {
        let before = Data("h\na,2900041368726\nb\n".utf8)
        let (zstd, one) = try erased(before.zstd)
        #expect(one == 1 && zstd.starts(with: [0x28, 0xB5, 0x2F, 0xFD]))
        #expect(try expanded(zstd, "zstd") == "h\nb\n")
        let (gzip, other) = try erased(before.gzipped + before.gzipped)
        #expect(other == 2 && gzip.starts(with: [0x1F, 0x8B]))
        #expect(try expanded(gzip, "gzip") == "h\nb\nh\nb\n")
    }

    private func expanded(_ data: Data, _ program: String) throws -> String {
        let folder = try ScratchFolder()
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/\(program)")
        process.arguments = ["-dc", try folder.write(data, to: "a")]
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `packed data that is damaged is said to be`() throws {
        let folder = try ScratchFolder()
        let whole = Data("h\na,2900041368726\n".utf8).gzipped
        let path = try folder.write(whole.dropLast(9), to: "a.gz")
        #expect(throws: (any Error).self) { try LineEraser(["2900041368726"]).erase(from: path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == whole.dropLast(9))
    }

    @Test func `mode and long files are kept`() throws {
        let folder = try ScratchFolder()
        var random = SplitMix64(seed: 7)
        var lines: [String] = []
        for index in 0..<60_000 {
            let isHis = random.int(0...9) == 0
            let note = random.int(0...3) == 0 ? "\"a,\n\(index)\"" : "\(index)"
            lines.append("\(index),\(isHis ? "2900041368726" : "2900041368727"),\(note)\n")
        }
        let path = try folder.write(lines.joined(), to: "a.csv")
        chmod(path, 0o640)
        let count = try LineEraser(["2900041368726"]).erase(from: path)
        let others = lines.filter { !$0.contains("2900041368726") }
        #expect(count == lines.count - others.count)
        #expect(try folder.read("a.csv") == others.joined())
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o640)
    }
}

extension Data {
    /// The bytes as a zstd frame that stores them as they are.
    fileprivate var zstd: Data {
        Data([0x28, 0xB5, 0x2F, 0xFD, 0b1110_0000])
            + Data((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
            + Data((0..<3).map { UInt8(truncatingIfNeeded: (count << 3 | 1) >> (8 * $0)) }) + self
    }

    /// The bytes as a gzip file that stores them as they are.
    fileprivate var gzipped: Data {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in self {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
            (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let size = UInt32(count)
        return Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(size, 2) + little(~size, 2))
            + self + Data(little(~crc, 4) + little(size, 4))
    }
}
