import Loyalty
import Reporting
import Runner
import Settings
import Testing

/// program.yaml: what is read, and what is said of what can't be.
@Suite struct ProgramFileTests {
    private static let head = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01

        """

    private func read(_ text: String) throws -> ProgramFile {
        try ProgramFile(SettingsSource(name: "program.yaml", text: Self.head + text))
    }

    /// The errors of a text below the head, one a line, their lines counted from the text's own.
    private func errors(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch let error as SettingsErrors {
            let lines = error.errors.map { "\($0.line - 5):\($0.column): \($0.message)" }
            return lines.joined(separator: "\n")
        } catch {
            return "\(error)"
        }
    }

    private func warnings(_ text: String) throws -> [String] {
        try read(text).warnings.map { "\($0.line - 5):\($0.column): \($0.message)" }
    }

    @Test func `what a program doesn't say has its default`() throws {
        let file = try read("")
        #expect(
            file.program
                == Program(
                    name: "maison-noir", timezone: "Europe/Paris",
                    currency: Currency(code: "EUR", decimals: 2), status: .running,
                    opensOn: try #require(CivilDate("2026-01-01")), earnsFrom: nil, earnsTo: nil,
                    earnOn: .netOfPoints, returnsBy: .earner, missingOrder: .park,
                    accounts: [Account(kind: .spend)], tiers: [.nameless]))
        #expect(file.night == ProgramFile.Window())
        #expect(file.systems.isEmpty)
        #expect(file.limits == WorkspaceLimits())
        #expect(file.cards == .plain)
        #expect(file.warnings.isEmpty)
    }

    @Test func `every key is read`() throws {
        let file = try read(
            """
            status: paused
            night: { starts: "03:00", until: "06:45" }
            from: 2024-01-01
            to: 2027-12-31
            match: [card_code]
            earn_on: gross
            returns_by: presenter
            missing_order: unlinked
            accounts:
              spend:
                ratio: 0.5
                rounding: nearest
                hold_days: 14
                expiry: { after: 1 year }
                returns: debit
                return_rounding: each
                returns_take: soonest
                spend_order: fifo
              status: { expiry: { after: 2 weeks, count_from: order, cascading: false } }
            tiers:
              - { name: bronze }
              - { name: silver, multiplier: 1.25, points: true }
              - { name: gold, multiplier: { spend: 1.5 } }
            systems: { pos: { timezone: Europe/Athens }, e-com_2: {} }
            privacy: { cards: hashed }
            limits: { memory: 256 MiB, expanded: none, ratio: none, line: 64 KiB, fields: 64 }
            """)
        let program = file.program
        #expect(program.status == .paused)
        #expect(program.earnsFrom == CivilDate("2024-01-01"))
        #expect(program.earnsTo == CivilDate("2027-12-31"))
        #expect(program.earnOn == .gross)
        #expect(program.returnsBy == .presenter)
        #expect(program.missingOrder == .unlinked)
        #expect(
            program.accounts == [
                Account(
                    kind: .spend, ratio: Rate(millionths: 500_000), rounding: .nearest,
                    holdDays: 14, expiry: .after(.months(12)), returns: .debit,
                    returnRounding: .each, returnsTake: .soonest, spendOrder: .fifo),
                Account(kind: .status, expiry: .after(.days(14))),
            ])
        #expect(
            program.tiers == [
                Tier(name: "bronze", multipliers: [.one, .one]),
                Tier(
                    name: "silver",
                    multipliers: [Rate(millionths: 1_250_000), Rate(millionths: 1_250_000)]),
                Tier(name: "gold", multipliers: [Rate(millionths: 1_500_000), .one]),
            ])
        #expect(file.night.startsMinutes == 180)
        #expect(file.night.untilMinutes == 405)
        #expect(
            file.systems == [
                ProgramFile.System(name: "pos", timezone: "Europe/Athens"),
                ProgramFile.System(name: "e-com_2"),
            ])
        #expect(file.limits.memoryBytes == 256 << 20)
        #expect(file.limits.expandedBytes == Int.max)
        #expect(file.limits.expansionRatio == Int.max)
        #expect(file.limits.lineBytes == 65_536)
        #expect(file.limits.fieldCount == 64)
        #expect(file.cards == .hashed)
        #expect(file.warnings.isEmpty)
    }

    @Test func `what has no default is needed`() {
        let error = #expect(throws: SettingsErrors.self) {
            try ProgramFile(SettingsSource(name: "program.yaml", text: "version: 1\n"))
        }
        #expect(
            error?.description
                == """
                program.yaml:1:1: 'program' is needed
                program.yaml:1:1: 'timezone' is needed
                program.yaml:1:1: 'currency' is needed
                program.yaml:1:1: 'opens_on' is needed
                """)
    }

    @Test func `a currency is one of ISO 4217, with its decimals`() throws {
        func currency(_ code: String) throws -> Currency {
            let head = Self.head.replacing("currency: EUR", with: "currency: \(code)")
            return try ProgramFile(SettingsSource(name: "program.yaml", text: head)).program
                .currency
        }
        #expect(try currency("PLN") == Currency(code: "PLN", decimals: 2))
        #expect(try currency("JPY") == Currency(code: "JPY", decimals: 0))
        #expect(try currency("KWD") == Currency(code: "KWD", decimals: 3))
        #expect(Currency.known.count > 150 && Currency.known.allSatisfy { $0.utf8.count == 3 })
        for (code, hint) in [
            ("EUX", "; did you mean 'EUR'?"), ("eur", "; did you mean 'EUR'?"), ("ECUS", ""),
        ] {
            let error = #expect(throws: SettingsErrors.self) { try currency(code) }
            #expect(
                error?.description
                    == "program.yaml:4:11: 'currency' needs an ISO 4217 code like EUR, not '\(code)'\(hint)"
            )
        }
    }

    @Test func `wrong values are refused where they stand`() {
        #expect(
            errors(
                """
                status: runing
                night: { starts: "2:30", until: "02:00" }
                from: 2024-01-02
                to: 2024-01-01
                earn_on: net
                limits: { expanded: 512, fields: 0, line: 0 B, memory: 64 MiB }
                systems: { pos.fr: {}, pos: { timezone: Paris } }
                """) == """
                    1:9: 'status' needs one of running, paused, ended, not 'runing'; did you mean 'running'?
                    2:18: 'starts' needs a time of day like "02:30", not '2:30'
                    2:33: the night ends before it starts
                    4:5: 'to' is before 'from'
                    5:10: 'earn_on' needs one of gross, net_of_tax, net_of_points, not 'net'
                    6:21: 'expanded' needs a size like '512 MiB' (B, KiB, MiB, GiB, TiB), not '512'
                    6:34: 'fields' needs a whole number from 1 to 100000, not '0'
                    6:43: 'line' must be at least 1 B
                    6:56: 'memory' must be at least 96 MiB; no night gets by on less
                    7:12: the name of a system is of letters, digits, - and _, not 'pos.fr'
                    7:41: 'timezone' needs a time zone like 'Europe/Paris', not 'Paris'
                    """)
    }

    @Test func `accounts and tiers are judged in depth`() {
        #expect(
            errors(
                """
                accounts:
                  spend:
                    ratio: 1,5
                    hold_days: two
                    expiry: 365 days
                  status: { expiry: { after: 6 hours } }
                  other: {}
                tiers:
                  - { name: gold, multiplier: -1 }
                  - { name: gold, multipler: 2 }
                  - { multiplier: { spend: 1, bonus: 2 } }
                """) == """
                    3:12: 'ratio' needs a decimal like 1.25, at most 1000, not '1,5'
                    4:16: 'hold_days' needs a whole number from 0 to 36500, not 'two'
                    5:13: 'expiry' needs never, { after: 365 days }, { fixed: 12-31 } or { period: P }, not '365 days'
                    6:30: 'after' counts calendar days: use days, weeks, months or years
                    7:3: unknown key 'other'; the keys here are spend, status
                    9:31: 'multiplier' needs a decimal like 1.25, at most 1000, not '-1'
                    10:13: two tiers are named 'gold'
                    10:19: unknown key 'multipler'; did you mean 'multiplier'?
                    11:5: 'name' is needed
                    """)
    }

    @Test func `a tier can't multiply an account that the program hasn't`() {
        #expect(
            errors("tiers: [{ name: gold, multiplier: { spend: 2, status: 1 } }]\n")
                == "1:47: the program has no account 'status'")
    }

    @Test func `other ways to expire are of a later version`() {
        for form in ["{ activity: 365 days }", "{ after: 1 year, cascading: true }"] {
            let message = errors("accounts: { spend: { expiry: \(form) } }\n")
            #expect(message.hasSuffix("is not in this version"))
            #expect(!message.contains("\n"))
        }
    }

    private func account(_ keys: String, _ more: String = "") throws -> Account {
        try #require(read("accounts: { spend: { \(keys) } }\n\(more)\n").program.accounts.first)
    }

    @Test func `every form of expiry is read`() throws {
        let forms: [(String, Account.Expiry)] = [
            ("never", .never),
            ("{ after: 6 months }", .after(.months(6))),
            ("{ after: 1 year, count_from: active }", .after(.months(12), from: .active)),
            ("{ after: 0, end_of: quarter }", .after(.days(0), endOf: .quarter)),
            ("{ fixed: 12-31 }", .fixed(month: 12, day: 31)),
            ("{ fixed: 02-29 }", .fixed(month: 2, day: 29)),
        ]
        for (text, expiry) in forms { #expect(try account("expiry: \(text)").expiry == expiry) }
    }

    @Test func `a period is its windows, in the order of their days`() throws {
        let periods = """
            periods:
              - { id: P, from: 2027-01-01, to: 2027-12-31, expires_on: 2028-03-31 }
              - { id: P, from: 2026-01-01, to: 2026-12-31, expires_on: 2027-03-31 }
              - { id: Q, from: 2026-01-01, to: 2026-01-31, expires_on: 2026-01-31 }
            """
        func window(_ from: String, _ to: String, _ expiresOn: String) throws -> Account.Window {
            Account.Window(
                from: try #require(CivilDate(from)), to: try #require(CivilDate(to)),
                expiresOn: try #require(CivilDate(expiresOn)))
        }
        #expect(
            try account("expiry: { period: P }", periods).expiry
                == .windows([
                    window("2026-01-01", "2026-12-31", "2027-03-31"),
                    window("2027-01-01", "2027-12-31", "2028-03-31"),
                ]))
    }

    @Test func `caps, refunds and notices are read`() throws {
        #expect(try account("max: 500").max == 500)
        #expect(try account("max: none").max == nil)
        #expect(try account("refund_expired: expire").refundExpired == .expire)
        #expect(
            try account("refund_expired: { grace: 2 weeks }").refundExpired == .grace(days: 14))
        #expect(try read("expiring: [1 day, 3 weeks, 1 day]\n").program.expiring == [21, 1])
        #expect(try read("expiring: []\n").program.expiring == [])
        #expect(try read("").program.expiring == [30, 7, 1])
    }

    @Test func `an expiry that can't be is refused where it stands`() {
        #expect(
            errors(
                """
                accounts:
                  spend: { expiry: {}, max: -1, refund_expired: keep }
                  status: { expiry: { fixed: 02-30, end_of: month }, refund_expired: { grace: 1 month } }
                periods:
                  - { id: P, from: 2026-02-01, to: 2026-01-31, expires_on: 2026-12-31 }
                  - { id: P, from: 2026-01-15, to: 2026-03-31, expires_on: 2026-03-30 }
                expiring: [soon, 1 month]
                """) == """
                    2:20: 'expiry' needs never, { after: 365 days }, { fixed: 12-31 } or { period: P }, one of them
                    2:29: 'max' needs a whole number from 0 to 1000000000000, not '-1'
                    2:49: 'refund_expired' needs expire or { grace: 30 days }, not 'keep'
                    3:30: 'fixed' needs a month and a day like 12-31, not '02-30'
                    3:45: 'end_of' belongs to 'after'
                    3:79: 'grace' needs a number of days like '30 days', not '1 month'
                    5:5: the period 'P' overlaps the one before it
                    5:36: 'to' is before 'from'
                    6:60: 'expires_on' is before 'to': points would expire before they are earned
                    7:12: 'expiring' needs a number of days like '30 days', not 'soon'
                    7:18: 'expiring' needs a number of days like '30 days', not '1 month'
                    """)
        #expect(
            errors("accounts: { spend: { expiry: { fixed: 12-31, after: 1 year } } }\n")
                == "1:30: 'expiry' needs never, { after: 365 days }, { fixed: 12-31 } or { period: P }, one of them"
        )
        #expect(
            errors(
                """
                accounts: { spend: { expiry: { period: yera } } }
                periods: [{ id: year, from: 2026-01-01, to: 2026-12-31, expires_on: 2026-12-31 }]
                """) == "1:40: no period is named 'yera'; did you mean 'year'?")
    }

    @Test func `members are found by their card only`() {
        #expect(
            errors("match: [card_code, email_hash, name]\n") == """
                1:20: 'email_hash' for 'match' is not in this version
                1:32: 'match' needs card_code, not 'name'
                """)
        #expect(errors("match: []\n") == "1:8: 'match' needs card_code")
    }

    @Test func `what can't do what it says is a warning`() throws {
        #expect(
            try warnings(
                """
                accounts:
                  spend: { ratio: 0, hold_days: 40, expiry: { after: 1 month } }
                  status: { expiry: { after: 0 days } }
                tiers: [{ name: gold, multiplier: 0 }]
                """) == [
                    "2:19: 'ratio' is 0: nothing is earned by it",
                    "2:33: points expire before the hold of 40 days ends: none can be spent",
                    "3:30: 'after' is 0: points are good on the day they are earned only; "
                        + "never is no limit",
                    "4:35: 'multiplier' is 0: nothing is earned by it",
                ])
        #expect(
            try warnings(
                """
                accounts:
                  spend: { max: 0, hold_days: 400, expiry: { fixed: 12-31 } }
                  status: { refund_expired: { grace: 0 days }, hold_days: 91, expiry: { period: P } }
                periods:
                  - { id: P, from: 2026-01-01, to: 2026-01-31, expires_on: 2026-03-31 }
                  - { id: P, from: 2026-02-03, to: 2026-02-28, expires_on: 2026-03-31 }
                """) == [
                    "6:5: the period 'P' leaves out 2026-02-01 to 2026-02-02: "
                        + "points earned then never expire",
                    "2:17: 'max' is 0: no point is kept; none is no limit",
                    "2:31: points expire before the hold of 400 days ends: none can be spent",
                    "3:29: 'grace' is 0: what is given back is good on that day only",
                    "3:59: points expire before the hold of 91 days ends: none can be spent",
                ])
        for keys in [
            "hold_days: 400, expiry: { after: 1 year, count_from: active }",
            "hold_days: 40, expiry: { after: 1 month, end_of: quarter }",
            "hold_days: 366, expiry: { fixed: 12-31 }",
        ] {
            #expect(try warnings("accounts: { spend: { \(keys) } }\n") == [], "\(keys)")
        }
        #expect(
            try warnings(
                "accounts: { spend: { hold_days: 28, expiry: { after: 1 month } } }\n") == [])
    }
}
