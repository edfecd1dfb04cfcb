import Foundation
import TestSupport
import Testing

/// The retailer of samples/, as an operator runs it.
@Suite struct SamplesTests {
    static let nights = ["2026-11-16", "2026-11-17", "2026-11-18"]

    /// A copy of samples/ with the nights run, up to one of them.
    final class Shop {
        let folder: ScratchFolder

        /// - Parameter pushes: whether what waits is sent when a night is closed.
        init(through last: String = "2026-11-18", pushes: Bool = true) throws {
            folder = try ScratchFolder()
            for name in ["program.yaml", "Jobs", "layouts"] {
                try FileManager.default.copyItem(
                    atPath: Repository.folder + "samples/" + name, toPath: folder.path + "/" + name)
            }
            if !pushes {
                try FileManager.default.removeItem(
                    atPath: folder.path + "/Jobs/push-results.yaml")
            }
            for night in SamplesTests.nights where night <= last {
                try drop(night)
                #expect(try run("run", "--date", night).status == 0)
            }
        }

        func drop(_ night: String) throws {
            let drops = URL(filePath: Repository.folder + "samples/drops/" + night)
            for file in try FileManager.default.contentsOfDirectory(
                at: drops, includingPropertiesForKeys: nil)
            {
                try folder.write(
                    try Data(contentsOf: file), to: "inbox/" + file.lastPathComponent)
            }
        }

        func run(_ arguments: String...) throws -> BuiltProgram.Result {
            try BuiltProgram.run(arguments + ["--workspace", folder.path])
        }

        func contents(_ name: String) throws -> FolderContents {
            try FolderContents(folder.path + "/" + name)
        }
    }

    @Test func `reports and rejects are what README says`() throws {
        let shop = try Shop()
        for folder in ["reports", "rejects"] {
            let contents = try shop.contents(folder)
            let golden = Repository.folder + "Tests/CommandsTests/Golden/" + folder
            // What a data package says is held against the files by DataPackageTests.
            let files = contents.files.filter { !$0.key.hasSuffix("datapackage.json") }
            #expect(try Set(files.keys) == Set(FolderContents(golden).files.keys))
            for (path, text) in files { try Golden.expect(text, folder + "/" + path) }
        }
    }

    /// Files that are refused whole, by night.
    private static let refused = [
        "2026-11-17": ["kiosk-2026-11-17.csv", "vending-2026-11-17.csv"],
        "2026-11-18": [
            "adjustments-2026-11-18.csv.gz", "tiers-2026-11-18.csv",
        ],
    ]

    @Test func `files end up where the workspace says`() throws {
        let shop = try Shop()
        #expect(try shop.contents("inbox").files.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: shop.folder.path + "/claimed/2026-11-16"))
        for night in Self.nights {
            let drop = try FolderContents(Repository.folder + "samples/drops/" + night)
            let archive = try shop.contents("archive/" + night)
            // The vending machine's marker has done its work.
            let refused = try FolderContents(shop.folder.path + "/quarantine").files.keys
                .filter { $0.hasPrefix(night + "/") }
            let packed = drop.files.keys.filter {
                !$0.hasSuffix(".ok") && !refused.contains(night + "/" + $0)
            }.map { name in
                [".gz", ".zst", ".manifest"].contains { name.hasSuffix($0) } ? name : name + ".zst"
            }
            #expect(Set(archive.files.keys) == Set(packed))
            #expect(
                refused.sorted()
                    == Self.refused[night, default: []].flatMap { name in
                        ["", ".reason.txt"].map { "\(night)/\(name)\($0)" }
                    })
        }
        #expect(
            try shop.folder.read("quarantine/2026-11-17/kiosk-2026-11-17.csv.reason.txt")
                == "control_total (the trailer in line 4 counts 3 lines, there are 2): "
                + "its lines are not what its trailer or manifest says; send it again whole\n")
    }

    @Test func `nothing is wrong with the ledger, and every card is explained`() throws {
        let shop = try Shop()
        let verify = try shop.run("verify")
        #expect(verify.status == 0 && !verify.output.contains("WRONG"), "\(verify.output)")
        // Points paid and given back after their lot had expired; a corrected order that had a return.
        for (card, name) in [("2900042116067", "points-paid"), ("2900041002170", "corrected")] {
            let explained = try shop.run("explain", card)
            #expect(explained.status == 0)
            try Golden.expect(explained.output, "explain-\(name).txt")
        }
    }

    @Test func `an archived file is the one that came`() throws {
        let shop = try Shop(through: "2026-11-16")
        let archive = shop.folder.path + "/archive/2026-11-16/"
        let zstd = Process()
        zstd.executableURL = URL(filePath: "/usr/bin/zstd")
        zstd.arguments =
            ["-dq", "--rm"]
            + (try FolderContents(archive).files.keys.filter { $0.hasSuffix(".zst") }
                .map { archive + $0 })
        try zstd.run()
        zstd.waitUntilExit()
        #expect(zstd.terminationStatus == 0)
        var drop = try FolderContents(Repository.folder + "samples/drops/2026-11-16")
        drop.files["vending-2026-11-16.ok"] = nil
        #expect(try shop.contents("archive/2026-11-16").differences(from: drop) == [])
    }

    @Test func `running again posts nothing and leaves the same bytes`() throws {
        let shop = try Shop()
        let before = try (shop.contents("reports"), shop.contents("rejects"))
        let ledger = try LedgerDump.rows(of: shop.folder.path + "/nightjar.db")
        let again = try shop.run("run", "--date", "2026-11-18")
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("night of 2026-11-18: closed before, nothing posted"))
        #expect(try shop.contents("reports").differences(from: before.0) == [])
        #expect(try shop.contents("rejects").differences(from: before.1) == [])
        #expect(try LedgerDump.rows(of: shop.folder.path + "/nightjar.db") == ledger)
    }

    @Test func `a report folder that is lost or damaged is made again`() throws {
        let shop = try Shop()
        let before = try shop.contents("reports")
        let balances = "reports/2026-11-18/balances.csv"
        try FileManager.default.removeItem(atPath: shop.folder.path + "/reports/2026-11-18")
        #expect(try shop.run("run", "--date", "2026-11-18").status == 0)
        #expect(try shop.contents("reports") == before)
        try shop.folder.write("mine\n", to: balances)
        let again = try shop.run("run", "--date", "2026-11-18")
        #expect(again.errors.contains("differed from what the store says and is re-made"))
        #expect(try shop.contents("reports") == before)
    }

    @Test func `refused lines that are mended and dropped again are accepted`() throws {
        let shop = try Shop(through: "2026-11-17")
        let name = "rejects/2026-11-16/till-2026-11-16.csv"
        let mended = try shop.folder.read(name)
            .replacingOccurrences(of: "12,8O", with: "12,80")
            .replacingOccurrences(of: "31/11/2026", with: "16/11/2026")
            .replacingOccurrences(of: ";deux;", with: ";2;")
        try shop.drop("2026-11-18")
        try shop.folder.write(mended, to: "inbox/till-2026-11-16.csv")
        #expect(try shop.run("run", "--date", "2026-11-18").status == 0)
        let files = try shop.folder.read("reports/2026-11-18/files.csv")
        // Two tickets of one line and one of three; no number, a line too short and a store that is not
        // there stay refused.
        #expect(files.contains(",8,5,0,0,0,3,0\n"), "\(files)")
        let postings = try shop.folder.read("reports/2026-11-18/postings.csv")
        for ticket in ["V-087711", "L-051904", "Q-104235"] {
            #expect(postings.contains(",accrue,\(ticket),"))
        }
    }

    @Test func `status and check say what there is`() throws {
        let shop = try Shop()
        let status = try shop.run("status")
        // Nights after the samples are due and not run.
        #expect(status.status == 1)
        let lines = status.output.split(separator: "\n").filter {
            !$0.hasPrefix("late: ") && !$0.hasPrefix("due: ")
        }
        // A night takes the seconds that it takes.
        let text = lines.map { $0.replacing(/\x20{2}[0-9]+ s$/, with: "") }.joined(separator: "\n")
        try Golden.expect(text + "\n", "status.txt")
        let file = Repository.folder + "samples/drops/2026-11-16/till-2026-11-16.csv"
        let known = try shop.run("check", file)
        #expect(known.status == 0)
        #expect(known.output.contains("duplicate_file"))
        let check = try Shop(through: "").run("check", file)
        #expect(check.status == 65)
        try Golden.expect(
            check.output.replacingOccurrences(of: Repository.folder, with: ""), "check.txt")
        let tomorrow = Repository.folder + "samples/drops/2026-11-17/shop-2026-11-17.csv.gz"
        let verbose = try Shop(through: "2026-11-16").run("check", "-v", tomorrow)
        #expect(
            verbose.output.hasSuffix(
                """
                6 lines read, 2 would be refused
                  rejected           2
                  parked, later_day  1
                  left to the night  3

                """), "\(verbose.output)")
    }

    @Test func `JSON says the same`() throws {
        let shop = try Shop()
        let run = try json(shop.run("run", "--date", "2026-11-18", "--json").output)
        let night = try #require((run as? [[String: Any]])?.first)
        #expect(night["state"] as? String == "already_closed")
        #expect((night["totals"] as? [String: Any])?["lines_read"] as? Int == 46)
        let status = try #require(
            json(shop.run("status", "--json").output) as? [String: Any])
        #expect((status["nights"] as? [Any])?.count == 3)
        #expect(status["good"] as? Bool == false)
        let file = Repository.folder + "samples/drops/2026-11-17/till-2026-11-17.csv"
        let check = try #require(
            json(Shop(through: "").run("check", file, "--json").output) as? [[String: Any]])
        #expect(check[0]["verdict"] as? String == "ingested")
        let refused = try #require(check[0]["refused"] as? [[String: Any]])
        #expect(check[0]["records"] as? String == "orders")
        #expect(check[0]["layout"] as? String == "belle-anse-till")
        #expect((check[0]["sha256"] as? String)?.count == 64)
        #expect(refused[0]["verdict"] as? String == "rejected")
        #expect(refused.map { $0["reason"] as? String } == ["spreadsheet_damage"])
    }
}
