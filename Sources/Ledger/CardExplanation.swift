package import Loyalty
package import Storage

/// Why a card has its points: what its member holds, lot by lot, and where every posting came from.
package struct CardExplanation {
    package struct OpenLot {
        package var account: Account.Kind
        package var system: String
        package var id: String
        /// What was put into it, and what of that is left.
        package var points: Points
        package var remaining: Points
        package var activeOn: CivilDate
        /// `Lot.never` without a last day.
        package var expiresOn: CivilDate
    }

    package struct Line {
        package var night: CivilDate
        package var account: Account.Kind
        package var kind: Posting.Kind
        package var points: Points
        package var date: CivilDate
        package var system: String
        package var source: String
        /// Empty where no lot changed.
        package var lot: String
        /// Where the record stands that caused it; nil where no file is known.
        package var file: String?
        package var fileLine: Int64
        /// The rule and its arithmetic.
        package var rule: String
    }

    package let day: CivilDate
    package let cards: [String]
    package let memberID: String?
    package let status: String
    package let tier: String
    package let tierSince: CivilDate?
    package let balances: [(account: Account.Kind, balance: Balance)]
    /// The soonest to expire first.
    package let lots: [OpenLot]
    /// Oldest first.
    package let lines: [Line]

    /// Reads what the store says of a card's member; nil for a card that nobody has.
    ///
    /// - Parameter day: the night as of which it is said.
    package init?(
        _ card: String, on day: CivilDate, program: Program, _ connection: Connection
    ) throws {
        guard
            let member = try connection.integer(
                "SELECT member FROM card WHERE card = ?", .text(card))
        else { return nil }
        self.day = day
        let selves = try CardExplanation.selves(of: member, connection)
        var cards: [String] = []
        try connection.forEach(
            "SELECT card FROM member WHERE id = ?", .integer(member)
        ) { cards.append($0.string(0)) }
        if card != cards.first { cards.append(card) }
        self.cards = cards
        memberID = try connection.string(
            "SELECT member_id FROM member WHERE id = ?", .integer(member))
        let number = try connection.integer(
            "SELECT status FROM member WHERE id = ?", .integer(member))
        status = ["active", "blocked", "closed", "erased"][Int(number ?? 0)]
        var tier: (name: String, since: CivilDate)?
        try connection.forEach(
            """
            SELECT t.name, h.since FROM member_tier h JOIN tier t ON t.id = h.tier
            WHERE h.member = ? AND h.since <= ? ORDER BY h.since DESC LIMIT 1
            """, .integer(member), .date(day)
        ) { tier = ($0.string(0), $0.date(1)) }
        self.tier = tier?.name ?? program.tiers[0].name
        tierSince = tier?.since

        let texts = TextArena()
        let history = try LedgerHistory(connection)
        var past = try selves.flatMap { try history.postings(of: Int32($0), into: texts) }
            .filter { $0.night <= day }
        past.sort { $0.id < $1.id }
        let state = CardExplanation.state(past)
        balances = program.accounts.map { ($0.kind, state.balance(of: $0.kind, on: day)) }
        let systems = try CardExplanation.systems(connection)
        lots = state.lots.filter { $0.remaining > 0 }
            .sorted {
                $0.expiresOn != $1.expiresOn ? $0.expiresOn < $1.expiresOn : $0.id < $1.id
            }
            .map {
                OpenLot(
                    account: $0.account, system: systems[$0.system] ?? "", id: $0.id.string,
                    points: $0.points, remaining: $0.remaining, activeOn: $0.activeOn,
                    expiresOn: $0.expiresOn)
            }
        var origins = try PostingOrigins(connection, program: program, systems: systems)
        try origins.learnReturns(of: past.map(\.posting))
        lines = try past.map { try origins.line($0) }
    }

    /// A member and all who were merged into him.
    private static func selves(of member: Int64, _ connection: Connection) throws -> [Int64] {
        var selves = [member]
        var next = 0
        while next < selves.count {
            try connection.forEach(
                "SELECT victim FROM merge WHERE survivor = ? ORDER BY victim",
                .integer(selves[next])
            ) { row in
                if !selves.contains(row.integer(0)) { selves.append(row.integer(0)) }
            }
            next += 1
        }
        return selves
    }

    private static func systems(_ connection: Connection) throws -> [Int32: String] {
        var names: [Int32: String] = [:]
        try connection.forEach("SELECT id, name FROM system") {
            names[Int32($0.integer(0))] = $0.string(1)
        }
        return names
    }

    /// What postings leave of lots and debts.
    private static func state(_ past: [PastPosting]) -> MemberState {
        var state = MemberState()
        var places: [MemberReplay.LotKey: Int] = [:]
        // A merge, and what is taken back, bear the dates from before what is posted anew or paid back.
        var datedOn: [Int: CivilDate] = [:]
        for (night, posting) in past.map({ ($0.night, $0.posting) }) where posting.changesBalance {
            guard !posting.lot.isEmpty else {
                state.debts[Int(posting.account.rawValue)] -= posting.points
                continue
            }
            let key = MemberReplay.LotKey(
                account: posting.account, system: posting.lotSystem, id: posting.lot)
            let index = places[key] ?? state.lots.count
            if index == state.lots.count {
                places[key] = index
                state.lots.append(
                    Lot(
                        account: posting.account, system: posting.lotSystem, id: posting.lot,
                        points: 0, remaining: 0, earnedOn: posting.date,
                        activeOn: posting.activeOn, expiresOn: posting.expiresOn))
            }
            state.lots[index].remaining += posting.points
            // What others took of it, and had given back, is no part of what it was made of.
            let isOwn = posting.source == posting.lot && posting.system == posting.lotSystem
            switch posting.kind {
            case .accrue, .merge: state.lots[index].points += posting.points
            case .adjust, .reverse: if isOwn { state.lots[index].points += posting.points }
            default: break
            }
            guard posting.points > 0 else { continue }
            if posting.kind == .merge || posting.kind == .reverse {
                if datedOn[index] == night { continue }
            } else {
                datedOn[index] = night
            }
            state.lots[index].activeOn = posting.activeOn
            state.lots[index].expiresOn = posting.expiresOn
        }
        return state
    }
}

/// Cards that somebody may have meant by one that nobody has: with zeros lost in front, with spaces or
/// dashes, with one digit wrong or two exchanged, or rounded by a spreadsheet.
package struct NearCards {
    private let known: Statement
    private let prefixed: Statement

    package init(_ connection: Connection) throws {
        known = try connection.prepare("SELECT 1 FROM card WHERE card = ?")
        prefixed = try connection.prepare(
            "SELECT card FROM card WHERE card >= ? AND card < ? ORDER BY card LIMIT ?")
    }

    /// At most so many of them, the likeliest first.
    package func near(_ card: String, atMost limit: Int = 5) throws -> [String] {
        let plain = String(card.filter { $0.isLetter || $0.isNumber })
        let bare = String(plain.drop { $0 == "0" })
        var found: [String] = []
        func look(_ candidate: String) throws {
            guard found.count < limit, !candidate.isEmpty, candidate != card,
                !found.contains(candidate)
            else { return }
            known.reset()
            known.bind(candidate, at: 1)
            if try known.step() { found.append(candidate) }
        }
        try look(plain)
        for zeros in 0...12 { try look(String(repeating: "0", count: zeros) + bare) }
        if let rounded = NearCards.rounded(card) {
            prefixed.reset()
            prefixed.bind(rounded, at: 1)
            prefixed.bind(rounded + "\u{10FFFF}", at: 2)
            prefixed.bind(Int64(limit), at: 3)
            while try prefixed.step() { try look(prefixed.string(0)) }
        }
        let letters = Array(plain.prefix(64))
        for index in letters.indices.dropLast() {
            var exchanged = letters
            exchanged.swapAt(index, index + 1)
            try look(String(exchanged))
        }
        for index in letters.indices where letters[index].isNumber {
            for digit in "0123456789" {
                var changed = letters
                changed[index] = digit
                try look(String(changed))
            }
        }
        return found
    }

    /// The digits that `4.00638E+12` has kept.
    private static func rounded(_ card: String) -> String? {
        guard let exponent = card.firstIndex(where: { $0 == "E" || $0 == "e" }) else { return nil }
        let digits = card[..<exponent].filter { $0.isNumber }
        return digits.count >= 3 ? digits : nil
    }
}
