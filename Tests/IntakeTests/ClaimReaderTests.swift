import Intake
import Loyalty
import TestSupport
import Testing

/// Claims, events and uses of gift codes: what their lines say, and why they are refused.
@Suite struct ClaimReaderTests {
    private static let long = String(repeating: "x", count: 256)

    @Test func `claims and grants`() throws {
        let file = try ReadFile(
            """
            claim_id,claimed_at,card_code,reward_id,kind,code,store_id,event_id,reason
            K1,2026-11-16T18:22:07,C1,r25,claim,,,,
            K2,2026-11-16T18:22:08,C1,r10,grant,A-1,PAR01,E1,goodwill
            K3,2026-11-17T00:00:00,C1,r25,,,,,

            """, .canonical(.claims))
        let batch = file.batches.codes
        #expect(
            batch.claims.map {
                "\($0.id.string) \(clock($0.claimedAt)) \($0.card.string) "
                    + "\(batch.names.texts[Int($0.reward)].string) \($0.isGrant) "
                    + [$0.code, $0.store, $0.event, $0.reason].map(\.string).joined(separator: "|")
            } == [
                "K1 2026-11-16 18:22:07 C1 r25 false |||",
                "K2 2026-11-16 18:22:08 C1 r10 true A-1|PAR01|E1|goodwill",
                "K3 2026-11-17 00:00 C1 r25 false |||",
            ])
        #expect(batch.claims.map { batch.names.texts[Int($0.system)].string }.first == "pos")
        #expect(file.refusals == [])
    }

    @Test func `what a claim can't be`() throws {
        let file = try ReadFile(
            """
            claim_id,claimed_at,card_code,reward_id,kind,code,reason
            ,2026-11-16T18:22:07,C1,r25,,,
            K2,,C1,r25,,,
            K3,2026-11-16T18:22:07,,r25,,,
            K4,2026-11-16T18:22:07,C1,,,,
            K5,2026-11-16T18:22:07,C1,r99,,,
            K6,2026-11-16T18:22:07,C1,r25,gift,,
            K7,16/11/2026,C1,r25,,,
            K8,2026-11-18T00:00:00,C1,r25,,,
            K9,2026-11-16T18:22:07,C1,r25,,A 1,
            4.00638E+12,2026-11-16T18:22:07,C1,r25,,,
            K11,2026-11-16T18:22:07,4.00638E+12,r25,,,
            K12,2026-11-16T18:22:07,C1,r25,,,\(Self.long)
            K13,2026-11-16T18:22:07

            """, .canonical(.claims))
        #expect(
            file.refusals == [
                "2 missing_field", "3 missing_field", "4 missing_field", "5 missing_field",
                "6 unknown_reward", "7 value_unknown", "8 date_invalid", "9 date_in_future",
                "10 code_syntax", "11 spreadsheet_damage", "12 spreadsheet_damage",
                "13 text_too_long", "14 field_count",
            ])
        #expect(file.batches.codes.claims.isEmpty)
    }

    @Test func `a file's name says the reward of claims too`() throws {
        let text = "claim_id,claimed_at,card_code\nK1,2026-11-16T18:22:07,C1\n"
        let named = try ReadFile(text, .canonical(.claims), constants: ["reward_id": "r10"])
        let batch = named.batches.codes
        #expect(batch.claims.map { batch.names.texts[Int($0.reward)].string } == ["r10"])
        let unknown = try ReadFile(text, .canonical(.claims), constants: ["reward_id": "r99"])
        #expect(unknown.refusals == ["reward_unknown"])
        #expect(try ReadFile(text, .canonical(.claims)).refusals == ["missing_column"])
    }

    @Test func `events of any name`() throws {
        let file = try ReadFile(
            """
            event_id,occurred_at,card_code,event,subject
            E1,2026-11-16T18:22:07,C1,goal_completed,first-10
            E2,2026-11-16T18:22:07,C1,danced,
            ,2026-11-16T18:22:07,C1,danced,
            E4,2026-11-16T18:22:07,,danced,
            E5,2026-11-16T18:22:07,C1,,
            E6,,C1,danced,
            E7,now,C1,danced,
            E8,2026-11-18T18:22:07,C1,danced,
            4.00638E+12,2026-11-16T18:22:07,C1,danced,
            E10,2026-11-16T18:22:07,C1,danced,\(Self.long)

            """, .canonical(.events))
        #expect(
            file.batches.codes.events.map {
                "\($0.id.string) \(clock($0.occurredAt)) \($0.card.string) \($0.event.string) "
                    + "\($0.subject.string) \($0.line)"
            } == [
                "E1 2026-11-16 18:22:07 C1 goal_completed first-10 2",
                "E2 2026-11-16 18:22:07 C1 danced  3",
            ])
        #expect(
            file.refusals == [
                "4 missing_field", "5 missing_field", "6 missing_field", "7 missing_field",
                "8 date_invalid", "9 date_in_future", "10 spreadsheet_damage", "11 text_too_long",
            ])
    }

    @Test func `uses of gift codes`() throws {
        let file = try ReadFile(
            """
            used_at,card_code,code
            2026-11-16T18:22:07,C1,G-1
            ,C1,G-2
            2026-11-16T18:22:07,,G-3
            2026-11-16T18:22:07,C1,
            2026-11-16T18:22:07,C1,G 5
            2026-11-19T18:22:07,C1,G-6

            """, .canonical(.giftCodes))
        #expect(
            file.batches.codes.giftUses.map {
                "\(clock($0.usedAt)) \($0.card.string) \($0.code.string) \($0.line)"
            } == ["2026-11-16 18:22:07 C1 G-1 2"])
        #expect(
            file.refusals == [
                "3 missing_field", "4 missing_field", "5 missing_field", "6 code_syntax",
                "7 date_in_future",
            ])
    }

    @Test func `a file that is refused whole leaves nothing`() throws {
        let cut = [
            RecordKind.claims:
                "claim_id,claimed_at,card_code,reward_id\nK1,2026-11-16T12:00:00,C,r25\nK2",
            .events: "event_id,occurred_at,card_code,event\nE1,2026-11-16T12:00:00,C,e\nE2",
            .giftCodes: "used_at,card_code,code\n2026-11-16T12:00:00,C,G\n2026",
            .burns: "burned_at,code\n2026-11-16T12:00:00,A\n2026",
            .rewards: "reward_id,name,owner\nr1,One,pos\nr2",
        ]
        for (kind, text) in cut {
            let file = try ReadFile(text, .canonical(kind))
            #expect(file.refusals == ["truncated"], "\(kind)")
            let batch = file.batches.codes
            #expect(
                batch.claims.isEmpty && batch.events.isEmpty && batch.giftUses.isEmpty
                    && batch.burns.isEmpty && batch.rewards.isEmpty, "\(kind)")
        }
    }
}
