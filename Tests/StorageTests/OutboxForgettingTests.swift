import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

/// Names taken out of what is sent to others, and out of the store's file.
@Suite struct OutboxForgettingTests {
    private let scratch: ScratchFolder
    private var path: String { scratch.path + "/nightjar.db" }

    init() throws { scratch = try ScratchFolder() }

    private let texts = Texts()

    private func filled() throws -> Store {
        let store = try Store(path: path)
        let day = try #require(CivilDate("2026-11-16"))
        try store.write { connection in
            try RunLog(connection).setState(.open, of: day)
            let outbox = try Outbox(connection, night: day)
            for (subject, payload) in [
                ("K1", "{\"card_code\":\"CARD 1\",\"code\":\"K1\"}"),
                ("K2", "{\"card_code\":\"CARD 12\",\"code\":\"K2\"}"),
                ("CARD 1", "{\"event\":\"enrolled:CARD 1\"}"), ("K3", "{\"card_code\":\"CARD 1\"}"),
            ] {
                try outbox.enqueue(
                    endpoint: "pos", kind: "code-changes", subject: texts(subject),
                    key: subject, payload: payload)
            }
            try connection.execute("UPDATE outbox SET state = 'acknowledged' WHERE subject = 'K3'")
        }
        return store
    }

    @Test func `a name gives way to a stand-in, and what is still to be sent is counted`() throws {
        let store = try filled()
        let waiting = try store.erase {
            try Outbox.erase(["CARD 1"], standIn: "forgotten-1", $0)
        }
        #expect(waiting == 2)
        let rows = try store.read { connection in
            var rows: [String] = []
            try connection.forEach("SELECT subject, payload FROM outbox ORDER BY id") {
                rows.append("\($0.string(0)) \($0.string(1))")
            }
            return rows
        }
        #expect(
            rows == [
                "K1 {\"card_code\":\"forgotten-1\",\"code\":\"K1\"}",
                "K2 {\"card_code\":\"CARD 12\",\"code\":\"K2\"}",
                "forgotten-1 {\"event\":\"enrolled:forgotten-1\"}",
                "K3 {\"card_code\":\"forgotten-1\"}",
            ])
    }

    @Test func `what a transaction erases is in no page of the file once its log is empty`() throws
    {
        let store = try filled()
        try store.emptyLog()
        func holds(_ text: String) throws -> Bool {
            try [path, path + "-wal"].contains {
                try Data(contentsOf: URL(filePath: $0)).range(of: Data(text.utf8)) != nil
            }
        }
        #expect(try holds("CARD 12") && holds("K3"))
        try store.erase { try $0.execute("DELETE FROM outbox WHERE subject = 'K2'") }
        try store.emptyLog()
        #expect(try !holds("CARD 12") && holds("K3"))
        // What was deleted before as always is deleted goes when the file is written anew.
        try store.write { try $0.execute("DELETE FROM outbox WHERE subject = 'K3'") }
        try store.emptyLog()
        #expect(try holds("K3"))
        try store.rebuild()
        #expect(try !holds("K3") && holds("K1"))
    }
}
