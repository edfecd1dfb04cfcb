internal import Loyalty
internal import Storage

/// Turns what happens to members into grants, once an event and workflow.
///
/// A grant's id is made of the event's and of the workflow's own words, so that whatever tells it twice
/// grants once.
final class Workflows {
    /// A workflow whose reward is known.
    struct Rule {
        var terms: CodeTerms.Workflow
        var event: ByteText
        var subject: ByteText?
        var reward: Int32
        /// Stands before the event's id in that of the grant.
        var prefix: String
    }

    private let tools: CodeTools
    private let rules: [Rule]

    init(_ tools: CodeTools) throws {
        self.tools = tools
        let texts = tools.register.texts
        rules = tools.terms.workflows.compactMap { terms in
            guard let reward = tools.register.rewards.id(of: terms.assign) else { return nil }
            return Rule(
                terms: terms, event: texts.copy(terms.event),
                subject: terms.subject.map { texts.copy($0) }, reward: reward,
                prefix: terms.prefix)
        }
    }

    /// What the rules must hear of the ledger.
    func questions(returns: Bool) -> LedgerQuestions {
        var questions = LedgerQuestions()
        questions.salesOver = rules(of: .orderOver).compactMap(\.terms.amountOver).min()
        questions.points = Set(rules(of: .pointsReached).compactMap(\.terms.points)).sorted()
        questions.returns = returns || questions.salesOver != nil
        return questions
    }

    // MARK: Grants

    /// The rules that an event of a file fits.
    func matching(_ event: ByteText, subject: ByteText) -> [Rule] {
        rules.filter {
            $0.event == event && $0.terms.tier == nil && $0.terms.amountOver == nil
                && $0.terms.points == nil && ($0.subject.map { $0 == subject } ?? true)
        }
    }

    func grant(
        _ rule: Rule, event: ByteText, card: ByteText, at: LocalSeconds, file: Int64 = 0,
        line: Int32 = 0, until: CivilDate? = nil
    ) -> Claim {
        Claim(
            id: tools.register.texts.copy(rule.prefix + event.string), how: .workflow,
            claimedAt: at, card: card, reward: rule.reward, asked: tools.none, event: event,
            order: tools.none, file: file, line: line,
            until: until ?? tools.day.adding(days: EventBook.parkDays))
    }

    /// What the day itself grants: to members who are new, whose birthday it is, whose tier rose.
    func grantsOfDay() throws -> [Claim] {
        try enrolled() + birthdays() + tiersReached()
    }

    /// What the fold's night grants: for orders, and for points that were reached.
    func grants(_ news: LedgerNews) throws -> [Claim] {
        var grants: [Claim] = []
        var returned: [String: Set<ByteText>] = [:]
        for back in news.returns { returned[back.system, default: []].insert(back.id) }
        for rule in rules(of: .orderOver) {
            for sale in news.sales
            where sale.net > rule.terms.amountOver ?? 0
                && !(returned[sale.system]?.contains(sale.id) ?? false)
            {
                guard let member = try member(sale.member) else { continue }
                var claim = grant(
                    rule, event: id(.orderOver, "\(sale.system)/\(sale.id.string)"),
                    card: member.card, at: sale.date.midnight)
                claim.orderSystem = sale.system
                claim.order = sale.id
                grants.append(claim)
            }
        }
        for rule in rules(of: .pointsReached) {
            for crossing in news.crossings where crossing.points == rule.terms.points {
                guard let member = try member(crossing.member) else { continue }
                grants.append(
                    grant(
                        rule, event: id(.pointsReached, "\(crossing.points):\(member.name)"),
                        card: member.card, at: tools.day.midnight))
            }
        }
        return grants
    }

    private func rules(of event: BuiltInEvent) -> [Rule] {
        rules.filter { $0.terms.event == event.rawValue }
    }

    private func id(_ event: BuiltInEvent, _ rest: String) -> ByteText {
        tools.register.texts.copy("\(event.rawValue):\(rest)")
    }

    // MARK: Members

    private struct Member {
        var card: ByteText
        /// What he is known by for ever.
        var name: String
    }

    private static let identity = "coalesce(chained_as, member_id, card)"

    private func member(_ id: Int32) throws -> Member? {
        var found: Member?
        try tools.connection.forEach(
            "SELECT card, \(Workflows.identity) FROM member WHERE id = ?", .integer(Int(id))
        ) { found = Member(card: tools.register.texts.copy($0.text(0)), name: $0.string(1)) }
        return found
    }

    /// Members whose first night it is: their integers are the highest.
    private func enrolled() throws -> [Claim] {
        let rules = rules(of: .enrolled)
        guard !rules.isEmpty else { return [] }
        let newest = try tools.connection.prepare(
            """
            SELECT since, status, merged_into, card, \(Workflows.identity) FROM member
            ORDER BY id DESC
            """)
        var grants: [Claim] = []
        while try newest.step(), newest.date(0) >= tools.day {
            guard newest.integer(1) == 0, newest.isNull(2) else { continue }
            let card = tools.register.texts.copy(newest.text(3))
            for rule in rules {
                grants.append(
                    grant(
                        rule, event: id(.enrolled, newest.string(4)), card: card,
                        at: tools.day.midnight))
            }
        }
        return grants
    }

    private func birthdays() throws -> [Claim] {
        let rules = rules(of: .birthday)
        guard !rules.isEmpty else { return [] }
        let (year, month, day) = tools.day.civil
        var days = [month * 100 + day]
        // Who was born on 29 February has a birthday in every year.
        if days == [228], CivilDate.length(ofMonth: 2, year: year) == 28 { days.append(229) }
        var grants: [Claim] = []
        for day in days {
            try tools.connection.forEach(
                """
                SELECT card, \(Workflows.identity) FROM member
                WHERE birthday = ? AND status = 0 AND merged_into IS NULL ORDER BY id
                """, .integer(day)
            ) { row in
                let card = tools.register.texts.copy(row.text(0))
                for rule in rules {
                    grants.append(
                        grant(
                            rule, event: id(.birthday, "\(year):\(row.string(1))"), card: card,
                            at: tools.day.midnight))
                }
            }
        }
        return grants
    }

    /// Members whose tier tonight's files raised.
    private func tiersReached() throws -> [Claim] {
        let rules = rules(of: .tierReached)
        guard !rules.isEmpty else { return [] }
        let ranks = tools.program.tiers.map(\.name)
        var grants: [Claim] = []
        try tools.connection.forEach(
            """
            SELECT b.name, a.name, m.card, \(Workflows.identity) FROM tier_move v
            JOIN tier b ON b.id = v.before JOIN tier a ON a.id = v.after
            JOIN member m ON m.id = v.member
            WHERE v.night = ? AND m.status = 0 AND m.merged_into IS NULL ORDER BY v.member
            """, .date(tools.day)
        ) { row in
            let after = row.string(1)
            guard let from = ranks.firstIndex(of: row.string(0)),
                let to = ranks.firstIndex(of: after), from < to
            else { return }
            let card = tools.register.texts.copy(row.text(2))
            for rule in rules where rule.terms.tier ?? after == after {
                grants.append(
                    grant(
                        rule, event: id(.tierReached, "\(after):\(tools.day):\(row.string(3))"),
                        card: card, at: tools.day.midnight))
            }
        }
        return grants
    }
}

/// Events that Nightjar sees itself; all others come in files.
private enum BuiltInEvent: String {
    case enrolled, birthday
    case tierReached = "tier_reached"
    case pointsReached = "points_reached"
    case orderOver = "order_over"
}

extension CodeTerms.Workflow {
    /// `goal_completed(subject=first-10)>badge-10:`.
    fileprivate var prefix: String {
        var parts: [String] = []
        if let subject { parts.append("subject=\(subject)") }
        if let tier { parts.append("tier=\(tier)") }
        if let amountOver { parts.append("amount_over=\(amountOver)") }
        if let points { parts.append("points=\(points)") }
        return "\(event)(\(parts.joined(separator: ",")))>\(assign):"
    }
}
