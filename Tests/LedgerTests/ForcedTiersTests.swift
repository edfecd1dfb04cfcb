import Ledger
import Loyalty
import Storage
import TestSupport
import Testing

/// Tiers that members are given by hand or file.
@Suite struct ForcedTiersTests {
    private let scratch: ScratchFolder
    private let store: Store
    private let texts = TextArena()

    init() throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        let batch = MemberBatch()
        for card in ["C1", "C2"] {
            batch.members.append(
                MemberRecord(
                    card: batch.texts.copy(card), memberID: batch.texts.copy(""), tier: 0,
                    tierSince: nil, enrolledOn: nil, status: .active, cardExpiresOn: nil,
                    replacesCard: batch.texts.copy(""), mergedInto: batch.texts.copy(""), file: 0,
                    line: 2))
        }
        try members(batch, on: "2026-11-01")
    }

    private func members(_ batch: MemberBatch, on day: String) throws {
        let program = try LedgerNights().program
        _ = try store.write { connection in
            try MemberBook(connection, program: program, day: LedgerNights.date(day)).post(
                batch, tiers: ["bronze", "gold"], fileCount: 1)
        }
    }

    /// Takes over lines of one night, `card tier until`, and gives their verdicts.
    private func post(_ lines: [String], on day: String) throws -> [String] {
        let lines = lines.enumerated().map { index, line in
            let words = line.split(separator: " ").map(String.init)
            return ForcedTier(
                card: texts.copy(words[0]), tier: words[1] == "gold" ? 1 : 0,
                until: words.count > 2 ? LedgerNights.date(words[2]) : nil, file: Int32(index),
                line: 2)
        }
        let outcome = try store.write { connection in
            let tiers = ForcedTiers(connection, day: LedgerNights.date(day))
            try tiers.end()
            return try tiers.post(lines, tiers: ["bronze", "gold"], fileCount: lines.count)
        }
        return outcome.counts.enumerated().map { index, counts in
            outcome.refusals.first { $0.file == index }?.reason.name
                ?? Verdict.allCases.first { counts[$0] > 0 }.map { "\($0)" } ?? "-"
        }
    }

    private func rows(_ sql: String) throws -> [String] {
        try LedgerDump.rows(of: scratch.path + "/nightjar.db", sql)
    }

    private func tier() throws -> String? {
        try rows(
            "SELECT t.name FROM member m JOIN tier t ON t.id = m.tier WHERE m.card = 'C1'"
        ).first
    }

    @Test func `a forced tier stands through its last day, then the member's own is back`() throws {
        #expect(try post(["C1 gold 2026-11-17"], on: "2026-11-16") == ["accepted"])
        #expect(try tier() == "gold")
        #expect(try post([], on: "2026-11-17") == [])
        #expect(try tier() == "gold")
        _ = try post([], on: "2026-11-18")
        #expect(try tier() == "bronze")
        #expect(try rows("SELECT * FROM forced_tier") == [])
        // Late orders of those days still earn at it.
        #expect(
            try rows(
                """
                SELECT date(h.since * 86400, 'unixepoch'), t.name FROM member_tier h
                JOIN member m ON m.id = h.member JOIN tier t ON t.id = h.tier
                WHERE m.card = 'C1' ORDER BY 1
                """) == ["2026-11-01|bronze", "2026-11-16|gold", "2026-11-18|bronze"])
    }

    @Test func `the same again is a duplicate, another end a correction, an unknown card refused`()
        throws
    {
        #expect(try post(["C1 gold", "C2 gold"], on: "2026-11-16") == ["accepted", "accepted"])
        #expect(
            try post(["C1 gold", "C2 gold 2026-11-20", "C9 gold"], on: "2026-11-17")
                == ["duplicate", "correction", "unknown_member"])
        _ = try post([], on: "2026-12-31")
        #expect(try tier() == "gold", "without an end it has none")
    }

    @Test func `what was over before it came forces nothing`() throws {
        #expect(try post(["C1 gold 2026-11-15"], on: "2026-11-16") == ["accepted"])
        #expect(try tier() == "bronze")
    }

    @Test func `a members file says the tier beneath, which is back in the end`() throws {
        _ = try post(["C1 bronze 2026-11-17"], on: "2026-11-16")
        let batch = MemberBatch()
        batch.members.append(
            MemberRecord(
                card: batch.texts.copy("C1"), memberID: batch.texts.copy(""), tier: 1,
                tierSince: nil, enrolledOn: nil, status: .active, cardExpiresOn: nil,
                replacesCard: batch.texts.copy(""), mergedInto: batch.texts.copy(""), file: 0,
                line: 2))
        try members(batch, on: "2026-11-17")
        #expect(try tier() == "bronze")
        _ = try post([], on: "2026-11-18")
        #expect(try tier() == "gold")
    }
}
