import Loyalty
import Storage
import TestSupport
import Testing

@testable import Codes

@Suite struct ReplenishmentTests {
    private func nights(
        _ renewal: Reward.Renewal = .generated, threshold: Int = 3,
        change: (inout Reward) -> Void = { _ in }
    ) throws -> StockNights {
        try StockNights(rewards: [
            StockNights.reward("r25") {
                $0.threshold = threshold
                $0.renewal = renewal
                change(&$0)
            }
        ])
    }

    private static let low =
        "SELECT available, outstanding, waiting, quantity, action FROM low_stock ORDER BY night"

    @Test func `below threshold its owner is asked once for what fills it up`() throws {
        let nights = try nights()
        try nights.night(
            ["K1 r25 available", "K2 r25 available", "K3 r25 assigned C1"], replenish: true)
        #expect(try nights.messages().contains("pos replenishment r25"))
        #expect(
            try nights.rows("SELECT payload FROM outbox WHERE kind = 'replenishment'") == [
                #"{"night":"2026-11-20","quantity":4,"reward_id":"r25","schema":"replenishment/1","system":"pos"}"#
            ])
        try nights.night(replenish: true)
        #expect(
            try nights.rows("SELECT count(*) FROM outbox WHERE kind = 'replenishment'") == ["1"])
        #expect(try nights.rows(Self.low) == ["2|0|0|4|requested", "2|4|0|0|outstanding"])
    }

    @Test func `at the threshold nobody is asked`() throws {
        let nights = try nights()
        try nights.night(
            ["K1 r25 available", "K2 r25 available", "K3 r25 available"], replenish: true)
        #expect(try nights.rows(Self.low) == [])
    }

    @Test func `codes that aren't good any more are no stock`() throws {
        let nights = try nights()
        try nights.night(
            [
                "K1 r25 available until 2026-11-19", "K2 r25 available until 2026-11-20",
                "K3 r25 available", "K4 r25 burned",
            ], replenish: true)
        #expect(try nights.rows(Self.low) == ["2|0|0|4|requested"])
    }

    @Test func `refill_to is what it is filled up to`() throws {
        let nights = try nights { $0.refillTo = 10 }
        try nights.night(["K1 r25 available"], replenish: true)
        #expect(try nights.rows(Self.low) == ["1|0|0|9|requested"])
    }

    @Test func `what comes answers the request, and too little of it still waits`() throws {
        let nights = try nights()
        try nights.night(replenish: true)
        try nights.night(["K1 r25 available", "K2 r25 available"], replenish: true)
        #expect(try nights.rows(Self.low) == ["0|0|0|6|requested", "2|4|0|0|outstanding"])
        try nights.night((3...6).map { "K\($0) r25 available" }, replenish: true)
        #expect(try nights.rows("SELECT asked, came, state FROM refill_request") == ["6|6|1"])
    }

    @Test func `an unanswered request lapses and is made anew`() throws {
        let nights = try nights { $0.renewAfterDays = 2 }
        for _ in 0..<4 { try nights.night(replenish: true) }
        #expect(
            try nights.rows("SELECT asked_on - 20777, state FROM refill_request") == ["0|2", "2|0"])
        #expect(try nights.rows("SELECT count(*) FROM outbox") == ["2"])
    }

    @Test func `a system's own renew_after counts before the reward's`() throws {
        let nights = try nights { $0.renewAfterDays = 20 }
        nights.terms.systems[0].renewAfterDays = 1
        for _ in 0..<3 { try nights.night(replenish: true) }
        #expect(try nights.rows("SELECT count(*) FROM refill_request") == ["3"])
    }

    @Test func `grants that wait for a code count as if they had taken theirs`() throws {
        let nights = try nights()
        try nights.night(["K1 r25 available"], replenish: true) { connection, register in
            try connection.execute(
                """
                INSERT INTO claim (id, night, how, claimed_at, card, reward, state, reason)
                VALUES ('A', 1, 'workflow', 0, 'C1', 1, 2, 'sold_out')
                """)
        }
        #expect(try nights.rows(Self.low) == ["1|0|1|6|requested"])
    }

    @Test func `renewal program makes the codes itself and sends them to every system`() throws {
        let nights = try nights(.program)
        try nights.night(
            ["K1 r25 available"], replenish: true, generator: CodeGeneratorTests.seeded(7))
        #expect(try nights.rows(Self.low) == ["1|0|0|5|generated"])
        #expect(try nights.rows("SELECT generated, imported FROM code_flow") == ["5|1"])
        let codes = try nights.rows("SELECT code FROM code WHERE file = 0 ORDER BY line")
        #expect(codes.count == 5)
        #expect(codes.allSatisfy { CodeGenerator.isRight(Array($0.utf8)) })
        for system in ["pos", "ecom"] {
            #expect(
                try nights.rows(
                    "SELECT subject FROM outbox WHERE endpoint = '\(system)' AND kind = 'code-add' "
                        + "ORDER BY id"
                ).filter { codes.contains($0) } == codes)
        }
        try nights.night(replenish: true)
        #expect(try nights.rows("SELECT count(*) FROM low_stock") == ["1"])
    }

    @Test func `a code that is there already is not made again`() throws {
        let nights = try nights(.program, threshold: 1)
        var known = CodeGeneratorTests.seeded(7)
        let first = String(decoding: try known.next(), as: UTF8.self)
        try nights.night(
            ["\(first) r25 burned"], replenish: true, generator: CodeGeneratorTests.seeded(7))
        #expect(try nights.rows("SELECT count(*) FROM code WHERE file = 0") == ["2"])
    }

    @Test func `manual tells a person, once`() throws {
        let nights = try nights(.manual)
        try nights.night(replenish: true)
        #expect(try nights.exceptions() == ["low_stock pos  -"])
        try nights.night(replenish: true)
        #expect(try nights.exceptions() == [])
        #expect(try nights.rows("SELECT count(*) FROM outbox") == ["0"])
    }

    @Test func `made when granted, badges and gift codes never run low`() throws {
        for change: (inout Reward) -> Void in [
            { $0.renewal = .atGrant }, { $0.kind = .badge }, { $0.kind = .giftCode },
            { $0.status = .inactive }, { $0.threshold = nil },
        ] {
            let nights = try nights(change: change)
            try nights.night(replenish: true)
            #expect(try nights.rows(Self.low) == [])
        }
    }

    @Test func `the days that are left follow from the burns of the last nights`() throws {
        let nights = try nights(threshold: 10)
        // What came in used up says nothing of how fast codes are used.
        try nights.night((1...8).map { "K\($0) r25 available" } + ["B r25 burned"], replenish: true)
        #expect(try nights.rows("SELECT days_left FROM low_stock") == [""])
        for code in ["K1", "K2"] {
            try nights.night(replenish: true) { connection, register in
                guard let found = try register.find(register.texts.copy(code)).first else { return }
                var row = found
                row.state = .burned
                row.burnedAt = 1
                try register.change(
                    row, from: .available,
                    CodeTransition(
                        at: 1, system: 0, file: 0, line: 0, reason: "burn", source: row.burn))
            }
        }
        // Six are left, and one a night is used.
        #expect(
            try nights.rows("SELECT available, days_left FROM low_stock ORDER BY night").last
                == "6|6")
    }
}
