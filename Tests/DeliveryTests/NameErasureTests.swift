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

    @Test func `a file that waits to be sent is what its row says, when it has lost lines`() throws
    {
        let scratch = try ScratchFolder()
        let path = "outgoing/2026-11-16/share/balances-1.csv"
        try scratch.write("card_code,available\nCARD2,5\n", to: path)
        let file = OutgoingFile(
            file: path, name: "balances-1.csv", bytes: 99, sha256: "old", rows: 3)
        let store = try Store(path: scratch.path + "/nightjar.db")
        try store.write { connection in
            let day = try #require(CivilDate("2026-11-16"))
            try RunLog(connection).setState(.open, of: day)
            for state in ["pending", "acknowledged"] {
                try connection.execute(
                    """
                    INSERT INTO outbox (night, endpoint, kind, subject, key, payload, state)
                    VALUES (?, 'share', 'balances', 'f', ?, ?, ?)
                    """, .date(day), .text(state), .text(file.payload), .text(state))
            }
            try NameErasure.describe([(path, 2)], in: scratch.path, connection)
            var rows: [OutgoingFile?] = []
            try connection.forEach("SELECT payload FROM outbox ORDER BY id") {
                rows.append(OutgoingFile(payload: Array($0.string(0).utf8)))
            }
            var now = file
            now.bytes = 28
            now.sha256 = sha256(Array("card_code,available\nCARD2,5\n".utf8)).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined()
            now.rows = 1
            #expect(rows == [now, file])
        }
    }
}
