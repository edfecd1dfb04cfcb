import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// A person's cards taken out of rewards and codes.
@Suite struct CardErasureTests {
    private func erase(_ cards: [String], _ names: [String], _ nights: ClaimNights) throws {
        try nights.store.erase {
            try CardErasure($0).erase(cards, names, standIn: "forgotten-1")
        }
    }

    private func texts(_ nights: ClaimNights) throws -> [String] {
        try [
            "code", "code_event", "burn", "claim", "claim_outcome", "program_event", "gift_use",
            "code_exception",
        ].flatMap { try nights.rows("SELECT * FROM \($0)") }
    }

    private func nights() throws -> ClaimNights {
        let nights = try ClaimNights([ClaimNights.reward()], members: ["CARD1", "CARD2"])
        nights.terms.workflows = [
            CodeTerms.Workflow(event: "enrolled", assign: "r25"),
            CodeTerms.Workflow(event: "goal_completed", assign: "r25"),
        ]
        try nights.stock("K1", "K2", "K3", "K4")
        return nights
    }

    @Test func `codes keep state and history, and nothing says whose they were`() throws {
        let nights = try nights()
        try nights.close(events: ["E1 goal_completed CARD1 x", "E2 goal_completed CARD9 x"])
        let states = "SELECT code, state FROM code ORDER BY code"
        let (before, good) = (try nights.rows(states), try faults(nights))
        #expect(try texts(nights).contains { $0.contains("enrolled:CARD1") })
        try erase(["CARD1"], ["M1", "CARD1"], nights)
        #expect(try nights.rows(states) == before)
        #expect(try !texts(nights).contains { $0.contains("CARD1") })
        #expect(try texts(nights).contains { $0.contains("enrolled:CARD2") })
        #expect(try texts(nights).contains { $0.contains("enrolled:forgotten-1") })
        #expect(try faults(nights) == good)
        // The same event again is known, whoever it names now.
        let again = try nights.close(events: ["E1 goal_completed CARD1 x", "E1 other CARD2 y"])
        #expect(again.verdicts == ["duplicate", "duplicate"])
    }

    @Test func `what waits for the card waits in vain`() throws {
        let nights = try nights()
        try nights.close(events: ["E2 goal_completed CARD9 x"])
        let good = try faults(nights)
        #expect(try nights.store.read { try CardErasure($0).isNamed("CARD9") })
        try erase(["CARD9"], ["CARD9"], nights)
        #expect(try !nights.store.read { try CardErasure($0).isNamed("CARD9") })
        #expect(try nights.rows("SELECT count(*) FROM program_event WHERE state = 1") == ["0"])
        #expect(try faults(nights) == good)
    }

    private func faults(_ nights: ClaimNights) throws -> [String] {
        try nights.store.read { connection in
            var faults: [String] = []
            try RegisterAudit(connection) { rule, _, text in faults.append("\(rule): \(text)") }
                .run()
            return faults
        }
    }
}
