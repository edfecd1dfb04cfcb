import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Events, and the grants that they cause: spec, part 4 'Workflows'.
@Suite struct WorkflowTests {
    private let texts = Texts()

    private func workflow(
        _ event: String, assign: String = "r25",
        _ change: (inout CodeTerms.Workflow) -> Void = { _ in }
    ) -> CodeTerms.Workflow {
        var workflow = CodeTerms.Workflow(event: event, assign: assign)
        change(&workflow)
        return workflow
    }

    private func nights(
        _ workflows: [CodeTerms.Workflow], members: [String] = ["C1", "C2"],
        first: String = "2026-11-16"
    ) throws -> ClaimNights {
        let nights = try ClaimNights([ClaimNights.reward()], members: members, first: first)
        nights.terms.workflows = workflows
        try nights.stock("K1", "K2", "K3", "K4")
        return nights
    }

    /// `card code` of what workflows granted, sorted.
    private func granted(_ nights: ClaimNights) throws -> [String] {
        try nights.rows(
            """
            SELECT card || ' ' || coalesce(code, '-') FROM claim
            WHERE how = 'workflow' AND state = 0 ORDER BY 1
            """)
    }

    // MARK: Events of files

    @Test func `an event of its subject grants the reward, and others are counted`() throws {
        let nights = try nights([
            workflow("goal_completed") { $0.subject = "first-10" }
        ])
        let night = try nights.close(events: [
            "E1 goal_completed C1 first-10", "E2 goal_completed C2 first-20",
            "E3 hello C1 first-10",
        ])
        #expect(night.verdicts == ["accepted", "accepted", "accepted"])
        #expect(try granted(nights) == ["C1 K1"])
        #expect(
            night.outcomes == ["goal_completed(subject=first-10)>r25:E1 granted K1 0"])
    }

    @Test func `an event grants once for each workflow, however often it comes`() throws {
        let nights = try nights([
            workflow("course_complete"),
            workflow("course_complete") { $0.subject = "tea" },
        ])
        let line = "E1 course_complete C1 tea on 2026-11-16"
        #expect(try nights.close(events: [line, line]).verdicts == ["accepted", "duplicate"])
        #expect(try granted(nights) == ["C1 K1", "C1 K2"])
        #expect(try nights.close(events: [line]).verdicts == ["duplicate"])
        #expect(try granted(nights) == ["C1 K1", "C1 K2"])
    }

    @Test func `an event that came with other content is a conflict`() throws {
        let nights = try nights([workflow("membership_purchased")])
        try nights.close(events: ["E1 membership_purchased C1"])
        let night = try nights.close(events: ["E1 membership_purchased C2"])
        #expect(night.verdicts == ["record_changed"])
        #expect(try granted(nights) == ["C1 K1"])
    }

    @Test func `an event of an unknown member or a later day waits`() throws {
        let nights = try nights([workflow("goal_completed")])
        let night = try nights.close(events: [
            "E1 goal_completed C9 x on 2026-11-16", "E2 goal_completed C1 x on 2026-11-17",
            "E3 unheard C9",
        ])
        #expect(night.verdicts == ["parked", "parked", "accepted"])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1"])
        try nights.add("C9")
        try nights.close()
        #expect(try granted(nights) == ["C1 K1", "C9 K2"])
    }

    @Test func `an event whose member never came is given up`() throws {
        let nights = try nights([workflow("goal_completed")])
        nights.parkDays = 1
        try nights.close(events: ["E1 goal_completed C9"])
        #expect(try nights.close().exceptions == ["given_up E1 - C9"])
        try nights.add("C9")
        try nights.close()
        #expect(try granted(nights) == [])
    }

    @Test func `a grant asks neither target nor the member's limit, and waits for a code`() throws {
        let nights = try ClaimNights([
            ClaimNights.reward {
                $0.tiers = ["gold"]
                $0.memberLimit = 1
            }
        ])
        nights.terms.workflows = [workflow("goal_completed")]
        try nights.stock("K1")
        try nights.close(events: ["E1 goal_completed C1 x at 1", "E2 goal_completed C1 x at 2"])
        #expect(try granted(nights) == ["C1 K1"])
        try nights.stock("K2")
        try nights.close()
        #expect(try granted(nights) == ["C1 K1", "C1 K2"])
    }

    // MARK: Events that Nightjar sees

    @Test func `who is new is granted on the first night and never again`() throws {
        let nights = try nights([workflow("enrolled")], members: ["C1"])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1"])
        try nights.add("C2")
        try nights.close()
        try nights.close()
        #expect(try granted(nights) == ["C1 K1", "C2 K2"])
    }

    @Test func `a birthday grants once a year, on 28 February where the year has no 29th`() throws {
        let nights = try nights(
            [workflow("birthday")], members: ["C1 born 228", "C2 born 229", "C3 born 301"],
            first: "2027-02-27")
        try nights.close()
        #expect(try granted(nights) == [])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1", "C2 K2"])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1", "C2 K2", "C3 K3"])
    }

    @Test func `in a leap year who was born on 29 February is granted on that day`() throws {
        let nights = try nights(
            [workflow("birthday")], members: ["C1 born 229"], first: "2028-02-28")
        try nights.close()
        #expect(try granted(nights) == [])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1"])
    }

    @Test func `a tier that is reached grants, one that is left doesn't`() throws {
        let nights = try nights([workflow("tier_reached") { $0.tier = "gold" }])
        try nights.store.write { connection in
            try connection.execute(
                """
                INSERT INTO tier_move (night, member, before, after)
                VALUES (\(nights.day.days), 1, 1, 2), (\(nights.day.days), 2, 2, 1)
                """)
        }
        try nights.close()
        #expect(try granted(nights) == ["C1 K1"])
        try nights.close()
        #expect(try granted(nights) == ["C1 K1"])
    }

    @Test func `points that are reached grant once for ever`() throws {
        let nights = try nights([workflow("points_reached") { $0.points = 500 }])
        var news = LedgerNews()
        news.crossings = [LedgerNews.Crossing(member: 1, points: 500)]
        try nights.close(news: news)
        #expect(try granted(nights) == ["C1 K1"])
        try nights.close(news: news)
        #expect(try granted(nights) == ["C1 K1"])
    }

    private func sold(_ id: String, _ member: Int32, _ net: MinorUnits) -> LedgerNews {
        var news = LedgerNews()
        news.sales = [
            LedgerNews.Sale(
                system: "pos", id: texts(id), member: member,
                date: ClaimNights.date("2026-11-16"), net: net)
        ]
        return news
    }

    private func returned(_ id: String) -> LedgerNews {
        var news = LedgerNews()
        news.returns = [LedgerNews.Return(system: "pos", id: texts(id))]
        return news
    }

    @Test func `an order over an amount grants once, one of just the amount doesn't`() throws {
        let nights = try nights([workflow("order_over") { $0.amountOver = 5000 }])
        try nights.close(news: sold("T1", 1, 5000))
        #expect(try granted(nights) == [])
        try nights.close(news: sold("T2", 2, 5001))
        try nights.close(news: sold("T2", 2, 6000))
        #expect(try granted(nights) == ["C2 K1"])
        #expect(
            try nights.rows("SELECT order_system || '/' || order_id FROM claim") == ["pos/T2"])
    }

    @Test func `D-48: a code of an order that came back whole is voided`() throws {
        let nights = try nights([workflow("order_over") { $0.amountOver = 5000 }])
        try nights.close(news: sold("T1", 1, 6000))
        let night = try nights.close(news: returned("T1"))
        #expect(night.exceptions == [])
        #expect(
            try nights.register().first == "K1 voided C1 2026-11-16 never")
        #expect(
            try nights.rows("SELECT reason || ' ' || source FROM code_event ORDER BY night DESC")
                .first == "returned T1")
    }

    @Test func `D-48: a code of such an order that was used is an exception with its value`() throws
    {
        let nights = try nights([workflow("order_over") { $0.amountOver = 5000 }])
        try nights.close(news: sold("T1", 1, 6000))
        try nights.store.write { connection in
            try connection.execute(
                "UPDATE code SET state = 2, burned_at = 1, burned_in = 1 WHERE code = 'K1'")
        }
        let night = try nights.close(news: returned("T1"))
        #expect(
            night.exceptions == [
                "returned_after_burn order_over(amount_over=5000)>r25:order_over:pos/T1 K1 C1"
            ])
        #expect(try nights.rows("SELECT amount FROM code_exception") == ["2500"])
    }

    @Test func `an order that came back on its own night earns nothing`() throws {
        let nights = try nights([workflow("order_over") { $0.amountOver = 5000 }])
        var news = sold("T1", 1, 6000)
        news.returns = returned("T1").returns
        try nights.close(news: news)
        #expect(try granted(nights) == [])
    }

    @Test func `the ledger is asked for nothing that no workflow wants`() throws {
        let plain = try nights([workflow("goal_completed")])
        #expect(try plain.questions() == LedgerQuestions())
        let asking = try nights([
            workflow("order_over") { $0.amountOver = 5000 },
            workflow("order_over") { $0.amountOver = 3000 },
            workflow("points_reached") { $0.points = 500 },
            workflow("points_reached") { $0.points = 100 },
        ])
        let questions = try asking.questions()
        #expect(questions.salesOver == 3000)
        #expect(questions.points == [100, 500])
        #expect(questions.returns)
    }
}
