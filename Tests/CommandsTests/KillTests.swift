import Foundation
import Loyalty
import TestSupport
import Testing

/// Nights that are killed with -9 at any moment and run again end as if they never had been.
@Suite struct KillTests {
    private final class Shop {
        let folder: ScratchFolder
        var seconds = 0.2

        init(_ shop: RandomShop) throws {
            folder = try ScratchFolder()
            for (name, text) in shop.workspace { try folder.write(text, to: name) }
        }

        func drop(_ files: [RandomShop.File]) throws {
            for file in files { try folder.write(file.text, to: "inbox/" + file.name) }
        }

        func close(_ night: CivilDate) throws {
            let began = Date()
            let result = try BuiltProgram.run(arguments(night))
            #expect(result.status == 0, "\(result.errors)")
            seconds = Date().timeIntervalSince(began)
        }

        func arguments(_ night: CivilDate) -> [String] {
            ["run", "--workspace", folder.path, "--date", "\(night)"]
        }

        /// All that is left behind, the store and the lock aside.
        func contents() throws -> FolderContents {
            try FolderContents(folder.path).without([
                "nightjar.db", "nightjar.db-wal", "nightjar.db-shm", "nightjar.lock",
            ])
        }
    }

    @Test(arguments: 101...104) func `killed and run again`(seed: Int) throws {
        let nights = RandomShop(seed: seed, nights: 4)
        let (quiet, killed) = (try Shop(nights), try Shop(nights))
        var random = SystemRandomNumberGenerator()
        var moments: [String] = []
        for night in nights.nights {
            try quiet.drop(nights.files(of: night))
            try quiet.close(night.date)
            try killed.drop(nights.files(of: night))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let moment = Double.random(in: 0...quiet.seconds * 1.2, using: &random)
                moments.append("\(night.date) at \(moment)")
                try BuiltProgram.runAndKill(killed.arguments(night.date), after: moment)
            }
            // Where a kill came behind the last commit, this is a run of a closed night.
            try killed.close(night.date)
        }
        let note = "seed \(seed), killed \(moments)"
        let differences = try killed.contents().differences(from: quiet.contents())
        #expect(differences.isEmpty, "\(note): \(differences)")
        let stores = [quiet, killed].map { $0.folder.path + "/nightjar.db" }
        let rows = try stores.map { try Set(LedgerDump.rows(of: $0)) }
        #expect(rows[0].symmetricDifference(rows[1]).sorted() == [], "\(note)")
    }
}
