import Foundation
import TestSupport
import Testing

/// `forget`, as an operator types it, on the retailer of samples/.
@Suite struct ForgetTests {
    /// Cards of somebody with claims, codes and burns, of one whose order waits, of one who was merged.
    private static let cards = ["2900041661964", "2900041002170", "2900042113141"]

    private let shop: SamplesTests.Shop

    init() throws { shop = try SamplesTests.Shop(pushes: false) }

    /// The files of a workspace that hold a text, packed or not, whatever their encoding.
    private static func grep(_ text: String, _ folder: String) throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            find . -type f | sort | while read -r file; do
                case "$(od -An -N2 -tx1 "$file" | tr -d ' \\n')" in
                    28b5) zstd -dcq "$file" ;;
                    1f8b) gzip -dc "$file" ;;
                    *) cat "$file" ;;
                esac | tr -d '\\000' | grep -aqF -- "$0" && echo "$file"
            done
            true
            """, text,
        ]
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardOutput = output
        try process.run()
        let found = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: found, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func grep(_ text: String) throws -> [String] { try Self.grep(text, shop.folder.path) }

    @Test func `no file of the workspace names him any more, and all is well`() throws {
        let totals = try shop.folder.read("reports/2026-11-18/summary.csv")
        for card in Self.cards {
            let before = try grep(card)
            #expect(before.contains("./nightjar.db") && before.count > 8)
            #expect(before.contains { $0.hasPrefix("./archive/") && $0.hasSuffix(".zst") })
            #expect(before.contains { $0.hasPrefix("./reports/") })
            let forgotten = try shop.run("forget", card, "--yes")
            #expect(forgotten.status == 0 && forgotten.errors.isEmpty, "\(forgotten.errors)")
            #expect(try grep(card) == [])
        }
        let verify = try shop.run("verify")
        #expect(verify.status == 0 && !verify.output.contains("WRONG"), "\(verify.output)")
        // The reports of the last night are there already, as the store says them.
        let again = try shop.run("run", "--date", "2026-11-18")
        #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
        #expect(try shop.folder.read("reports/2026-11-18/summary.csv") == totals)
        #expect(try shop.folder.read("reports/2026-11-18/postings.csv").contains("\nforgotten-"))
        #expect(try shop.run("explain", Self.cards[0]).status == 65)
    }

    @Test func `it says what is left, and needs a yes`() throws {
        let card = Self.cards[0]
        let before = try FolderContents(shop.folder.path)
        let asked = try shop.run("forget", card)
        #expect(asked.status == 64 && asked.output.isEmpty)
        #expect(
            asked.errors == """
                nightjar: a member with 1 card and 230 spend points, 210 status points: nobody can spend them \
                any more, and they expire as usual. It can't be undone: say --yes

                """)
        let after = try FolderContents(shop.folder.path)
        let beside: Set = ["nightjar.db-shm", "nightjar.db-wal"]
        #expect(after.without(beside) == before.without(beside))
        let forgotten = try shop.run("forget", card, "--yes", "--json")
        let said = try #require(try json(forgotten.output) as? [String: Any])
        #expect(said["cards"] as? Int == 1 && said["finished"] as? Bool == false)
        #expect((said["standIn"] as? String)?.hasPrefix("forgotten-") ?? false)
        let left = try #require(said["left"] as? [[String: Any]])
        #expect(left.map { $0["points"] as? Int } == [230, 210])
        #expect((said["files"] as? [[String: Any]])?.count ?? 0 > 20)
        #expect((said["messages"] as? Int ?? 0) > 0)
    }

    @Test func `65 for a card that nobody has, with one that was meant`() throws {
        let unknown = try shop.run("forget", "2900041661946", "--yes")
        #expect(unknown.status == 65)
        #expect(
            unknown.errors
                == "nightjar: 2900041661946: nobody has this card; did you mean 2900041661964?\n")
    }

    @Test(arguments: 1...3)
    func `killed at any moment and run again, it ends as if it had not been`(
        round: Int
    ) throws {
        let card = Self.cards[0]
        let copy = try ScratchFolder()
        let killed = copy.path + "/shop"
        try FileManager.default.copyItem(atPath: shop.folder.path, toPath: killed)
        let began = Date()
        #expect(try shop.run("forget", card, "--yes").status == 0)
        let seconds = Date().timeIntervalSince(began)
        let arguments = ["forget", card, "--yes", "--workspace", killed]
        for _ in 0..<round {
            try BuiltProgram.runAndKill(arguments, after: Double.random(in: 0...seconds))
        }
        // A kill behind all of it leaves nothing to do: nobody has the card.
        let ended = try BuiltProgram.run(arguments)
        #expect([0, 65].contains(ended.status), "\(ended.errors)")
        #expect(try Self.grep(card, killed) == [])
        let (left, quiet) = (
            try FolderContents(killed + "/reports"), try shop.contents("reports")
        )
        #expect(left.differences(from: quiet) == [])
        #expect(
            try Set(FolderContents(killed + "/archive").files.keys)
                == Set(shop.contents("archive").files.keys))
        #expect(try BuiltProgram.run("verify", "--workspace", killed).status == 0)
    }
}
