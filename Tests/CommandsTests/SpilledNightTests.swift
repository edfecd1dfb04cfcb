import Foundation
import TestSupport
import Testing

/// A night of more orders than the least `limits.memory` holds, killed and out of room while its sorted runs
/// are open.
@Suite(.serialized) struct SpilledNightTests {
    private static let night = "2024-02-26"

    /// A workspace with one night's file: mostly orders without a card, which cost little.
    private final class Shop {
        let folder: ScratchFolder

        /// - Parameter isApart: whether the lines stand in any order, and the file says so.
        init(
            seed: Int, isApart: Bool = false, limits: String = "limits: { memory: 96 MiB }\n"
        ) throws {
            folder = try ScratchFolder()
            for (name, text) in RandomShop(seed: seed, nights: 1).workspace {
                let more =
                    switch name {
                    case "program.yaml": limits
                    case "Jobs/orders.yaml" where isApart: "layout: apart\n"
                    default: ""
                    }
                try folder.write(text + more, to: name)
            }
            try folder.write(
                "version: 1\nlayout: apart\nrecords: orders\ncontiguous: false\n",
                to: "layouts/apart.yaml")
            var random = SplitMix64(seed: seed)
            var lines = [
                "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id"
            ]
            for number in 0..<46_000 {
                let isOfMember = random.oneIn(40)
                let card = isOfMember ? "C\(random.int(1...90))" : ""
                let isReturn = isOfMember && number > 0 && random.oneIn(2)
                let amount = "\(isReturn ? "-" : "")\(random.int(1...99)).00"
                let original = isReturn ? "A\(random.int(0...number - 1))" : ""
                lines.append(
                    "A\(number),\(SpilledNightTests.night)T10:00:00,S1,\(card),\(isReturn ? -1 : 1),"
                        + "\(amount),\(isReturn ? "return" : "sale"),\(original)")
            }
            if isApart { lines[1...].shuffle(using: &random) }
            try folder.write(
                lines.joined(separator: "\n") + "\n",
                to: "inbox/orders-pos-\(SpilledNightTests.night).csv")
            let members = (1...90).map { "C\($0),bronze\n" }.joined()
            try folder.write(
                "card_code,tier\n" + members, to: "inbox/members-\(SpilledNightTests.night).csv")
        }

        var arguments: [String] {
            ["run", "--workspace", folder.path, "--date", SpilledNightTests.night]
        }

        /// All that is left behind, the store and the lock aside.
        func contents() throws -> FolderContents {
            try FolderContents(folder.path).without([
                "nightjar.db", "nightjar.db-wal", "nightjar.db-shm", "nightjar.lock",
            ])
        }

        func ledger() throws -> [String] { try LedgerDump.rows(of: folder.path + "/nightjar.db") }

        /// Runs the night to its end.
        func close() throws {
            let result = try BuiltProgram.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    /// How many files without a name a process holds open in a folder.
    private func nameless(_ process: Process, _ folder: String) -> Int {
        let place = "/proc/\(process.processIdentifier)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.filter { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: place + "/" + name)
            return target.map { $0.hasPrefix(folder) && $0.hasSuffix(" (deleted)") } ?? false
        }.count
    }

    @Test(arguments: [false, true])
    func `killed while runs are open it leaves none behind, and ends as if it had not been`(
        isApart: Bool
    ) throws {
        let seed = Int.random(in: 0...999_999)
        let quiet = try Shop(seed: seed, isApart: isApart)
        let killed = try Shop(seed: seed, isApart: isApart)
        try quiet.close()
        var seen: [Int] = []
        for least in [1, 3] {
            let process = try BuiltProgram.begin(killed.arguments)
            while process.isRunning, nameless(process, killed.folder.path) < least {
                Thread.sleep(forTimeInterval: 0.002)
            }
            seen.append(nameless(process, killed.folder.path))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let left = try FileManager.default.contentsOfDirectory(atPath: killed.folder.path)
            #expect(left.filter { $0.hasPrefix(".") } == [], "seed \(seed)")
        }
        #expect(seen.allSatisfy { $0 > 0 }, "seed \(seed), open when it was killed: \(seen)")
        try killed.close()
        let differences = try killed.contents().differences(from: quiet.contents())
        #expect(differences.isEmpty, "seed \(seed): \(differences)")
        let rows = try [quiet, killed].map { try Set($0.ledger()) }
        #expect(rows[0].symmetricDifference(rows[1]).sorted() == [], "seed \(seed)")
    }

    /// Runs a night that may write no file of more than so many KiB.
    private func run(_ shop: Shop, mostKiB: Int) throws -> (status: Int32, errors: String) {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments =
            ["-c", "ulimit -f \(mostKiB); exec \"$0\" \"$@\"", BuiltProgram.url.path]
            + shop.arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    /// Ends a night that had no room, and holds it against one that was never disturbed.
    private func finish(_ limited: Shop, like quiet: Shop, seed: Int) throws {
        let posted = try LedgerDump.rows(
            of: limited.folder.path + "/nightjar.db", "SELECT count(*) FROM orders")
        #expect(posted == ["0"], "seed \(seed)")
        try limited.close()
        let differences = try limited.contents().differences(from: quiet.contents())
        #expect(differences.isEmpty, "seed \(seed): \(differences)")
        let rows = try [quiet, limited].map { try Set($0.ledger()) }
        #expect(rows[0].symmetricDifference(rows[1]).sorted() == [], "seed \(seed)")
    }

    @Test func `without room for the runs it says so, ends with 75, and runs again`() throws {
        let seed = Int.random(in: 0...999_999)
        let (quiet, limited) = (try Shop(seed: seed), try Shop(seed: seed))
        try quiet.close()
        // The store is smaller than this when orders are spilled; their runs grow beyond it.
        let (status, said) = try run(limited, mostKiB: 4096)
        #expect(status == 75, "seed \(seed): \(said)")
        #expect(said.contains(limited.folder.path + ": no file may be larger: "), "\(said)")
        #expect(said.contains("four times the size of the night's files; then run again"))
        try finish(limited, like: quiet, seed: seed)
    }

    @Test func `without room for the store it says so, ends with 75, and runs again`() throws {
        let seed = Int.random(in: 0...999_999)
        let (quiet, limited) = (try Shop(seed: seed, limits: ""), try Shop(seed: seed, limits: ""))
        try quiet.close()
        // Memory holds the orders; the log of the store grows beyond this when they are written.
        let (status, said) = try run(limited, mostKiB: 2048)
        #expect(status == 75, "seed \(seed): \(said)")
        #expect(
            said.contains(
                limited.folder.path
                    + "/nightjar.db: no file may be larger, and the store or its log must be; "
                    + "raise the limit (ulimit -f)"), "\(said)")
        #expect(said.contains("that of the night's files; then run again"), "\(said)")
        try finish(limited, like: quiet, seed: seed)
    }
}
