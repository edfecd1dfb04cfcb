import Loyalty
import Reporting
import Runner
import Settings
import Testing

/// What program.yaml says of systems' codes, burns, grants and workflows.
@Suite struct CodeSettingsTests {
    private static let head = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01
        tiers: [{ name: silver }, { name: gold }]
        rewards: [{ id: badge-10, name: Ten, type: badge }]

        """

    private func file(_ text: String) throws -> ProgramFile {
        try ProgramFile(SettingsSource(name: "program.yaml", text: Self.head + text))
    }

    /// The errors of a text below the head, one a line, their lines counted from the text's own.
    private func errors(_ text: String) -> String {
        do {
            _ = try file(text)
            return "none"
        } catch let error as SettingsErrors {
            return error.errors.map { "\($0.line - 7):\($0.column): \($0.message)" }
                .joined(separator: "\n")
        } catch {
            return "\(error)"
        }
    }

    @Test func `what isn't said has its default`() throws {
        let codes = try file("systems: { pos: {} }\n").codes
        #expect(codes.integration == .separate)
        #expect(codes.systems == [CodeTerms.System(name: "pos")])
        #expect(codes.burns == CodeTerms.Burns())
        #expect(codes.grants == .stock)
        #expect(codes.workflows.isEmpty)
        #expect(try file("").codeText == .masked)
    }

    @Test func `at night a day of grace is the least that systems need to hear of one another`()
        throws
    {
        func warnings(_ grace: String) throws -> [String] {
            let head = Self.head.replacing(
                "{ id: badge-10, name: Ten, type: badge }",
                with: """
                    { id: r1, name: One, type: custom, owner: pos, mirrors: [ecom] }
                    """)
            let text = """
                integration: asynchronous
                systems: { pos: { grace: 1 day }, ecom: { grace: \(grace) } }

                """
            return try ProgramFile(SettingsSource(name: "program.yaml", text: head + text)).warnings
                .map(\.message).filter { $0.contains("grace") }
        }
        #expect(try warnings("1 day") == [])
        #expect(
            try warnings("6 hours").first?.hasPrefix("'ecom' hears of the others a night later")
                == true)
    }

    @Test func `systems, burns and grants are read`() throws {
        let file = try file(
            """
            integration: asynchronous
            systems:
              pos: { grace: 6 hours, burns: none, on_burn: delete, renew_after: 1 week, timezone: UTC }
              ecom: { on_burn: burn }
            burns: { foreign_card: refuse, local_assignment: charge }
            grants: { check: all }
            privacy: { codes: full }

            """)
        var (pos, ecom) = (CodeTerms.System(name: "pos"), CodeTerms.System(name: "ecom"))
        pos.grace = 21_600
        pos.reportsBurns = false
        pos.renewAfterDays = 7
        ecom.onBurn = .burn
        #expect(file.codes.systems == [pos, ecom])
        #expect(file.codes.integration == .asynchronous)
        #expect(file.codes.burns.foreignCard == .refuse)
        #expect(file.codes.burns.afterExpiry == .burn)
        #expect(file.codes.burns.localAssignment == .charge)
        #expect(file.codes.grants == .all)
        #expect(file.codeText == .full)
    }

    @Test func `wrong values are refused where they stand`() {
        #expect(
            errors(
                """
                integration: realtime
                systems:
                  pos: { grace: 1 month, burns: sometimes, on_burn: keep, renew_after: 0 days }
                  program: {}
                burns: { foreign_card: free, late: burn }
                grants: { check: some }
                fields: { rewards: [{ name: least, type: money }, { name: least }, { name: price }] }

                """) == """
                    1:14: 'integration' needs one of real_time, asynchronous, separate, identification, \
                    not 'realtime'; did you mean 'real_time'?
                    3:17: 'grace' needs seconds, minutes, hours, days or weeks
                    3:33: 'burns' needs one of report, none, not 'sometimes'
                    3:53: 'on_burn' needs one of delete, burn, not 'keep'
                    3:72: 'renew_after' needs a number of days like '3 days', not '0 days'
                    4:3: no system can be named 'program': as an owner it stands for Nightjar
                    5:24: 'foreign_card' needs one of burn, refuse, not 'free'
                    5:30: unknown key 'late'; the keys here are foreign_card, after_expiry, local_assignment
                    6:18: 'check' needs one of stock, all, not 'some'
                    7:42: 'type' needs one of text, number, date, boolean, not 'money'
                    7:59: two fields are named 'least'
                    7:76: 'price' is a column of rewards files already: name the field otherwise
                    """)
    }

    @Test func `workflows have the condition of their event`() throws {
        let read = try file(
            """
            workflows:
              - { event: goal_completed, where: { subject: first-10 }, assign: badge-10 }
              - { event: enrolled, assign: badge-10 }
              - { event: tier_reached, where: { tier: gold }, assign: badge-10 }
              - { event: points_reached, where: { points: 500 }, assign: badge-10 }
              - { event: order_over, where: { amount_over: 200 }, assign: badge-10 }

            """)
        var all = ["goal_completed", "enrolled", "tier_reached", "points_reached", "order_over"].map
        {
            CodeTerms.Workflow(event: $0, assign: "badge-10")
        }
        all[0].subject = "first-10"
        all[2].tier = "gold"
        all[3].points = 500
        all[4].amountOver = 20_000
        #expect(read.codes.workflows == all)
        #expect(read.missingRewards.isEmpty)
        #expect(read.warnings.isEmpty)
        #expect(
            errors(
                """
                workflows:
                  - { event: birthday, where: { tier: gold }, assign: badge-10 }
                  - { event: tier_reached, where: { tier: golf }, assign: badge-10 }
                  - { event: points_reached, assign: badge-10 }
                  - { event: order_over, where: { points: 5 }, assign: badge-10 }
                  - { event: enrolled, assign: badge-10 }
                  - { event: enrolled, assign: badge-10 }
                  - { event: quiz, where: { points: 0 } }

                """) == """
                    2:39: 'tier' belongs to tier_reached, not to birthday
                    3:43: no tier is named 'golf'; did you mean 'gold'?
                    4:5: points_reached needs 'where: { points: … }'
                    5:33: order_over needs 'where: { amount_over: … }'
                    5:43: 'points' belongs to points_reached, not to order_over
                    7:5: this workflow stands here twice
                    8:5: 'assign' is needed
                    """)
    }

    @Test func `a derived event that is misspelt would wait for a file`() throws {
        let warnings = try file("workflows: [{ event: enroled, assign: badge-10 }]\n").warnings
        #expect(
            warnings.map(\.message) == [
                "'enroled' must come in a file of events; did you mean 'enrolled'?"
            ])
    }

    @Test func `a reward that only a file can bring is kept with its place`() throws {
        let file = try file("workflows: [{ event: enrolled, assign: badge-11 }]\n")
        #expect(file.missingRewards.map(\.value) == ["badge-11"])
        #expect(file.missingRewards.map { "\($0.location)" } == ["program.yaml:8:40"])
    }
}
