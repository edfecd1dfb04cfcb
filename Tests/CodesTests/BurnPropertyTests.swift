import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

@testable import Codes

/// Random reports of burns: in any cut and order, and again.
@Suite struct BurnPropertyTests {
    private static let kinds: [String: BurnTwin.Code] = Dictionary(
        uniqueKeysWithValues: BurnTwin.Code.allCases.enumerated().flatMap { index, kind in
            [("K\(index)", kind), ("L\(index)", kind)]
        })
    private static let names = kinds.keys.sorted()
    /// NIGHTJAR_SEEDS runs more of them.
    private static let seeds =
        ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 20

    /// The lines of a night in files of random lengths and order, some of them twice.
    private static func files(
        _ reports: [BurnTwin.Report], _ random: inout SplitMix64
    ) -> [[String]] {
        var lines = reports.map(\.line)
        for line in lines where random.oneIn(5) { lines.append(line) }
        lines.shuffle(using: &random)
        var files: [[String]] = [[]]
        for line in lines {
            if random.oneIn(4) { files.append([]) }
            files[files.count - 1].append(line)
        }
        return files
    }

    private static func nights(_ change: (inout CodeTerms) -> Void = { _ in }) throws -> BurnNights
    {
        let nights = try BurnNights(change: change)
        try nights.codes(names.compactMap { kinds[$0]?.line($0) })
        return nights
    }

    @Test(arguments: 0..<seeds)
    func `the register is that of all reports at once, whenever they come`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let reports = BurnTwin.reports(Self.names, &random)
        let nights = try Self.nights { $0.burns.localAssignment = .charge }
        var charged: [String] = []
        for night in 0..<4 {
            let files = Self.files(reports.filter { $0.night == night }, &random)
            charged += try nights.night(files).points
        }
        let twin = BurnTwin(Self.kinds, reports)
        for code in Self.names {
            let words = try nights.state(of: code).split(separator: " ")
            let state = words.count == 4 ? "\(words[0]) \(words[2]) \(words[3])" : "unknown"
            #expect(state == twin.states[code], "seed \(seed), code \(code)")
        }
        #expect(try nights.outcomes() == twin.outcomes, "seed \(seed)")
        let codes = charged.compactMap { entry in
            reports.first { $0.id == entry.split(separator: " ")[1] }?.code
        }
        #expect(Set(codes).count == codes.count, "seed \(seed): a code was charged twice")

        let before = try nights.dump()
        let again = try nights.night(Self.files(reports, &random))
        #expect(again.verdicts.allSatisfy { $0.hasPrefix("duplicate") }, "seed \(seed)")
        #expect(again.outcomes.isEmpty && again.exceptions.isEmpty, "seed \(seed)")
        #expect(again.points.isEmpty, "seed \(seed)")
        #expect(try nights.dump() == before, "seed \(seed)")
        try nights.expectHistoriesReplay("seed \(seed)")
    }

    @Test(arguments: 0..<seeds)
    func `a night is the same in any order of its files and lines`(seed: Int) throws {
        var random = SplitMix64(seed: seed + 1000)
        let reports = BurnTwin.reports(Self.names, &random)
        let refuses = [random.oneIn(2), random.oneIn(2), random.oneIn(2)]
        var results: [[[String]]] = []
        for _ in 0..<3 {
            let nights = try Self.nights { terms in
                if refuses[0] { terms.burns.foreignCard = .refuse }
                if refuses[1] { terms.burns.afterExpiry = .refuse }
                if refuses[2] { terms.burns.localAssignment = .charge }
            }
            try nights.nights(3)
            let night = try nights.night(Self.files(reports, &random))
            let verdicts = night.verdicts.filter { !$0.hasPrefix("duplicate") }
            results.append([
                night.outcomes, night.exceptions, night.points.sorted(), verdicts,
                try nights.dump(),
            ])
            try nights.expectHistoriesReplay("seed \(seed)")
        }
        #expect(results[0] == results[1], "seed \(seed)")
        #expect(results[0] == results[2], "seed \(seed)")
    }
}

extension BurnNights {
    /// The last outcome of every burn and reversal.
    fileprivate func outcomes() throws -> [String: String] {
        try store.read { connection in
            var outcomes: [String: String] = [:]
            try connection.forEach("SELECT id, outcome FROM burn") {
                outcomes[$0.string(0)] = $0.string(1)
            }
            return outcomes
        }
    }

    /// The register and the burns, without where they were written.
    fileprivate func dump() throws -> [String] {
        try store.read { connection in
            var rows: [String] = []
            try connection.forEach(
                """
                SELECT code, owner, state, card, assigned_at, burned_at, burned_in, burn FROM code
                UNION ALL
                SELECT id, is_reversal, system, code, state, outcome, owner, charged FROM burn
                ORDER BY 1, 2, 3
                """
            ) { row in
                rows.append((0..<8).map { row.string($0) }.joined(separator: " "))
            }
            return rows
        }
    }

    /// Every event of a code begins in the state in which the one before ended, and the last ends in its own.
    fileprivate func expectHistoriesReplay(_ comment: String) throws {
        try store.read { connection in
            var states: [String: Int64] = [:]
            try connection.forEach("SELECT code, state FROM code") {
                states[$0.string(0)] = $0.integer(1)
            }
            var ends: [String: Int64] = [:]
            try connection.forEach(
                "SELECT code, before, after FROM code_event ORDER BY code, owner, night, seq"
            ) { row in
                let code = row.string(0)
                if let end = ends[code] { #expect(end == row.integer(1), "\(comment), \(code)") }
                ends[code] = row.integer(2)
            }
            for (code, end) in ends { #expect(end == states[code], "\(comment), \(code)") }
        }
    }
}
