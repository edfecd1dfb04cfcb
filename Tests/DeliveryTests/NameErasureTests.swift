import Delivery
import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

/// What is told of deliveries that failed, when somebody is forgotten.
@Suite struct NameErasureTests {
    @Test func `a failed delivery that was about him names nobody any more`() throws {
        let scratch = try ScratchFolder()
        let store = try Store(path: scratch.path + "/nightjar.db")
        try store.erase { connection in
            for (row, subject) in ["CARD1", "CARD2"].enumerated() {
                try connection.execute(
                    """
                    INSERT INTO delivery_exception (night, row, attempt, endpoint, kind, subject, outcome, detail)
                    VALUES (1, ?, 1, 'crm', 'balances', ?, 'refused', 'no customer CARD1')
                    """, .integer(row), .text(subject))
            }
            try NameErasure.erase(["CARD1"], standIn: "forgotten-1", connection)
            var rows: [String] = []
            try connection.forEach("SELECT subject, detail FROM delivery_exception ORDER BY row") {
                rows.append("\($0.string(0))|\($0.string(1))")
            }
            #expect(rows == ["forgotten-1|", "CARD2|no customer CARD1"])
        }
    }
}
