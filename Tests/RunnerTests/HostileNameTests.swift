import Foundation
import Runner
import Testing

/// Things in the inbox that are no files, and files whose names are an attack or a mistake.
@Suite struct HostileNameTests {
    private static let name = "orders-pos-2026-11-16.csv"
    private static let text = BadNight.header + line("A") + "\n"

    /// Makes something that is no file, and the word for it.
    private static let oddities: [(kind: String, make: @Sendable (_ path: String) throws -> Void)] =
        [
            (
                "a folder",
                {
                    try FileManager.default.createDirectory(
                        atPath: $0, withIntermediateDirectories: false)
                }
            ),
            ("a pipe", { #expect(mkfifo($0, 0o600) == 0) }),
            ("a symbolic link", { #expect(symlink("../program.yaml", $0) == 0) }),
            ("a symbolic link", { #expect(symlink("nowhere", $0) == 0) }),
        ]

    @Test(arguments: oddities.indices)
    func `what is no file is refused, stays where it is and stops nobody`(_ index: Int) throws {
        let (kind, make) = Self.oddities[index]
        let night = try BadNight()
        try make(night.folder + "/inbox/" + Self.name)
        try night.drop(Self.text, as: "orders-pos-2026-11-16-true.csv")
        #expect(try night.close() == [])
        let row = try #require(try night.files().first { $0.path == Self.name })
        #expect(row.verdict == "not_a_file")
        #expect(night.notes.contains { $0.contains(Self.name) && $0.contains(kind) })
        #expect(try night.postings() == ["C1 accrue A 10"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: night.folder + "/inbox") == [
                Self.name
            ])
    }

    @Test func `a link to a folder is not followed`() throws {
        let night = try BadNight()
        try night.write(Self.text, to: "elsewhere/" + Self.name)
        #expect(symlink("../elsewhere", night.folder + "/inbox/more") == 0)
        #expect(try night.close() == [])
        #expect(try night.orders() == nil)
        #expect(night.exists("elsewhere/" + Self.name))
    }

    @Test(arguments: [
        "orders-pos-2026-11-16-\"q\".csv", "orders-pos-2026-11-16-';--.csv",
        "a b/c/orders-pos-2026-11-16.csv",
        "orders-pos-2026-11-16-=1+1.csv", "orders-pos-2026-11-16-%s%n.csv",
        "orders-pos-2026-11-16-\u{1B}[31m.csv",
        "orders-pos-2026-11-16-$(x)`y`.csv", "orders-pos-2026-11-16-\u{E9}\u{1F6D2}.csv",
        "orders-pos-2026-11-16-" + String(repeating: "x", count: 229) + ".csv",
    ])
    func `a file with a hostile name is read, archived and its rejects are kept`(_ name: String)
        throws
    {
        let night = try BadNight()
        try night.drop(Self.text + line("B", "x") + "\n", as: name)
        #expect(try night.run().map(\.state) == [.closed])
        #expect(try night.run().map(\.state) == [.alreadyClosed])
        #expect(try night.postings() == ["C1 accrue A 10"])
        #expect(night.exists("rejects/2026-11-16/" + name))
        #expect(
            night.exists("archive/2026-11-16/" + name + ".zst")
                || night.exists("archive/2026-11-16/" + name))
        #expect(!night.exists("inbox/" + name))
    }

    @Test
    func `a refused file whose name is as long as names can be is quarantined with its reason`()
        throws
    {
        let night = try BadNight()
        let name = "orders-pos-2026-11-16-" + String(repeating: "\u{E9}", count: 114) + "x.csv"
        #expect(name.utf8.count == 255)
        try night.drop("", as: name)
        #expect(try night.close() == [])
        let kept = try FileManager.default.contentsOfDirectory(
            atPath: night.folder + "/quarantine/2026-11-16")
        #expect(kept.count == 2)
        #expect(kept.contains { $0.hasSuffix(".reason.txt") })
    }

    @Test func `a name that is not UTF-8 is refused and told`() throws {
        let night = try BadNight()
        let path = Array((night.folder + "/inbox/orders-pos-2026-11-16-").utf8) + [0xFF, 0xFE]
        let descriptor = (path + Array(".csv".utf8) + [0]).withUnsafeBufferPointer {
            $0.withMemoryRebound(to: CChar.self) {
                open($0.baseAddress!, O_WRONLY | O_CREAT, 0o600)
            }
        }
        try #require(descriptor >= 0)
        close(descriptor)
        #expect(try night.close() == [])
        #expect(try night.orders()?.verdict == "not_a_file")
        #expect(night.notes.contains { $0.contains("not UTF-8") })
    }

    @Test func `a packed and a plain file of one name are both kept whole, rejects and all`() throws
    {
        let night = try BadNight()
        try night.drop([line("A"), line("A2", "x")])
        let packed = Data((BadNight.header + line("B") + "\n" + line("B2", "y") + "\n").utf8)
            .gzipped
        try night.drop(packed, as: Self.name + ".gz")
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10", "C1 accrue B 10"])
        let folder = URL(filePath: night.folder)
        #expect(
            try Data(contentsOf: folder.appending(path: "archive/2026-11-16/\(Self.name).gz"))
                == packed)
        #expect(night.exists("archive/2026-11-16/" + Self.name + ".zst"))
        let plain = try String(
            contentsOfFile: night.folder + "/rejects/2026-11-16/\(Self.name)", encoding: .utf8)
        #expect(plain.contains("A2"))
        let other = try String(
            contentsOfFile: night.folder + "/rejects/2026-11-16/\(Self.name).gz", encoding: .utf8)
        #expect(other.contains("B2"))
    }

    @Test(arguments: [
        "ORDERS-POS-2026-11-16.CSV", "-orders-pos-2026-11-16.csv", "orders-pos-2026-13-45.csv",
        "orders--2026-11-16.csv",
        "readme.txt", "oders-pos-2026-11-16.csv",
    ])
    func `D-9: a file that no job takes stays in the inbox and is told`(_ name: String) throws {
        let night = try BadNight()
        try night.drop(Self.text, as: name)
        #expect(try night.close() == [])
        #expect(night.exists("inbox/" + name))
        #expect(try night.orders() == nil)
        #expect(night.notes.contains { $0.hasPrefix("\(name): no job takes") })
    }

    @Test(arguments: [".tmp", ".part", ".filepart", ".swp", "~"])
    func `D-4: a file that somebody still writes waits for its name`(_ ending: String) throws {
        let night = try BadNight()
        try night.drop(Self.text, as: Self.name + ending)
        #expect(try night.close() == [])
        #expect(try night.orders() == nil)
        let inbox = night.folder + "/inbox/" + Self.name
        try FileManager.default.moveItem(atPath: inbox + ending, toPath: inbox)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 10"])
    }

    @Test func `D-4: a job that wants a marker waits for it`() throws {
        let night = try BadNight(["require: any": "require: marker"])
        try night.drop(Self.text, as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.orders() == nil)
        try night.drop("", as: Self.name + ".done")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.orders(BadNight.second)?.verdicts == ["accepted": 1])
        #expect(!night.exists("inbox/" + Self.name + ".done"))
    }

    @Test func `a file of a later night waits for it`() throws {
        let night = try BadNight()
        try night.drop([line("A", at: "2026-11-17T10:00:00")], night: BadNight.second)
        #expect(try night.close() == [])
        #expect(try night.orders() == nil)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 10"])
    }
}
