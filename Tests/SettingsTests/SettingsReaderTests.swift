import Settings
import Testing

/// Typed reading, and the sentence for each way to get it wrong.
@Suite struct SettingsReaderTests {
    private enum Policy: String, CaseIterable {
        case onlyPending = "only_pending"
        case withinBalance = "within_balance"
        case debit
    }

    /// Reads a text with the keys given and returns the errors, one a line.
    private func errors(
        _ text: String, _ keys: SettingsKeys, read: (SettingsMap) -> Void = { _ in }
    ) -> String {
        do {
            let reader = try SettingsReader(SettingsSource(name: "program.yaml", text: text))
            read(try reader.file(keys))
            try reader.finish()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    /// Reads one value and returns what stands wrong about it.
    private func errors<Value>(
        of value: String, read: (SettingsMap) -> Value?
    ) -> String {
        errors("version: 1\nkey: \(value)\n", SettingsKeys(["key"])) { _ = read($0) }
    }

    private func value<Value>(of text: String, read: (SettingsMap) -> Value?) throws -> Value? {
        let source = SettingsSource(name: "program.yaml", text: "version: 1\nkey: \(text)\n")
        let reader = try SettingsReader(source)
        let value = read(try reader.file(SettingsKeys(["key"])))
        try reader.finish()
        return value
    }

    @Test func `an unknown key names the nearest known one`() {
        let keys = SettingsKeys(["ratio", "rounding"], later: ["cashback": []])
        #expect(
            errors("version: 1\nroundng: floor\n", keys)
                == "program.yaml:2:1: unknown key 'roundng'; did you mean 'rounding'?")
        #expect(
            errors("version: 1\nRoudning: floor\n", keys)
                == "program.yaml:2:1: unknown key 'Roudning'; did you mean 'rounding'?")
        #expect(
            errors("version: 1\ncashbak: []\n", keys)
                == "program.yaml:2:1: unknown key 'cashbak'; did you mean 'cashback'?")
        #expect(
            errors("version: 1\ncolour: red\n", keys) == """
                program.yaml:2:1: unknown key 'colour'; the keys here are version, ratio, rounding
                """)
    }

    @Test func `a key of a later version is accepted at its default only`() {
        let keys = SettingsKeys(
            [],
            later: [
                "enrol": "by_file", "earning": [], "expiring": ["30 days", "7 days"],
                "assess": ["upgrade": "nightly", "downgrade": "never"], "entry": .absent,
            ])
        #expect(errors("version: 1\nenrol: by_file\nearning: []\n", keys) == "none")
        #expect(errors("version: 1\nexpiring: [30 days, 7 days]\n", keys) == "none")
        #expect(errors("version: 1\nassess: {downgrade: never}\n", keys) == "none")
        #expect(
            errors(
                """
                version: 1
                enrol: automatic
                earning: [{name: x}]
                expiring: [30 days]
                assess: {downgrade: monthly 1}
                entry: 0
                """, keys) == """
                    program.yaml:2:1: 'enrol' is not in this version
                    program.yaml:3:1: 'earning' is not in this version
                    program.yaml:4:1: 'expiring' is not in this version
                    program.yaml:5:1: 'assess' is not in this version
                    program.yaml:6:1: 'entry' is not in this version
                    """)
    }

    @Test func `the version heads the file`() {
        let keys = SettingsKeys(["a"])
        #expect(errors("a: 1\n", keys) == "program.yaml:1:1: 'version: 1' is needed at the top")
        #expect(
            errors("a: 1\nversion: 2\nb: 1\n", keys) == """
                program.yaml:2:10: version '2' is not known; this program reads version 1
                """)
        #expect(
            errors("- a\n", keys)
                == "program.yaml:1:1: the file must be a map of keys, not a list")
    }

    @Test func `a needed key that is misspelt is told once`() {
        let keys = SettingsKeys(["ratio", "rounding"], needed: ["ratio", "rounding"])
        #expect(
            errors("version: 1\nratoi: 1\n", keys) == """
                program.yaml:1:1: 'rounding' is needed
                program.yaml:2:1: unknown key 'ratoi'; did you mean 'ratio'?
                """)
        // What is there is not what another was meant for.
        #expect(
            errors("version: 1\nratio: 1\nratoi: 1\n", keys) == """
                program.yaml:1:1: 'rounding' is needed
                program.yaml:3:1: unknown key 'ratoi'; did you mean 'ratio'?
                """)
    }

    @Test func `all errors come at once, in the order of the file`() {
        let keys = SettingsKeys(["a", "b", "c"], needed: ["c"])
        let message = errors("version: 1\nb: x\nd: 1\na: y\n", keys) { map in
            _ = map.integer("a", in: 0...9)
            _ = map.boolean("b")
        }
        #expect(
            message == """
                program.yaml:1:1: 'c' is needed
                program.yaml:2:4: 'b' needs true or false, not 'x'
                program.yaml:3:1: unknown key 'd'; did you mean 'a'?
                program.yaml:4:4: 'a' needs a whole number from 0 to 9, not 'y'
                """)
    }

    @Test func `a whole number keeps within its bounds`() throws {
        #expect(try value(of: "0") { $0.integer("key", in: 0...9) } == 0)
        #expect(try value(of: "\"9\"") { $0.integer("key", in: 0...9) } == 9)
        for text in ["10", "-1", "+1", "1.0", "1e0", "''", "99999999999999999999"] {
            #expect(
                errors(of: text) { $0.integer("key", in: 0...9) }.hasPrefix(
                    "program.yaml:2:6: 'key' needs a whole number from 0 to 9, not '"))
        }
    }

    @Test func `a word is one of its set`() throws {
        #expect(try value(of: "debit") { $0.word("key", Policy.self) } == .debit)
        #expect(
            errors(of: "within_balnce") { $0.word("key", Policy.self) } == """
                program.yaml:2:6: 'key' needs one of only_pending, within_balance, debit, \
                not 'within_balnce'; did you mean 'within_balance'?
                """)
        #expect(
            errors(of: "later_one") { $0.word("key", Policy.self, later: ["later_one"]) }
                == "program.yaml:2:6: 'later_one' for 'key' is not in this version")
    }

    @Test func `a value of another shape is refused`() {
        #expect(
            errors(of: "[a]") { $0.text("key") }
                == "program.yaml:2:6: 'key' needs one value, not a list")
        #expect(
            errors(of: "a") { $0.items("key") }
                == "program.yaml:2:6: 'key' needs a list, not 'a'")
        #expect(
            errors(of: "[a]") { $0.entries("key") }
                == "program.yaml:2:6: 'key' needs a map, not a list")
        #expect(errors(of: "") { $0.text("key") }.hasSuffix("'key' has no value"))
        #expect(errors(of: "") { $0.items("key") }.hasSuffix("'key' has no value"))
        #expect(errors(of: "''") { $0.text("key") } == "program.yaml:2:6: 'key' is empty")
        #expect(errors(of: "''") { $0.textOrEmpty("key") } == "none")
    }

    @Test func `durations take every unit, singular too`() throws {
        let read: (SettingsMap) -> SettingsDuration? = { $0.duration("key") }
        #expect(try value(of: "60 seconds", read: read) == SettingsDuration(60, .seconds))
        #expect(try value(of: "1 day", read: read) == SettingsDuration(1, .days))
        #expect(try value(of: "1 years", read: read) == SettingsDuration(1, .years))
        #expect(try value(of: "0", read: read)?.seconds == 0)
        #expect(try value(of: "0 months", read: read)?.days == 0)
        #expect(try value(of: "2 weeks", read: read)?.days == 14)
        #expect(try value(of: "6 hours", read: read)?.seconds == 21_600)
        #expect(try value(of: "6 hours", read: read)?.days == nil)
        #expect(try value(of: "1 month", read: read)?.seconds == nil)
        for text in ["30", "30days", "2 day", "-1 days", "1.5 days", "1  day", "1 fortnight"] {
            #expect(
                errors(of: text, read: read) == """
                    program.yaml:2:6: 'key' needs a length of time like '30 days' (seconds, \
                    minutes, hours, days, weeks, months, years), not '\(text)'
                    """)
        }
    }

    @Test func `sizes are in binary units`() throws {
        let read: (SettingsMap) -> Int? = { $0.bytes("key") }
        #expect(try value(of: "512 MiB", read: read) == 536_870_912)
        #expect(try value(of: "0 B", read: read) == 0)
        for text in ["512", "512 MB", "512MiB", "9999999999 TiB"] {
            #expect(
                errors(of: text, read: read) == """
                    program.yaml:2:6: 'key' needs a size like '512 MiB' (B, KiB, MiB, GiB, TiB), \
                    not '\(text)'
                    """)
        }
    }

    @Test func `a time zone is one of the IANA database`() throws {
        let read: (SettingsMap) -> String? = { $0.timeZone("key") }
        for zone in ["Europe/Paris", "America/Argentina/Ushuaia", "UTC"] {
            #expect(try value(of: zone, read: read) == zone)
        }
        #expect(
            errors(of: "Europe/Pari", read: read) == """
                program.yaml:2:6: 'key' needs a time zone like 'Europe/Paris', not 'Europe/Pari'; \
                did you mean 'Europe/Paris'?
                """)
        for text in ["CET", "GMT+1", "paris", "europe/paris"] {
            #expect(errors(of: text, read: read).contains("not '\(text)'"))
        }
    }

    @Test func `a parser of the caller's says itself what is wrong`() {
        let message = errors(of: "x") { map in
            map.parse("key") { (_) throws(SettingsProblem) -> Int in
                throw SettingsProblem("never good")
            }
        }
        #expect(message == "program.yaml:2:6: 'key': never good")
    }

    @Test func `of two words as near the first declared wins`() {
        #expect(Nearest.word(to: "ab", among: ["ax", "ay"]) == "ax")
        #expect(Nearest.word(to: "abc", among: ["xyz"]) == nil)
        #expect(Nearest.word(to: "cahsback", among: ["cashback"]) == "cashback")
    }
}
