import Loyalty
import Testing

@testable import Codes

/// What becomes of burns, in one night and over several.
@Suite struct BurnBookTests {
    private let nights: BurnNights

    init() throws {
        nights = try BurnNights()
        try nights.codes([
            "K1 r25 state assigned card C1", "K2 r25",
            "K3 free state assigned card C1 until 2024-03-20 from 2024-03-10",
            "K4 free until 2024-03-31", "T1 till", "V1 free state voided",
            "X1 free state expired until 2024-03-31", "B1 free state burned",
        ])
    }

    @Test func `D-31 a burn that is sent again changes nothing, in the same night or a later one`()
        throws
    {
        let line = "B1 K1 18:22 card C1 store PAR01 order T5 amount 60.00"
        let first = try nights.night([[line], [line]])
        #expect(first.outcomes == ["B1 burned"])
        #expect(first.verdicts == ["accepted 1", "duplicate 1"])
        let again = try nights.night([["\(line) at 2024-03-14T18:22"]])
        #expect(again.verdicts == ["duplicate 1"])
        #expect(again.outcomes.isEmpty && again.exceptions.isEmpty)
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
        #expect(try nights.history(of: "K1") == ["assigned > burned by burn"])
    }

    @Test func `D-31 the same receipt under another number is a duplicate that no report lists`()
        throws
    {
        let night = try nights.night([
            ["B1 K4 18:22 order T5", "B2 K4 18:23 order T5", "B3 K4 18:24 order T5 system ecom"]
        ])
        #expect(night.outcomes == ["B1 burned", "B3 double_burn"])
        #expect(night.verdicts == ["accepted 1", "duplicate 1", "conflict 1"])
    }

    @Test func `a burn without a number is known by system, code, time and order`() throws {
        let line = "- K4 18:22 order T5 at 2024-03-14T18:22"
        let first = try nights.night([[line]])
        // A UUID of 36 characters: no report shows the code by it.
        #expect(first.outcomes.count == 1 && first.outcomes[0].count == 36 + " burned".count)
        #expect(!first.outcomes[0].contains("K4"))
        #expect(try nights.night([[line]]).verdicts == ["duplicate 1"])
    }

    @Test
    func `D-32 the earliest of two burns stands and the other is a loss with store and receipt`()
        throws
    {
        let night = try nights.night([
            ["B2 K1 18:40 system ecom card C1 store WEB order T6 amount 70.00"],
            ["B1 K1 18:22 card C1 store PAR01 order T5 amount 60.00"],
        ])
        #expect(night.outcomes == ["B1 burned", "B2 double_burn"])
        #expect(night.exceptions == ["double_burn B2 25.00 at WEB on T6"])
        #expect(night.refusals == ["1 conflict double_burn"])
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
    }

    @Test func `D-32 burns of one second go by their number, then by their system`() throws {
        let night = try nights.night([
            ["B2 K4 18:22 order T1", "B1 K4 18:22 system ecom order T2", "B1 K4 18:22 order T3"]
        ])
        #expect(night.outcomes == ["B1 burned", "B1 double_burn", "B2 double_burn"])
        #expect(try nights.state(of: "K4") == "burned - ecom B1")
    }

    @Test func `D-32 a report that comes later and burned earlier takes over, and the loss moves`()
        throws
    {
        try nights.night([["B2 K1 18:40 system ecom card C1 store WEB order T6 discount 20.00"]])
        let next = try nights.night([
            ["B1 K1 at 2024-03-14T18:22 card C1 store PAR01 order T5 amount 60.00"]
        ])
        #expect(next.outcomes == ["B1 burned", "B2 double_burn"])
        #expect(next.exceptions == ["double_burn B2 20.00 at WEB on T6"])
        #expect(next.verdicts == ["accepted 1"])
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
    }

    @Test func `D-32 nothing comes before a code that was burned before it came here`() throws {
        let night = try nights.night([["B1 B1 18:22 discount 5.00 store S1"]])
        #expect(night.outcomes == ["B1 double_burn"])
        #expect(night.exceptions == ["double_burn B1 5.00 at S1"])
        #expect(try nights.state(of: "B1") == "burned - - -")
    }

    @Test func `D-34 a burn in time of a code that expired meanwhile undoes the expiry`() throws {
        try nights.nights(7)
        #expect(try nights.state(of: "K3") == "expired C1 - -")
        let night = try nights.night([["B1 K3 at 2024-03-20T22:00 card C1"]])
        #expect(night.outcomes == ["B1 burned"])
        #expect(night.exceptions == ["late_report B1 10.00"])
        #expect(try nights.state(of: "K3") == "burned C1 pos B1")
        #expect(
            try nights.history(of: "K3") == [
                "assigned > expired by expired", "expired > burned by burn",
            ])
    }

    @Test func `D-34 a burn after the last good day is burned and said so`() throws {
        try nights.nights(7)
        let night = try nights.night([["B1 K3 at 2024-03-21T08:00 card C1"]])
        #expect(night.outcomes == ["B1 burned"])
        #expect(night.exceptions == ["burned_after_expiry B1 10.00"])
    }

    @Test func `D-34 a burn after the last good day changes nothing where the program refuses it`()
        throws
    {
        nights.terms.burns.afterExpiry = .refuse
        try nights.nights(7)
        let night = try nights.night([["B1 K3 at 2024-03-21T08:00 card C1"]])
        #expect(night.outcomes == ["B1 refused_after_expiry"])
        #expect(night.exceptions == ["refused_burn B1 10.00: already_expired"])
        #expect(night.refusals == ["1 conflict already_expired"])
        #expect(try nights.state(of: "K3") == "expired C1 - -")
    }

    @Test func `D-34 a code that its file says is expired is so whatever its day`() throws {
        let night = try nights.night([["B1 X1 18:22"]])
        #expect(night.exceptions == ["burned_after_expiry B1 10.00"])
    }

    @Test func `D-35 a burn of an unknown code waits, and counts when its code comes`() throws {
        let first = try nights.night([["B1 N1 18:22 card C1"]])
        #expect(first.outcomes == ["B1 unknown_code"])
        #expect(first.verdicts == ["parked 1"])
        #expect(try nights.night().outcomes.isEmpty)
        try nights.codes(["N1 free state assigned card C1"])
        let third = try nights.night()
        #expect(third.outcomes == ["B1 burned"])
        #expect(third.verdicts.isEmpty)
        #expect(try nights.state(of: "N1") == "burned C1 pos B1")
    }

    @Test func `D-35 a burn whose code never comes ends as an exception with what was near`() throws
    {
        nights.parkDays = 2
        try nights.codes(["SAVE10 free", "0007 free", "4006380123456 free"])
        let first = try nights.night([
            ["B1 save1O 18:22 discount 4.00", "B2 7 18:22", "B3 4.00638E+12 18:22"]
        ])
        #expect(
            first.outcomes == [
                "B1 unknown_code: in capitals, with 0 for O",
                "B2 unknown_code: with 3 more zeros in front",
                "B3 unknown_code: as a number that a spreadsheet shortened",
            ])
        #expect(try nights.night().exceptions.isEmpty)
        let last = try nights.night()
        #expect(
            last.exceptions == [
                "unknown_code B1 4.00: in capitals, with 0 for O",
                "unknown_code B2: with 3 more zeros in front",
                "unknown_code B3: as a number that a spreadsheet shortened",
            ])
        #expect(last.outcomes.allSatisfy { $0.contains("given_up") })
        #expect(try nights.night().exceptions.isEmpty)
    }

    @Test func `D-36 a card that burns a code nobody has gets it, and nobody is charged`() throws {
        let night = try nights.night([["B1 K2 18:22 card C2 amount 60.00"]])
        #expect(night.exceptions == ["local_assignment B1 25.00"])
        #expect(night.points.isEmpty)
        #expect(try nights.state(of: "K2") == "burned C2 pos B1")
        #expect(try nights.history(of: "K2") == ["available > burned by local_assignment"])
    }

    @Test func `D-36 a burn without a card of a code nobody has is burned without a word`() throws {
        let night = try nights.night([["B1 K4 18:22"]])
        #expect(night.exceptions.isEmpty)
        #expect(try nights.state(of: "K4") == "burned - pos B1")
    }

    @Test func `a local assignment is charged by the member's tier where the program says so`()
        throws
    {
        nights.terms.burns.localAssignment = .charge
        try nights.codes(["K5 r25", "K6 r25", "K7 r25"])
        let night = try nights.night([
            [
                "B1 K2 18:22 card C2 amount 60.00", "B2 K5 18:22 card C3 amount 60.00",
                "B3 K6 18:22 card C404 amount 60.00", "B4 K4 18:22 card C1",
                "B5 K7 18:22 card C5 amount 60.00", "B6 K1 18:22 card C1 amount 60.00",
            ]
        ])
        #expect(night.points == ["charge B1 100 of C2", "charge B2 80 of C3"])
        #expect(night.exceptions.contains("local_assignment B1 25.00 for 100"))
        #expect(night.exceptions.contains("local_assignment B3 25.00"))
    }

    @Test func `a local burn that is told after its code expired is charged like one told in time`()
        throws
    {
        nights.terms.burns.localAssignment = .charge
        try nights.codes(["K5 r25 until 2024-03-20"])
        try nights.nights(7)
        #expect(try nights.state(of: "K5") == "expired - - -")
        let night = try nights.night([["B1 K5 at 2024-03-20T22:00 card C2 amount 60.00"]])
        #expect(night.points == ["charge B1 100 of C2"])
        #expect(
            night.exceptions == ["late_report B1 25.00", "local_assignment B1 25.00 for 100"])
        #expect(try nights.state(of: "K5") == "burned C2 pos B1")
    }

    @Test func `D-37 a burn with another member's card is burned and said so`() throws {
        let night = try nights.night([["B1 K1 18:22 card C2 amount 60.00"]])
        #expect(night.outcomes == ["B1 burned"])
        #expect(night.exceptions == ["foreign_card B1 25.00"])
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
    }

    @Test func `D-37 a second card of the member is none of another's`() throws {
        #expect(try nights.night([["B1 K1 18:22 card C1b amount 60.00"]]).exceptions.isEmpty)
    }

    @Test func `D-37 a foreign card changes nothing where the program refuses it`() throws {
        nights.terms.burns.foreignCard = .refuse
        let night = try nights.night([["B1 K1 18:22 card C2"]])
        #expect(night.outcomes == ["B1 refused_foreign_card"])
        #expect(night.exceptions == ["refused_burn B1 25.00: foreign_card"])
        #expect(try nights.state(of: "K1") == "assigned C1 - -")
    }

    @Test func `D-38 a burn before the first good day is burned and said so`() throws {
        let night = try nights.night([["B1 K3 at 2024-03-09T10:00 card C1"]])
        #expect(night.exceptions == ["before_valid B1 10.00"])
        #expect(try nights.state(of: "K3") == "burned C1 pos B1")
    }

    @Test func `a burn elsewhere than in the reward's channels is burned and said so`() throws {
        let night = try nights.night([["B1 T1 18:22 system ecom"]])
        #expect(night.exceptions == ["wrong_channel B1 10.00"])
    }

    @Test func `a burn of a voided code is a conflict, and never dropped`() throws {
        let night = try nights.night([["B1 V1 18:22 store S1 discount 3.00"]])
        #expect(night.outcomes == ["B1 voided"])
        #expect(night.exceptions == ["burn_of_voided B1 3.00 at S1"])
        #expect(night.refusals == ["1 conflict code_voided"])
    }

    @Test func `a burn dated after the night waits for its day`() throws {
        let first = try nights.night([["B1 K4 at 2024-03-16T10:00"]])
        #expect(first.outcomes == ["B1 later_day"])
        #expect(first.verdicts == ["parked 1"])
        #expect(try nights.night().outcomes.isEmpty)
        #expect(try nights.night().outcomes == ["B1 burned"])
    }

    @Test func `a code is looked for with the system, then with those it mirrors, then anywhere`()
        throws
    {
        try nights.codes(["S1 free", "S1 web", "S2 r25", "S2 web", "S3 free", "S3 web"])
        let night = try nights.night([
            [
                "B1 S1 18:22 system ecom", "B2 S1 18:22", "B3 S2 18:23 system pos amount 60.00",
                "B4 S3 18:22 system kiosk", "B5 K4 18:22 system kiosk",
            ]
        ])
        #expect(
            night.outcomes == [
                "B1 burned", "B2 burned", "B3 burned", "B4 unknown_code", "B5 burned",
            ])
    }
}
