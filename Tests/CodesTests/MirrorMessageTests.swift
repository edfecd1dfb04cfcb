import Loyalty
import Storage
import TestSupport
import Testing

@testable import Codes

/// What the asynchronous integration sends across.
@Suite struct MirrorMessageTests {
    private func change(
        _ register: Register, _ code: String, to state: CodeState, by system: String
    ) throws {
        guard let found = try register.find(register.texts.copy(code)).first else { return }
        var row = found
        row.state = state
        row.burnedAt = state == .burned ? 1_795_000_000 : nil
        row.burnedIn = state == .burned ? try register.system(system) : 0
        try register.change(
            row, from: found.state,
            CodeTransition(
                at: 1, system: try register.system(system), file: 0, line: 0, reason: "test",
                source: row.burn))
    }

    @Test func `tonight's burns, assignments and new codes go to those that don't know them`()
        throws
    {
        let nights = try StockNights {
            $0.integration = .asynchronous
            $0.systems[0].onBurn = .burn
        }
        try nights.night(["K1 r25 available", "K2 r25 available", "K3 r25 available"])
        try nights.night { _, register in
            try change(register, "K1", to: .burned, by: "ecom")
            try change(register, "K2", to: .assigned, by: "pos")
            try change(register, "K3", to: .voided, by: "")
            var new = try #require(try register.find(register.texts.copy("K1")).first)
            (new.code, new.state, new.burnedAt) = (register.texts.copy("K0"), .available, nil)
            new.addedOn = register.night
            try register.add(new)
        }
        #expect(
            try nights.messages() == [
                "pos code-burn K1", "pos code-delete K3", "ecom code-delete K3",
                "ecom code-assign K2", "ecom code-add K0",
            ])
    }

    @Test(arguments: [CodeTerms.Integration.realTime, .separate, .identification])
    func `the other integrations send nothing across`(_ integration: CodeTerms.Integration) throws {
        let nights = try StockNights { $0.integration = integration }
        try nights.night(["K1 r25 available"])
        try nights.night { _, register in
            try change(register, "K1", to: .burned, by: "ecom")
        }
        #expect(try nights.messages() == [])
    }

    @Test func `a message says all of the code, its keys sorted`() throws {
        let nights = try StockNights(rewards: [
            StockNights.reward("r25") {
                $0.minPurchase = 5000
                $0.channels = ["pos", "ecom"]
                $0.texts.customFields = ["b": "a \"quote\"", "a": "1"]
            }
        ])
        try nights.night(
            ["K\"1 r25 assigned C1 until 2027-01-31 at 2026-11-20T18:30:00"],
            ["pos": ["K\"1 assigned"], "ecom": []])
        #expect(
            try nights.rows("SELECT payload FROM outbox") == [
                #"{"assigned_at":"2026-11-20T18:30:00","card_code":"C1","change":"add","channels":["pos","ecom"],"#
                    + #""code":"K\"1","custom_fields":{"a":"1","b":"a \"quote\""},"#
                    + #""expires_on":"2027-01-31","min_purchase":"50.00","night":"2026-11-20","#
                    + #""reward_id":"r25","schema":"code-changes/1","state":"assigned","#
                    + #""system":"ecom","type":"value","value":"25.00"}"#
            ])
    }

    @Test func `the same effect of one night is one message`() throws {
        let nights = try StockNights { $0.integration = .asynchronous }
        try nights.night(["K1 r25 available"])
        try nights.night([], ["pos": ["K1 available"], "ecom": ["K1 burned"]]) { _, register in
            try change(register, "K1", to: .burned, by: "ecom")
        }
        #expect(try nights.breaks() == ["K1 burned_but_open 2 pos=available;ecom=burned delete"])
        #expect(try nights.messages() == ["pos code-delete K1"])
    }
}
