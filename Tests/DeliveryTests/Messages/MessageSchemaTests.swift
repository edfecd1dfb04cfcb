import Foundation
import TestSupport
import Testing

@testable import Delivery

/// The published schemas, one a message.
@Suite struct MessageSchemaTests {
    private static let folder = Repository.folder + "Sources/Delivery/Schemas/"

    /// UPDATE_GOLDEN=1 writes the file anew, and fails.
    @Test(arguments: Messages.all.map(\.kind))
    func `the schema of a message is made from its columns`(_ kind: MessageKind) throws {
        let message = try #require(Messages.message(kind))
        let path = Self.folder + "\(kind.rawValue).schema.json"
        let text = MessageSchema(message).text
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("\(path) was written anew")
            return
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func `there is a schema of every message and no other`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(Set(files) == Set(Messages.all.map { "\($0.kind.rawValue).schema.json" }))
    }

    @Test func `every kind is a message, but for reports and codes`() {
        let others = MessageKind.allCases.filter { Messages.message($0) == nil }
        #expect(others == [.reports, .codes])
    }

    @Test func `what is optional is not required`() throws {
        let message = try #require(Messages.message(.grants))
        let schema = try JSONSerialization.jsonObject(with: Data(MessageSchema(message).text.utf8))
        let required = (schema as? [String: Any])?["required"] as? [String]
        #expect(
            required == [
                "assigned_at", "card_code", "claim_id", "how", "night", "points", "reward_id",
                "schema",
            ])
    }
}
