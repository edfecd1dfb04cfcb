import Ledger
import Loyalty
import Storage
import TestSupport
import Testing

/// The hash of a night against the same made in the plainest way.
@Suite struct NightChainTests {
    @Test func `the plain SHA-256 and HMAC are the published ones`() {
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(
            hex(sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 4231, test case 2.
        #expect(
            hex(hmacSHA256(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    private struct Row {
        var member: Int
        var account: Int
        var kind: Posting.Kind
        var source: String
        var lot: String?
        var points: Int
    }

    /// Members 1, 3, 5 … have a member_id beside their card.
    private func identity(_ member: Int) -> String {
        member % 2 == 1 ? "M\(member * 7919 % 97)" : "C\(member)"
    }

    private func naive(_ rows: [Row], key: [UInt8], after before: [UInt8]) -> [UInt8] {
        func cell(_ text: String) -> String {
            text.contains { ",\"\n\r".contains($0) }
                ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
        }
        func lines(_ rows: [Row]) -> [[UInt8]] {
            rows.map { row in
                Array(
                    "\(row.account == 0 ? "spend" : "status"),\(row.kind.name),\(cell(row.source)),\(cell(row.lot ?? "")),\(row.points)\n"
                        .utf8)
            }.sorted { $0.lexicographicallyPrecedes($1) }
        }
        let members = Dictionary(grouping: rows, by: \.member).map { member, rows in
            hmacSHA256(key, Array(identity(member).utf8)) + sha256(lines(rows).flatMap(\.self))
        }
        return sha256(
            before + members.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }

    @Test(arguments: 1...5) func `a night's hash is what the rule says`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        var rows: [Row] = []
        for member in 1...random.int(1...60) {
            for _ in 0..<random.int(0...4) {
                rows.append(
                    Row(
                        member: member, account: random.int(0...1),
                        kind: random.pick(Posting.Kind.allCases),
                        source: random.pick(["A1", "a,b", "say \"no\"", "été", "\n", ""]),
                        lot: random.oneIn(3) ? nil : "L\(random.int(1...3))",
                        points: random.oneIn(2) ? random.int(1...9_000_000) : -random.int(1...9)))
            }
        }
        rows.append(
            Row(member: 99, account: 0, kind: .expire, source: "Z", lot: "Z", points: -1))
        let before = seed == 1 ? [] : (0..<32).map { UInt8(truncatingIfNeeded: $0 * seed) }
        let scratch = try ScratchFolder()
        let store = try Store(path: scratch.path + "/nightjar.db")
        try store.write { connection in
            try connection.execute("INSERT INTO tier VALUES (1, 'gold')")
            for member in Set(rows.map(\.member)) {
                try connection.execute(
                    """
                    INSERT INTO member (id, card, member_id, tier, status, since)
                    VALUES (?, ?, ?, 1, 0, 1)
                    """, .integer(member), .text("C\(member)"),
                    .text(orNull: member % 2 == 1 ? identity(member) : nil))
            }
            for row in rows {
                try connection.execute(
                    "INSERT INTO posting VALUES (NULL, 1, ?, ?, ?, 0, ?, 0, ?, ?, 1, 1, NULL)",
                    .integer(row.member), .integer(row.account),
                    .integer(Int(row.kind.rawValue)), .text(row.source), .text(orNull: row.lot),
                    .integer(row.points))
            }
        }
        try store.read { connection in
            var key: [UInt8] = []
            try connection.forEach("SELECT key FROM store_key") { key = Array($0.blob(0)) }
            let ids = 1...Int64(rows.count)
            let expected = naive(rows, key: key, after: before)
            #expect(try NightChain.hash(connection, of: ids, after: before) == expected)
            // Read in several passes it is the same.
            let inPasses = try NightChain.hash(
                connection, of: ids, after: before, membersAtOnce: 7)
            #expect(inPasses == expected)
        }
    }
}
