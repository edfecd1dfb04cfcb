import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Files of codes: what is new comes in, what is known is judged, nothing is replaced.
@Suite struct CodeBookTests {
    private static let origins =
        "SELECT code, file, line, date(added_on * 86400, 'unixepoch') FROM code ORDER BY code"
    private static let counts = """
        SELECT r.name, file, date(night * 86400, 'unixepoch'), available, assigned, burned, expired,
            voided FROM code_count c JOIN reward r ON r.id = c.reward ORDER BY r.name, file, night
        """
    private static let flows = """
        SELECT r.name, date(night * 86400, 'unixepoch'), opening, imported, generated, burned, expired,
            voided, closing FROM code_flow f JOIN reward r ON r.id = f.reward ORDER BY r.name, night
        """

    @Test func `codes come in, each with the file, line and night that it came from`() throws {
        let lists = try CodeLists()
        #expect(try lists.post("2026-02-01", ["K2", "K1 until=2026-12-31"]) == ["2 accepted"])
        #expect(try lists.post("2026-02-02", ["K3 from=2026-03-01"]) == ["1 accepted"])
        #expect(
            try lists.register() == [
                "K1 pos r25 available 2026-12-31", "K2 pos r25 available",
                "K3 pos r25 available",
            ])
        #expect(
            try lists.rows(Self.origins) == [
                "K1|1|2|2026-02-01", "K2|1|1|2026-02-01", "K3|2|1|2026-02-02",
            ])
        #expect(
            try lists.rows("SELECT code, valid_from FROM code WHERE valid_from IS NOT NULL")
                == ["K3|\(try day("2026-03-01").days)"])
    }

    @Test func `imports add: what came before stays as it was`() throws {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["K1 until=2026-12-31"])
        #expect(
            try lists.post("2026-02-02", ["K1 until=2027-12-31 from=2026-06-01", "K2"])
                == ["1 accepted, 1 duplicate"])
        #expect(
            try lists.register() == ["K1 pos r25 available 2026-12-31", "K2 pos r25 available"])
    }

    @Test func `a code that comes twice in a file, or in two, comes in once`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post("2026-02-01", ["K1", "K2", "K1", "K1"], ["K2", "K3"])
                == ["2 accepted, 2 duplicate", "1 accepted, 1 duplicate"])
        #expect(
            try lists.rows(Self.origins) == [
                "K1|1|1|2026-02-01", "K2|1|2|2026-02-01", "K3|2|2|2026-02-01",
            ])
    }

    @Test func `codes differ where their bytes do`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post("2026-02-01", ["k1", "K1", "K1.", "0K1", "É", "E\u{301}"])
                == ["6 accepted"])
    }

    @Test func `a namespace has a code once, another owner may have it too`() throws {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["K1 reward=r25"])
        #expect(
            try lists.post("2026-02-02", ["K1 reward=r10", "K1 reward=web", "K2 reward=r10"])
                == ["2 accepted, 1 conflict, 1: other_reward"])
        #expect(
            try lists.register() == [
                "K1 ecom web available", "K1 pos r25 available", "K2 pos r10 available",
            ])
    }

    @Test func `a burned, expired or voided code does not come again`() throws {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["B state=burned", "E state=expired", "V state=voided"])
        #expect(
            try lists.post("2026-02-02", ["B", "E", "V"]) == [
                "3 rejected, 1: already_burned, 2: already_expired, 3: code_voided"
            ])
    }

    @Test func `a code whose last day is past, or its reward's, is no use to anybody`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post(
                "2026-02-01",
                ["K1 until=2026-01-31", "K2 until=2026-02-01", "K3 reward=ended until=2026-12-31"])
                == ["1 accepted, 2 rejected, 1: already_expired, 3: already_expired"])
    }

    @Test func `a program that runs is taken over as it is`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post(
                "2026-02-01",
                [
                    "A state=available until=2026-01-15",
                    "G state=assigned card=C1 assigned=2026-01-10 until=2026-06-30",
                    "B state=burned card=C1 burned=2026-01-12", "Q state=burned",
                    "E state=expired card=C2 until=2026-01-01", "V state=voided",
                ]) == ["6 accepted"])
        #expect(
            try lists.register() == [
                "A pos r25 available 2026-01-15", "B pos r25 burned C1",
                "E pos r25 expired C2 2026-01-01", "G pos r25 assigned C1 2026-06-30",
                "Q pos r25 burned", "V pos r25 voided",
            ])
        #expect(
            try lists.rows("SELECT code, assigned_at, burned_at FROM code WHERE card = 'C1'") == [
                "B||\(try day("2026-01-12").midnight)", "G|\(try day("2026-01-10").midnight)|",
            ])
        #expect(try lists.rows("SELECT burned_at FROM code WHERE code = 'Q'") == ["0"])
        #expect(try lists.rows(Self.counts) == ["r25|1|2026-02-01|1|1|2|1|1"])
        #expect(try lists.rows(Self.flows) == ["r25|2026-02-01|0|6|0|2|1|1|2"])
        // Once more, under another name: it is as it was.
        #expect(
            try lists.post(
                "2026-02-02",
                [
                    "A state=available", "G state=assigned card=C1", "B state=burned",
                    "E state=expired",
                ]
            ) == ["4 duplicate"])
    }

    @Test func `a list gives a free code to a member; one that another has it doesn't`() throws {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["K1 until=2026-12-31", "K2", "K3"])
        #expect(
            try lists.post(
                "2026-02-02",
                ["K1 state=assigned card=C1 assigned=2026-01-31", "K2 state=assigned"])
                == ["2 accepted"])
        #expect(
            try lists.post(
                "2026-02-03",
                [
                    "K1 state=assigned card=C1", "K1 state=assigned card=C2",
                    "K2 state=assigned card=C2", "K3 state=assigned card=C3 reward=r10",
                ])
                == ["2 duplicate, 2 conflict, 2: double_assignment, 4: other_reward"])
        #expect(
            try lists.register() == [
                "K1 pos r25 assigned C1 2026-12-31", "K2 pos r25 assigned",
                "K3 pos r25 available",
            ])
        #expect(
            try lists.rows(
                """
                SELECT code, before, after, at, s.name, file, line, reason, card FROM code_event e
                JOIN code_system s ON s.id = e.system ORDER BY code
                """) == [
                    "K1|0|1|\(try day("2026-01-31").midnight)|pos|2|1|assigned|C1",
                    "K2|0|1|\(try day("2026-02-02").midnight)|pos|2|2|assigned|",
                ])
        #expect(
            try lists.rows("SELECT kind, code, card FROM code_exception")
                == ["double_assignment|K1|C2"])
    }

    @Test func `what a list says was used, and the register doesn't, is no burn`() throws {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["K1", "K2 state=assigned card=C1", "K3 state=voided"])
        #expect(
            try lists.post(
                "2026-02-02", ["K1 state=burned", "K2 state=expired", "K3 state=burned"])
                == [
                    "1 rejected, 2 conflict, 1: record_changed, 2: record_changed, 3: code_voided"
                ])
        #expect(
            try lists.register() == [
                "K1 pos r25 available", "K2 pos r25 assigned C1", "K3 pos r25 voided",
            ])
    }

    @Test func `delete voids what nobody has and keeps what is in use`() throws {
        let lists = try CodeLists()
        try lists.post(
            "2026-02-01",
            [
                "A", "G state=assigned card=C1", "B state=burned", "E state=expired",
                "V state=voided", "O",
            ])
        #expect(
            try lists.post(
                "2026-02-02",
                [
                    "A state=delete", "G state=delete", "B state=delete", "E state=delete",
                    "V state=delete", "U state=delete", "O state=delete reward=r10",
                ])
                == [
                    "1 accepted, 2 duplicate, 1 rejected, 3 conflict, 2: kept_in_use, 3: kept_in_use, "
                        + "6: unknown_code, 7: other_reward"
                ])
        #expect(
            try lists.register() == [
                "A pos r25 voided", "B pos r25 burned", "E pos r25 expired",
                "G pos r25 assigned C1", "O pos r25 available", "V pos r25 voided",
            ])
        #expect(
            try lists.rows("SELECT code, before, after, file, line, reason FROM code_event")
                == ["A|0|4|2|1|deleted"])
        #expect(
            try lists.rows(Self.flows) == [
                "r25|2026-02-01|0|6|0|1|1|1|3", "r25|2026-02-02|3|0|0|0|0|1|2",
            ])
    }

    @Test func `lines of a code are judged in their order`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post(
                "2026-02-01",
                ["K1", "K2 state=delete", "K3"],
                ["K1 state=delete", "K2", "K3 state=assigned card=C"],
                ["K1", "K3 state=delete"])
                == [
                    "2 accepted, 1 rejected, 2: unknown_code", "3 accepted",
                    "1 rejected, 1 conflict, 1: code_voided, 2: kept_in_use",
                ])
        #expect(
            try lists.register()
                == ["K1 pos r25 voided", "K2 pos r25 available", "K3 pos r25 assigned C"])
    }

    @Test func `a gift code says what it is worth, or its reward does`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post(
                "2026-02-01",
                [
                    "P1 reward=gift", "P2 reward=gift points=80", "P3 reward=bare",
                    "P4 reward=bare points=5",
                ])
                == ["3 accepted, 1 rejected, 3: missing_field"])
        #expect(
            try lists.rows("SELECT code, points FROM code ORDER BY code")
                == ["P1|", "P2|80", "P4|5"])
    }

    @Test func `a badge has no codes, and a reward that nobody defines neither`() throws {
        let lists = try CodeLists()
        #expect(
            try lists.post("2026-02-01", ["K1 reward=badge", "K2 reward=r26"])
                == ["2 rejected, 1: reward_invalid, 2: unknown_reward"])
        #expect(try lists.register() == [])
    }

    @Test func `counts are kept by reward and file, a line for each night that changes them`()
        throws
    {
        let lists = try CodeLists()
        try lists.post("2026-02-01", ["K1", "K2 reward=r10"], ["K3", "K4 state=assigned card=C1"])
        try lists.post("2026-02-01", ["K5"])
        try lists.post("2026-02-03", ["K3 state=delete", "K6"])
        #expect(
            try lists.rows(Self.counts) == [
                "r10|1|2026-02-01|1|0|0|0|0", "r25|1|2026-02-01|1|0|0|0|0",
                "r25|2|2026-02-01|1|1|0|0|0", "r25|2|2026-02-03|0|1|0|0|1",
                "r25|3|2026-02-01|1|0|0|0|0", "r25|4|2026-02-03|1|0|0|0|0",
            ])
        #expect(
            try lists.rows(Self.flows) == [
                "r10|2026-02-01|0|1|0|0|0|0|1", "r25|2026-02-01|0|4|0|0|0|0|4",
                "r25|2026-02-03|4|1|0|0|0|1|4",
            ])
    }
}
