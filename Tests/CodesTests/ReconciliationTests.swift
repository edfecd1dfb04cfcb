import Loyalty
import Storage
import TestSupport
import Testing

@testable import Codes

/// The classes of the spec's table, each with its action; 0 is available, 1 assigned, 2 burned, 3 expired,
/// 4 voided.
@Suite struct ReconciliationTests {
    @Test func `all agree: in_sync, whatever the state`() throws {
        let nights = try StockNights()
        let differences = try nights.night(
            ["K1 r25 available", "K2 r25 assigned C1", "K3 r25 burned", "K4 r25 voided"],
            [
                "pos": ["K2 assigned C1", "K1 available r25", "K3 burned"],
                // What is used up or void need not be listed any more.
                "ecom": ["K1 available", "K2 assigned"],
            ])
        #expect(differences.isEmpty)
        #expect(try nights.breaks() == [])
        #expect(try nights.messages() == [])
        #expect(
            try nights.sums() == [
                "ecom r25 reconciled 4 + 0 = 4 + 0 + 0", "pos r25 reconciled 4 + 0 = 4 + 0 + 0",
            ])
    }

    @Test func `unknown_to_register in its owner's list: imported`() throws {
        let nights = try StockNights()
        try nights.night([], ["pos": ["K1 assigned r25 C1", "K2 burned r25"]])
        #expect(
            try nights.breaks() == [
                "K1 unknown_to_register - pos=assigned import",
                "K2 unknown_to_register - pos=burned import",
            ])
        #expect(try nights.states() == ["K1 1 C1", "K2 2 -"])
        #expect(try nights.sums() == ["pos r25 reconciled 0 + 2 = 0 + 2 + 0"])
        try nights.night([], ["pos": ["K1 assigned r25 C1", "K2 burned r25"]])
        #expect(try nights.breaks() == [])
        #expect(
            try nights.rows("SELECT imported, burned, closing FROM code_flow") == ["2|1|1"])
    }

    @Test func `unknown_to_register elsewhere: quarantined, and a person is told once`() throws {
        let nights = try StockNights()
        try nights.night([], ["ecom": ["K1 available r25", "K2 available r99"], "pos": []])
        #expect(
            try nights.breaks() == [
                "K1 unknown_to_register - ecom=available quarantine",
                "K2 unknown_to_register - ecom=available quarantine",
            ])
        #expect(try nights.states() == [])
        #expect(try nights.exceptions() == ["quarantined ecom K1 -", "quarantined ecom K2 -"])
        #expect(
            try nights.sums() == [
                "ecom - reconciled 0 + 1 = 0 + 1 + 0", "ecom r25 reconciled 0 + 1 = 0 + 1 + 0",
            ])
        try nights.night([], ["ecom": ["K1 available r25"], "pos": []])
        #expect(try nights.breaks() == ["K1 unknown_to_register - ecom=available quarantine"])
        #expect(try nights.exceptions() == [])
    }

    @Test func `burned_twice: a loss, by reports or because nobody told the other`() throws {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 burned in pos"], ["pos": ["K1 burned"], "ecom": ["K1 burned"]])
        #expect(try nights.breaks() == ["K1 burned_twice 2 pos=burned;ecom=burned loss"])
        #expect(try nights.exceptions() == ["double_burn ecom K1 2500"])
    }

    @Test func `burned in both is no second burn where the other was told to burn it`() throws {
        let nights = try StockNights { $0.systems[1].onBurn = .burn }
        try nights.night(
            ["K1 r25 burned in pos"], ["pos": ["K1 burned"], "ecom": ["K1 burned"]])
        #expect(try nights.breaks() == [])
    }

    @Test func `burned_but_open: deleted there, or burned where it wants that`() throws {
        let nights = try StockNights { $0.systems[1].onBurn = .burn }
        try nights.night(
            ["K1 r25 burned in ecom", "K2 r25 burned in pos"],
            ["pos": ["K1 available", "K2 burned"], "ecom": ["K2 assigned C1"]])
        #expect(
            try nights.breaks() == [
                "K1 burned_but_open 2 pos=available;ecom= delete",
                "K2 burned_but_open 2 pos=burned;ecom=assigned delete",
            ])
        #expect(try nights.messages() == ["pos code-delete K1", "ecom code-burn K2"])
        #expect(try nights.rows("SELECT amount FROM code_break") == ["2500", "2500"])
    }

    @Test func `open_but_burned: burned here with that system as the source, and told to the rest`()
        throws
    {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 assigned C1"], ["pos": ["K1 assigned C1"], "ecom": ["K1 burned"]])
        #expect(try nights.breaks() == ["K1 open_but_burned 1 pos=assigned;ecom=burned burn"])
        #expect(try nights.states() == ["K1 2 C1"])
        #expect(try nights.exceptions() == ["burned_unreported ecom K1 2500"])
        #expect(try nights.messages() == ["pos code-delete K1"])
        #expect(
            try nights.rows(
                "SELECT e.reason, s.name FROM code_event e JOIN code_system s ON s.id = e.system")
                == ["open_but_burned|ecom"])
    }

    @Test func `expired_but_open: deleted there, and so is what was voided`() throws {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 expired", "K2 r25 voided", "K3 r25 available until 2026-11-19"],
            ["pos": [], "ecom": ["K1 available", "K2 assigned C1", "K3 available"]])
        #expect(
            try nights.breaks() == [
                "K1 expired_but_open 3 pos=;ecom=available delete",
                "K2 expired_but_open 4 pos=;ecom=assigned delete",
                "K3 expired_but_open 0 pos=;ecom=available delete",
            ])
        #expect(
            try nights.messages() == [
                "ecom code-delete K1", "ecom code-delete K2", "ecom code-delete K3",
            ])
    }

    @Test func `a code is good all through its last day`() throws {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 available until 2026-11-20"],
            ["pos": ["K1 expired"], "ecom": ["K1 available"]])
        #expect(try nights.breaks() == [])
        #expect(try nights.states() == ["K1 3 -"])
    }

    @Test func `assigned_elsewhere: the owner wins, the other card gets another code once`() throws
    {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 assigned C2", "K2 r25 available until 2027-01-01", "K3 r25 available"],
            [
                "pos": ["K1 assigned C1", "K2 available", "K3 available"],
                "ecom": ["K1 assigned C2", "K2 available", "K3 available"],
            ])
        #expect(
            try nights.breaks() == ["K1 assigned_elsewhere 1 pos=assigned;ecom=assigned replace"])
        #expect(try nights.states() == ["K1 1 C1", "K2 1 C2", "K3 0 -"])
        #expect(
            try nights.messages() == [
                "ecom code-assign K1", "pos code-assign K2", "ecom code-assign K2",
            ])
        #expect(
            try nights.rows("SELECT how, card, state, code, points FROM claim") == [
                "replacement|C2|0|K2|0"
            ])
        try nights.night(
            [],
            [
                "pos": ["K1 assigned C1", "K2 assigned C2", "K3 available"],
                "ecom": ["K1 assigned C2", "K2 assigned C2", "K3 available"],
            ])
        #expect(try nights.states() == ["K1 1 C1", "K2 1 C2", "K3 0 -"])
        #expect(try nights.messages() == ["ecom code-assign K1"])
        #expect(try nights.exceptions() == [])
    }

    @Test func `assigned_elsewhere without a code in stock: the replacement waits`() throws {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 assigned C1"], ["pos": ["K1 assigned C1"], "ecom": ["K1 assigned C2"]])
        #expect(
            try nights.rows("SELECT how, card, state, reason, code FROM claim") == [
                "replacement|C2|2|sold_out|"
            ])
    }

    @Test func `missing_at names all that miss it, and it is sent again behind what is deleted`()
        throws
    {
        let nights = try StockNights()
        try nights.night(
            [
                "K1 r25 available", "K2 r25 assigned C1", "K3 r25 available", "K4 r25 burned",
                "K5 r25 burned in ecom",
            ], ["pos": ["K1 available", "K5 available"], "ecom": ["K2 assigned C1"]])
        #expect(
            try nights.breaks() == [
                "K1 missing_at_ecom 0 pos=available;ecom= send",
                "K2 missing_at_pos 1 pos=;ecom=assigned send",
                "K3 missing_at_both 0 pos=;ecom= send",
                "K5 burned_but_open 2 pos=available;ecom= delete",
            ])
        #expect(
            try nights.messages() == [
                "pos code-delete K5", "ecom code-add K1", "pos code-add K2", "pos code-add K3",
                "ecom code-add K3",
            ])
    }

    @Test func `a system that need not know a code doesn't miss it`() throws {
        let nights = try StockNights(rewards: [StockNights.reward("r25", mirrors: [])])
        try nights.night(["K1 r25 available"], ["pos": ["K1 available"], "ecom": []])
        #expect(try nights.breaks() == [])
        #expect(try nights.sums() == ["pos r25 reconciled 1 + 0 = 1 + 0 + 0"])
    }

    @Test func `reward_mismatch: an exception`() throws {
        let nights = try StockNights(rewards: ["r25", "r10"].map { StockNights.reward($0) })
        try nights.night(
            ["K1 r25 available"], ["pos": ["K1 available r25"], "ecom": ["K1 available r10"]])
        #expect(
            try nights.breaks() == ["K1 reward_mismatch 0 pos=available;ecom=available exception"])
        #expect(try nights.exceptions() == ["reward_mismatch ecom K1 -"])
    }

    @Test func `state_mismatch: the mirror is told, and what the owner assigned is assigned`()
        throws
    {
        let nights = try StockNights()
        try nights.night(
            ["K1 r25 assigned C1", "K2 r25 available", "K3 r25 available"],
            [
                "pos": ["K1 assigned C1", "K2 available", "K3 assigned C3"],
                "ecom": ["K1 available", "K2 assigned C2", "K3 available"],
            ])
        #expect(
            try nights.breaks() == [
                "K1 state_mismatch 1 pos=assigned;ecom=available tell",
                "K2 state_mismatch 0 pos=available;ecom=assigned tell",
                "K3 state_mismatch 0 pos=assigned;ecom=available tell",
            ])
        #expect(try nights.states() == ["K1 1 C1", "K2 0 -", "K3 1 C3"])
        #expect(
            try nights.messages() == [
                "ecom code-assign K1", "ecom code-add K2", "ecom code-assign K3",
            ])
    }

    @Test func `act false reports and changes nothing; ignored classes are left out`() throws {
        let nights = try StockNights()
        nights.job.acts = false
        nights.job.ignored = [.stateMismatch, .burnedTwice]
        try nights.night(
            ["K1 r25 assigned C1", "K2 r25 burned", "K3 r25 available", "K4 r25 available"],
            [
                "pos": ["K1 available", "K2 burned", "K3 burned", "K4 available"],
                "ecom": ["K1 assigned", "K2 burned", "K3 available", "K5 available r25"],
            ])
        #expect(
            try nights.breaks() == [
                "K3 open_but_burned 0 pos=burned;ecom=available -",
                "K4 missing_at_ecom 0 pos=available;ecom= -",
                "K5 unknown_to_register - ecom=available -",
            ])
        #expect(try nights.messages() == [])
        #expect(try nights.exceptions() == [])
        #expect(try nights.states() == ["K1 1 C1", "K2 2 -", "K3 0 -", "K4 0 -"])
    }

    @Test func `what is younger than the grace is in transit and no break`() throws {
        let nights = try StockNights {
            $0.systems[0].grace = 6 * 3600
            $0.systems[1].grace = 2 * 3600
        }
        // The stocks show the end of the day.
        try nights.night(
            [
                "K1 r25 burned at 2026-11-20T19:00:00 in ecom",
                "K2 r25 burned at 2026-11-20T17:00:00 in ecom",
                "K3 r25 assigned C1 at 2026-11-20T23:00:00",
                "K4 r25 assigned C1 at 2026-11-20T19:00:00",
            ],
            [
                "pos": ["K1 available", "K2 available", "K3 available", "K4 available"],
                "ecom": ["K3 available", "K4 available"],
            ])
        #expect(
            try nights.breaks() == [
                "K2 burned_but_open 2 pos=available;ecom= delete",
                "K4 state_mismatch 1 ecom=available tell",
            ])
        #expect(
            try nights.sums() == [
                "ecom r25 reconciled 4 + 0 = 2 + 1 + 1", "pos r25 reconciled 4 + 0 = 0 + 1 + 3",
            ])
    }

    @Test func `a break keeps the night it was first seen while it is open, and closes by itself`()
        throws
    {
        let nights = try StockNights()
        let stocks = ["pos": ["K1 burned", "K2 available"], "ecom": ["K1 available"]]
        try nights.night(["K1 r25 burned", "K2 r25 available"], stocks)
        try nights.night([], stocks)
        try nights.night([], ["pos": ["K1 burned"], "ecom": ["K1 available"]])
        let ages = "SELECT night - first_seen, code, class FROM code_break ORDER BY night, code"
        #expect(
            try nights.rows(ages) == [
                "0|K1|burned_but_open", "0|K2|missing_at_ecom",
                "1|K1|burned_but_open", "1|K2|missing_at_ecom",
                // Missed by one more, it is missing all the same.
                "2|K1|burned_but_open", "2|K2|missing_at_both",
            ])
        // What was acted on and is still open is acted on again.
        #expect(
            try nights.messages() == ["ecom code-delete K1", "pos code-add K2", "ecom code-add K2"])
        try nights.night([], ["pos": ["K1 burned", "K2 available"], "ecom": ["K2 available"]])
        #expect(try nights.breaks() == [])
        try nights.night([], stocks)
        #expect(
            try nights.rows(ages).suffix(2) == ["0|K1|burned_but_open", "0|K2|missing_at_ecom"])
    }

    @Test func `a stale or missing stock file is not reconciled, and never everything missing`()
        throws
    {
        let nights = try StockNights()
        nights.early["ecom"] = 86_400
        try nights.night(
            ["K1 r25 available", "K2 r25 burned"],
            ["pos": ["K1 available", "K2 available"], "ecom": ["K2 available"]])
        #expect(try nights.breaks() == ["K2 burned_but_open 2 pos=available delete"])
        #expect(
            try nights.sums() == [
                "ecom r25 not_reconciled 2 + 0 = 0 + 0 + 0", "pos r25 reconciled 2 + 0 = 1 + 1 + 0",
            ])
        try nights.night([], [:])
        // What was open at a system that says nothing tonight is still open, as far as anybody knows.
        #expect(try nights.breaks() == ["K2 burned_but_open 2 pos=available -"])
        #expect(try nights.rows("SELECT DISTINCT first_seen = 20777 FROM code_break") == ["1"])
        #expect(
            try nights.sums() == [
                "ecom r25 not_reconciled 2 + 0 = 0 + 0 + 0",
                "pos r25 not_reconciled 2 + 0 = 0 + 0 + 0",
            ])
    }

    @Test func `files of single rewards tell of their rewards only`() throws {
        let nights = try StockNights(rewards: ["r25", "r10"].map { StockNights.reward($0) })
        try nights.night(
            ["K1 r25 available", "K2 r10 available"],
            ["pos/r25": [], "pos/r10": ["K2 available"], "ecom/r25": ["K1 available"]])
        #expect(try nights.breaks() == ["K1 missing_at_pos 0 pos=;ecom=available send"])
        #expect(try nights.sums().contains("ecom r10 not_reconciled 1 + 0 = 0 + 0 + 0"))
    }

    @Test func `two lists of one moment tell of nothing: each may be half of it`() throws {
        let nights = try StockNights(rewards: [StockNights.reward("r25")])
        try nights.night(
            ["K1 r25 available", "K2 r25 available"],
            // The harness drops the empty part: both are lists of all that the till holds.
            [
                "pos": ["K1 available"], "pos/": ["K2 available"],
                "ecom": ["K1 available", "K2 available"],
            ])
        #expect(try nights.breaks() == [])
        #expect(try nights.sums().contains("pos r25 not_reconciled 2 + 0 = 0 + 0 + 0"))
    }

    @Test func `a code that a file of another reward lists is a mismatch, and its own is untold`()
        throws
    {
        let nights = try StockNights(rewards: ["r25", "r10"].map { StockNights.reward($0) })
        let differences = try nights.night(
            ["K1 r25 available"], ["pos/r10": ["K1 available r10"], "ecom": ["K1 available"]])
        #expect(differences.isEmpty)
        #expect(
            try nights.breaks() == ["K1 reward_mismatch 0 pos=available;ecom=available exception"])
        #expect(
            try nights.sums() == [
                "ecom r25 reconciled 1 + 0 = 1 + 0 + 0", "pos r25 not_reconciled 1 + 0 = 0 + 0 + 0",
            ])
    }

    @Test func `a system that never tells of burns is not compared`() throws {
        let nights = try StockNights { $0.systems[0].reportsBurns = false }
        try nights.night(
            ["K1 r25 burned", "K2 r25 available"],
            ["pos": ["K1 available"], "ecom": ["K2 available"]])
        #expect(try nights.breaks() == [])
        #expect(try nights.sums() == ["ecom r25 reconciled 2 + 0 = 2 + 0 + 0"])
    }

    @Test func `a code of two namespaces is held against the one that a system means`() throws {
        let nights = try StockNights(rewards: [
            StockNights.reward("r25", owner: "pos", mirrors: []),
            StockNights.reward("r10", owner: "ecom", mirrors: []),
        ])
        try nights.night(
            ["K1 r25 available", "K1 r10 burned in ecom"],
            ["pos": ["K1 available"], "ecom": ["K1 burned"]])
        #expect(try nights.breaks() == [])
        try nights.night([], ["pos": ["K1 burned"], "ecom": ["K1 burned"]])
        #expect(try nights.breaks() == ["K1 open_but_burned 0 pos=burned burn"])
    }

    @Test func `sums that don't add up are told`() throws {
        let nights = try StockNights()
        let differences = try nights.night(
            ["K1 r25 available"], ["pos": ["K1 available"], "ecom": ["K1 available"]]
        ) { connection, register in
            try register.counts.write()
            // As if a code had got lost.
            try connection.execute("DELETE FROM code WHERE code = 'K1'")
        }
        #expect(
            differences.contains(
                "reconciliation of r25 at pos: 0 codes were compared, the register counts 1"))
    }

    @Test func `exposure: what is live on both sides, times its value, times a day`() throws {
        let nights = try StockNights { $0.integration = .asynchronous }
        let both = ["K1 available", "K2 assigned C1"]
        try nights.night(
            ["K1 r25 available", "K2 r25 assigned C1", "K3 r25 burned"],
            ["pos": both, "ecom": both])
        #expect(
            try nights.rows("SELECT exposure FROM reconciliation") == ["120000", "120000"])
    }
}
