import Loyalty
import Storage
import TestSupport
import Testing

@testable import Codes

/// The three-way example of the domain study, B8: the owner's list of 10,000 codes, ours, and e-commerce's,
/// which drops what it burned.
@Suite struct ThreeWayTests {
    @Test func `ten thousand codes are in sync or have a class, and the sums are the lists`() throws
    {
        let nights = try StockNights {
            $0.integration = .asynchronous
            $0.systems[1].onBurn = .burn
        }
        var register: [String] = []
        var pos: [String] = []
        var ecom: [String] = []
        var number = 0
        func codes(_ count: Int, _ each: (String) -> Void) {
            for _ in 0..<count {
                number += 1
                each("K\(number)")
            }
        }
        // Equal everywhere.
        codes(9_880) {
            register.append("\($0) r25 available")
            pos.append("\($0) available r25")
            ecom.append("\($0) available r25")
        }
        // Burned at the till, free in the shop.
        codes(52) {
            register.append("\($0) r25 burned in pos")
            pos.append("\($0) burned r25")
            ecom.append("\($0) available r25")
        }
        // Burned in the shop, which drops it; free at the till.
        codes(61) {
            register.append("\($0) r25 burned in ecom")
            pos.append("\($0) available r25")
        }
        // Burned at both, by reports with two receipts.
        var twice: [String] = []
        codes(3) {
            twice.append($0)
            register.append("\($0) r25 burned in pos")
            pos.append("\($0) burned r25")
            ecom.append("\($0) burned r25")
        }
        // Never sent to the shop.
        codes(4) {
            register.append("\($0) r25 available")
            pos.append("\($0) available r25")
        }
        // Eight codes that nobody issued.
        let strange = (1...8).map { "X\($0) available r25" }
        let differences = try nights.night(register, ["pos": pos, "ecom": ecom + strange]) {
            connection, register in
            for code in twice {
                try connection.execute(
                    """
                    INSERT INTO code_exception (night, kind, system, source, code, amount)
                    VALUES (?, 'double_burn', 2, ?, ?, 2500)
                    """, .date(register.night), .text("B" + code), .text(code))
            }
        }
        #expect(differences.isEmpty)
        #expect(pos.count == 10_000)
        #expect(
            try nights.rows(
                "SELECT class, action, count(*) FROM code_break GROUP BY class, action ORDER BY 1")
                == [
                    "burned_but_open|delete|113", "burned_twice|loss|3", "missing_at_ecom|send|4",
                    "unknown_to_register|quarantine|8",
                ])
        #expect(
            try nights.sums() == [
                "ecom r25 reconciled 10000 + 8 = 9941 + 67 + 0",
                "pos r25 reconciled 10000 + 0 = 9936 + 64 + 0",
            ])
        #expect(
            try nights.rows("SELECT sum(amount) FROM code_break WHERE class = 'burned_twice'")
                == ["7500"])
        #expect(
            try nights.rows(
                "SELECT endpoint, kind, count(*) FROM outbox GROUP BY 1, 2 ORDER BY 1, 2") == [
                    "ecom|code-add|4", "ecom|code-burn|52", "pos|code-delete|61",
                ])
    }
}
