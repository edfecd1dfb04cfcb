import Foundation
import Loyalty
import Settings
import Storage
import TestSupport
import Testing

@testable import Delivery

/// What nights have to tell, of rows as the other modules leave them.
@Suite struct NightMessagesTests {
    /// A store whose rows a test writes by hand, and an endpoint that gets messages.
    private final class Told {
        let folder: ScratchFolder
        private let store: Store
        private let endpoints: [EndpointTerms]
        private let layouts: [OutgoingLayout]
        private(set) var said: [String] = []
        var rewards: [(id: Int32, reward: Reward)] = []
        var orders = OrderNews(OrderBatch(), runs: nil, files: [], isNew: { _ in true })

        /// - Parameter layout: the lines of a layout of members; the endpoint then gets files.
        init(_ kinds: String, isOfFiles: Bool = false, layout: String? = nil) throws {
            folder = try ScratchFolder()
            store = try Store(path: folder.path + "/nightjar.db")
            let place =
                isOfFiles || layout != nil
                ? "kind: file, url: \"file:out/\"" + (layout == nil ? "" : ", layout: till")
                : "kind: http, url: https://crm.example/"
            let text = "version: 1\nendpoints:\n  crm: { \(place), send: [\(kinds)] }\n"
            endpoints = try EndpointTerms.file(SettingsSource(name: "endpoints.yaml", text: text))
            layouts = try [layout].compactMap(\.self).map { lines in
                let head = "version: 1\nlayout: till\nmessages: members\n"
                return try OutgoingLayout(
                    SettingsSource(name: "layouts/till.yaml", text: head + lines))
            }
            try change("INSERT INTO tier (id, name) VALUES (1, 'blue'), (2, 'gold')")
        }

        func change(_ sql: String...) throws {
            try store.write { for sql in sql { try $0.execute(sql) } }
        }

        func member(_ id: Int, _ cards: String...) throws {
            try change(
                "INSERT INTO member (id, card, tier, status, since) VALUES (\(id), '\(cards[0])', 1, 0, 0)"
            )
            for card in cards {
                try change("INSERT INTO card (card, member) VALUES ('\(card)', \(id))")
            }
        }

        /// What files of a night say of members, as the ledger notes it.
        func change(_ members: [Int], on day: Int, _ sql: String...) throws {
            for sql in sql { try change(sql) }
            for member in members {
                try change("INSERT INTO member_change VALUES (\(day), \(member))")
            }
        }

        /// A lot of a member in the account spend.
        func lot(_ member: Int, _ points: Int, activeOn: Int) throws {
            try change(
                """
                INSERT INTO lot (member, account, id, system, points, remaining, earned_on, active_on)
                VALUES (\(member), 0, 'L\(points)', 1, \(points), \(points), 1, \(activeOn))
                """)
        }

        /// Writes a night's messages, and gives those of a kind: `{…}` without night and schema, some fields only.
        func night(_ day: Int, _ kind: String, _ fields: String...) throws -> [String] {
            let night = CivilDate(days: Int32(day))
            return try store.write { connection in
                try RunLog(connection).setState(.open, of: night)
                try NightMessages(
                    connection, night: night, program: .plain, endpoints: endpoints,
                    layouts: layouts,
                    folder: folder.path, tell: { self.said.append($0) }
                ).write(
                    NightMessages.News(
                        orders: orders,
                        rewards: { self.rewards }))
                var told: [String] = []
                try connection.forEach(
                    "SELECT payload FROM outbox WHERE night = ? AND kind = ? ORDER BY id",
                    .date(night), .text(kind)
                ) { row in
                    let payload = try? JSONSerialization.jsonObject(with: Data(row.string(0).utf8))
                    let object = payload as? [String: Any] ?? [:]
                    told.append(
                        fields.map { field in
                            (object[field] as? [Any]).map { "\($0.count)" }
                                ?? "\(object[field] ?? "-")"
                        }.joined(separator: " "))
                }
                return told
            }
        }
    }

    @Test func `the cards of a merged member are those of whom he has become`() throws {
        let told = try Told("members")
        try told.member(1, "A1", "A2")
        try told.member(2, "B")
        try told.member(3, "C")
        let fields = ["card_code", "main_card_code"]
        func cards(_ day: Int) throws -> [String] {
            try told.night(day, "members", fields[0], fields[1])
        }
        #expect(try cards(1) == ["A1 A1", "A2 A1", "B B", "C C"])
        try told.change(
            [1, 2], on: 2, "UPDATE member SET merged_into = 2 WHERE id = 1",
            "UPDATE card SET member = 2 WHERE member = 1")
        #expect(try cards(2) == ["A1 B", "A2 B"])
        try told.change(
            [2, 3], on: 3, "UPDATE member SET merged_into = 3 WHERE id = 2",
            "UPDATE card SET member = 3 WHERE member = 2")
        #expect(try cards(3) == ["A1 C", "A2 C", "B C"])
        #expect(try cards(4) == [])
    }

    @Test func `a balance is told when its points leave their hold, too`() throws {
        let told = try Told("balances")
        try told.member(1, "A")
        try told.member(2, "B")
        try told.lot(1, 50, activeOn: 4)
        try told.lot(2, 70, activeOn: 3)
        try told.change(
            "INSERT INTO balance VALUES (2, 1, 0, 0, 50, 0, NULL, 0, 1), (2, 2, 0, 0, 70, 0, NULL, 0, 1)"
        )
        try told.change(
            "INSERT INTO liability VALUES (2, 0, 30, 3, 70), (2, 0, 30, 4, 50), (3, 0, 30, 4, 50)")
        func balances(_ day: Int) throws -> [String] {
            try told.night(day, "balances", "card_code", "available", "pending")
        }
        #expect(try balances(2) == ["A 0 50", "B 0 70"])
        #expect(try balances(3) == ["B 70 0"])
        #expect(try balances(4) == ["A 50 0"])
        #expect(try balances(5) == [])
    }

    @Test
    func `a balance is told anew under the card that takes another's place, and with another tier`()
        throws
    {
        let told = try Told("balances")
        try told.member(1, "A")
        try told.member(2, "B")
        try told.lot(1, 50, activeOn: 1)
        try told.change("INSERT INTO balance VALUES (2, 1, 0, 50, 0, 0, NULL, 0, 1)")
        func balances(_ day: Int) throws -> [String] {
            try told.night(day, "balances", "card_code", "available", "tier")
        }
        #expect(try balances(2) == ["A 50 blue"])
        try told.change(
            "INSERT INTO former_card VALUES (1, 3, 'A')",
            "INSERT INTO card (card, member) VALUES ('A9', 1)",
            "UPDATE member SET card = 'A9' WHERE id = 1")
        #expect(try balances(3) == ["A9 50 blue"])
        try told.change(
            "INSERT INTO tier_move VALUES (4, 1, 1, 2)", "UPDATE member SET tier = 2 WHERE id = 1")
        #expect(try balances(4) == ["A9 50 gold"])
        #expect(try balances(5) == [])
    }

    @Test func `what members had before the first night is told by it`() throws {
        let told = try Told("balances")
        for (id, card) in [(1, "A"), (2, "B")] { try told.member(id, card) }
        try told.lot(1, 50, activeOn: -3)
        #expect(try told.night(0, "balances", "card_code", "available") == ["A 50"])
        #expect(try told.night(1, "balances", "card_code", "available") == [])
    }

    private static let tea = #"{"status":"active","name":"Tea","kind":"badge"}"#

    @Test(arguments: [false, true])
    func `a catalogue that has become empty is told once`(isOfFiles: Bool) throws {
        let told = try Told("catalogue", isOfFiles: isOfFiles)
        func catalogues(_ day: Int) throws -> Int {
            try told.night(day, "catalogue", "rewards").count
        }
        #expect(try catalogues(1) == 0)
        try told.change(
            "INSERT INTO reward VALUES (1, 'tea')",
            "INSERT INTO reward_terms (reward, night, definition) VALUES (1, 2, '\(Self.tea)')")
        #expect(try catalogues(2) == 1)
        #expect(try catalogues(3) == 0)
        let ended = Self.tea.replacing("active", with: "inactive")
        try told.change(
            "INSERT INTO reward_terms (reward, night, definition) VALUES (1, 4, '\(ended)')")
        if isOfFiles {
            #expect(try catalogues(4) == 1)
            let text = try told.folder.read("outgoing/1970-01-05/crm/catalogue-1970-01-05-1.csv")
            #expect(text.split(separator: "\n").count == 2)
        } else {
            #expect(try told.night(4, "catalogue", "night", "rewards") == ["1970-01-05 0"])
        }
        #expect(try catalogues(5) == 0)
    }

    @Test func `a notice is told once, to members who can have the reward`() throws {
        let told = try Told("notices, eligible")
        for (id, card) in [(1, "A"), (2, "B"), (3, "C")] { try told.member(id, card) }
        try told.change(
            "UPDATE member SET status = 1 WHERE id = 2",
            "UPDATE member SET merged_into = 1 WHERE id = 3",
            "INSERT INTO reward VALUES (1, 'tea')")
        var tea = Reward(id: "tea", name: "Tea", kind: .badge)
        tea.texts.pushText = "Tea is yours"
        told.rewards = [(1, tea)]
        #expect(try told.night(1, "notices", "card_code", "push_text") == ["A Tea is yours"])
        #expect(try told.night(2, "notices", "card_code") == [])
        try told.change([2], on: 3, "UPDATE member SET status = 0 WHERE id = 2")
        #expect(try told.night(3, "notices", "card_code") == ["B"])
        // What can be had no more is taken back from who was told that it can.
        try told.change([1], on: 4, "UPDATE member SET status = 2 WHERE id = 1")
        #expect(try told.night(4, "eligible", "card_code", "rewards") == ["A 0"])
        #expect(try told.night(5, "eligible", "card_code") == [])
    }

    @Test
    func
        `what could be had with a card is taken back where another took its place, or its member was merged`()
        throws
    {
        let told = try Told("eligible")
        for (id, card) in [(1, "A"), (2, "B"), (3, "C")] { try told.member(id, card) }
        told.rewards = [(1, Reward(id: "tea", name: "Tea", kind: .badge))]
        try told.change("INSERT INTO reward VALUES (1, 'tea')")
        func eligible(_ day: Int) throws -> [String] {
            try told.night(day, "eligible", "card_code", "rewards")
        }
        #expect(try eligible(1) == ["A 1", "B 1", "C 1"])
        try told.change(
            [1], on: 2, "INSERT INTO former_card VALUES (1, 2, 'A')",
            "INSERT INTO card (card, member) VALUES ('A9', 1)",
            "UPDATE member SET card = 'A9' WHERE id = 1")
        #expect(try eligible(2) == ["A 0", "A9 1"])
        try told.change(
            [2, 3], on: 3, "UPDATE member SET merged_into = 3 WHERE id = 2",
            "UPDATE card SET member = 3 WHERE member = 2")
        #expect(try eligible(3) == ["B 0"])
        #expect(try eligible(4) == [])
        // A card that comes back is one again, and the one that stood in its place is none.
        try told.change(
            [1], on: 5, "INSERT INTO former_card VALUES (1, 5, 'A9')",
            "UPDATE member SET card = 'A' WHERE id = 1")
        #expect(try eligible(5) == ["A 1", "A9 0"])
        // Who was never told that he can have anything is told nothing of his old card.
        told.rewards = []
        #expect(try eligible(6) == ["A 0", "C 0"])
        try told.change(
            [3], on: 7, "INSERT INTO former_card VALUES (3, 7, 'C')",
            "INSERT INTO card (card, member) VALUES ('C9', 3)",
            "UPDATE member SET card = 'C9' WHERE id = 3")
        #expect(try eligible(7) == [])
    }

    @Test func `an endpoint that missed a night is told what changed meanwhile`() throws {
        let told = try Told("members")
        for (id, card) in [(1, "A"), (2, "B")] { try told.member(id, card) }
        #expect(try told.night(1, "members", "card_code", "status").count == 2)
        try told.change([1], on: 2, "UPDATE member SET status = 1 WHERE id = 1")
        // The night of the change is closed while the endpoint gets something else.
        try told.change("DELETE FROM member_change")
        #expect(try told.night(3, "members", "card_code", "status") == ["A blocked"])
        #expect(try told.night(4, "members", "card_code", "status") == [])
    }

    @Test
    func `what an encoding has no character for is told, and who can't be named in it is left out`()
        throws
    {
        let columns = "columns: { card_code: Karta, segments: Grupy }\nencoding: "
        let told = try Told("members", layout: columns + "windows-1252")
        try told.member(1, "A1")
        try told.member(2, "Ł-4711")
        try told.member(3, "Œ3")
        for (member, segment) in [(1, "świt"), (1, "Ł"), (3, "œufs €")] {
            try told.change("INSERT INTO member_segment VALUES (\(member), '\(segment)')")
        }
        _ = try told.night(1, "members")
        let path = told.folder.path + "/outgoing/1970-01-02/crm/members-1970-01-02-1.csv"
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(
            String(data: bytes, encoding: .windowsCP1252)
                == "Karta,Grupy\nA1,?;?wit\nŒ3,œufs €\n")
        let advice = "give the layout 'till' another 'encoding' (layouts/till.yaml:2:9)"
        #expect(
            told.said == [
                "members-1970-01-02-1.csv: 1 values have characters that windows-1252 lacks, and '?' in their place, the "
                    + "first in 'segments' of record 1; \(advice)",
                "members-1970-01-02-1.csv: 1 records are left out: windows-1252 lacks characters of their names, and under "
                    + "others they would be somebody else's; the first has a 'card_code' that ends in '4711'; \(advice)",
            ])
        // All can be said in UTF-16.
        let wide = try Told("members", layout: columns + "utf-16")
        try wide.member(2, "Ł-4711")
        #expect(try wide.night(1, "members", "rows") == ["1"])
        #expect(wide.said == [])
    }

    @Test func `in a file what ends a code stands before what adds one`() throws {
        let told = try Told("code-changes", isOfFiles: true)
        for (number, kind) in ["add", "delete", "assign", "burn"].enumerated() {
            try told.change(
                """
                INSERT INTO night (day, state) VALUES (1, 'open') ON CONFLICT DO NOTHING;
                INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
                VALUES (1, 'crm', 'code-\(kind)', 'K\(number)', '\(number)', '{"change":"\(kind)"}')
                """)
        }
        #expect(try told.night(1, "code-changes", "rows") == ["4"])
        let text = try told.folder.read("outgoing/1970-01-02/crm/code-changes-1970-01-02-1.csv")
        let changes = ["delete", "burn", "add", "assign"]
        let found = text.split(separator: "\n").dropFirst().map { line in
            changes.first { line.contains(",\($0),") } ?? ""
        }
        #expect(found == changes)
        // They travel with their file, and go into no other.
        #expect(try told.night(2, "code-changes", "rows") == [])
    }

    @Test func `an order is told where it counts, as what the night made of it`() throws {
        let told = try Told("orders")
        try told.member(1, "A")
        try told.change(
            "INSERT INTO system VALUES (1, 'pos')",
            "INSERT INTO night (day, state, first_posting, last_posting) VALUES (5, 'open', 1, 2)")
        let batch = OrderBatch()
        let system = batch.system(named: "pos")
        func order(_ id: String, line: Int32) {
            batch.orders.append(
                IncomingOrder(
                    id: batch.texts.copy(id), originalCount: 0, kind: .sale, system: system,
                    card: 0,
                    file: 0, line: line, lineCount: 1, date: CivilDate(days: 5), net: 100,
                    base: 100,
                    content: ContentHash()))
        }
        func row(_ id: String, night: Int, state: Int, file: Int, line: Int) throws {
            try told.change(
                """
                INSERT INTO orders (system, id, night, ordered_on, member, kind, state, net, base, returned,
                    file, line)
                VALUES (1, '\(id)', \(night), \(night), 1, 0, \(state), 100, 100, 0, \(file), \(line))
                """)
        }
        func reversal(_ id: Int, of source: String) throws {
            try told.change(
                """
                INSERT INTO posting (id, night, member, account, kind, system, source, points, date)
                SELECT \(id), 5, 1, 0, id, 1, '\(source)', -1, 5 FROM posting_kind WHERE name = 'reverse'
                """)
        }
        // Again, behind the line that stands.
        order("new", line: 5)
        order("new", line: 2)
        try row("new", night: 5, state: 0, file: 7, line: 2)
        order("fixed", line: 6)
        try row("fixed", night: 5, state: 0, file: 7, line: 6)
        // Known since an earlier night.
        order("known", line: 3)
        try row("known", night: 4, state: 0, file: 6, line: 3)
        // Nobody has heard of what came and went in one night.
        order("gone", line: 4)
        try row("gone", night: 5, state: 6, file: 7, line: 4)
        try reversal(1, of: "gone")
        try row("void", night: 2, state: 6, file: 3, line: 3)
        try reversal(2, of: "void")
        told.orders = OrderNews(batch, runs: nil, files: [7]) { $0.line < 5 }
        #expect(
            try told.night(5, "orders", "order_id", "state") == [
                "fixed corrected", "new new", "void cancelled",
            ])
    }

    @Test func `what was refused is no grant, and of another night nothing is told`() throws {
        let told = try Told("grants, expiring")
        try told.member(1, "A")
        try told.change("INSERT INTO reward VALUES (1, 'tea')")
        for (id, night, outcome) in [("G", 2, "granted"), ("R", 2, "refused"), ("E", 1, "granted")]
        {
            try told.change(
                """
                INSERT INTO claim (id, night, how, claimed_at, card, member, reward, state)
                VALUES ('\(id)', \(night), 'claim', 0, 'A', 1, 1, 0)
                """,
                "INSERT INTO claim_outcome (night, id, outcome, points) VALUES (\(night), '\(id)', '\(outcome)', 0)"
            )
        }
        #expect(try told.night(2, "grants", "claim_id") == ["G"])
    }

    @Test func `of a code that is in question the end alone is shown`() throws {
        let told = try Told("exceptions")
        for code in ["SECRET-1234", "SHORT"] {
            try told.change(
                """
                INSERT INTO code_exception (night, kind, system, source, code)
                VALUES (2, 'double_burn', 1, '\(code)', '\(code)')
                """)
        }
        #expect(
            try told.night(2, "exceptions", "code", "source", "no") == ["****1234 - 1", "**** - 2"])
    }
}
