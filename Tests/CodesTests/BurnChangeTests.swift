import Loyalty
import Testing

@testable import Codes

/// Burns that are taken back or corrected.
@Suite struct BurnChangeTests {
    private let nights: BurnNights

    init() throws {
        nights = try BurnNights()
        try nights.codes([
            "K1 r25 state assigned card C1", "K2 r25", "K4 free until 2024-03-16", "K5 free",
        ])
    }

    // MARK: Reversals

    @Test func `D-49 a burn that is reversed leaves the code to who had it`() throws {
        try nights.night([["B1 K1 18:22 card C1 order T5 amount 60.00"]])
        let next = try nights.night([["R1 K1 10:00 order T5 reverse"]])
        #expect(next.outcomes == ["B1 reversed", "R1 reversed"])
        #expect(next.verdicts == ["accepted 1"])
        #expect(try nights.state(of: "K1") == "assigned C1 - -")
        let again = try nights.night([["B2 K1 12:00 card C1 order T6 amount 60.00"]])
        #expect(again.outcomes == ["B2 burned"])
        #expect(again.exceptions.isEmpty)
    }

    @Test func `D-49 the number of the burn itself may take it back`() throws {
        let night = try nights.night([["B1 K5 18:22 order T5", "B1 K5 18:30 order T9 reverse"]])
        #expect(night.outcomes == ["B1 reversed", "B1 reversed"])
        #expect(try nights.state(of: "K5") == "assigned - - -")
    }

    @Test
    func `D-49 what was a second use on the receipt counts once the first is reversed before it`()
        throws
    {
        try nights.codes(["K8 free state assigned card C1"])
        let first = try nights.night([
            [
                "B1 K8 at 2024-03-14T10:00 order T4 card C1",
                "B2 K8 at 2024-03-14T12:00 order T4 card C1",
            ]
        ])
        #expect(first.outcomes == ["B1 burned"])
        let next = try nights.night([["B1 K8 at 2024-03-14T11:00 order T4 reverse"]])
        #expect(next.outcomes.contains("B2 burned"))
        #expect(try nights.state(of: "K8") == "burned C1 pos B2")
    }

    @Test func `D-49 a burn that is reversed after the last good day leaves the code expired`()
        throws
    {
        try nights.night([["B1 K4 18:22 order T5"]])
        try nights.nights(3)
        let night = try nights.night([["R1 K4 10:00 order T5 reverse"]])
        #expect(night.outcomes == ["B1 reversed", "R1 reversed"])
        #expect(try nights.state(of: "K4") == "expired - - -")
    }

    @Test func `a reversal waits for its burn, whichever comes first`() throws {
        let first = try nights.night([["R1 K1 18:30 order T5 reverse"]])
        #expect(first.outcomes == ["R1 unknown_burn"])
        #expect(first.verdicts == ["parked 1"])
        let next = try nights.night([["B1 K1 at 2024-03-14T18:22 card C1 order T5"]])
        #expect(next.outcomes == ["B1 reversed", "R1 reversed"])
        #expect(try nights.state(of: "K1") == "assigned C1 - -")
    }

    @Test func `a reversal whose burn never comes ends as an exception`() throws {
        nights.parkDays = 1
        try nights.night([["R1 K1 18:30 order T5 reverse"]])
        let next = try nights.night()
        #expect(next.outcomes == ["R1 given_up"])
        #expect(next.exceptions == ["given_up R1 25.00 on T5"])
    }

    @Test func `another receipt's reversal takes nothing back`() throws {
        try nights.night([["B1 K1 18:22 card C1 order T5 amount 60.00"]])
        #expect(
            try nights.night([["R1 K1 10:00 order T6 reverse", "R2 K1 10:00 system ecom reverse"]])
                .outcomes == ["R1 unknown_burn", "R2 unknown_burn"])
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
    }

    @Test func `when the burn that stood is reversed the next one stands and is no loss`() throws {
        try nights.night([
            ["B1 K1 18:22 card C1 order T5 amount 60.00"],
            ["B2 K1 18:40 system ecom card C1 order T6 amount 60.00"],
        ])
        let next = try nights.night([["R1 K1 10:00 order T5 reverse"]])
        #expect(next.outcomes == ["B1 reversed", "B2 burned", "R1 reversed"])
        #expect(next.exceptions.isEmpty)
        #expect(try nights.state(of: "K1") == "burned C1 ecom B2")
    }

    @Test func `a loss that is reversed is no loss and the burn that stands stays`() throws {
        let night = try nights.night([
            [
                "B1 K1 18:22 card C1 order T5 amount 60.00",
                "B2 K1 18:40 card C1 order T6 amount 60.00", "R1 K1 18:45 order T6 reverse",
            ]
        ])
        #expect(night.outcomes == ["B1 burned", "B2 reversed", "R1 reversed"])
        #expect(night.exceptions.isEmpty)
        #expect(night.verdicts == ["accepted 3"])
        #expect(try nights.state(of: "K1") == "burned C1 pos B1")
    }

    // MARK: Corrections

    @Test func `a burn that comes with another code is undone there and done here`() throws {
        try nights.night([["B1 K1 18:22 card C1 order T5 amount 60.00"]])
        let next = try nights.night([["B1 K5 at 2024-03-14T18:22 card C1 order T5"]])
        #expect(next.verdicts == ["correction 1"])
        #expect(next.outcomes == ["B1 burned"])
        #expect(try nights.state(of: "K1") == "assigned C1 - -")
        #expect(try nights.state(of: "K5") == "burned C1 pos B1")
    }

    @Test func `a correction of a local assignment takes the code and the points back`() throws {
        nights.terms.burns.localAssignment = .charge
        let first = try nights.night([["B1 K2 18:22 card C2 amount 60.00"]])
        #expect(first.points == ["charge B1 100 of C2"])
        let next = try nights.night([["B1 K2 at 2024-03-14T18:22 card C3 amount 60.00"]])
        #expect(next.points == ["charge B1 80 of C3", "chargeBack B1 100 of C2"])
        #expect(try nights.state(of: "K2") == "burned C3 pos B1")
        let last = try nights.night([["B1 K2 at 2024-03-14T18:22 card C3 amount 61.00"]])
        #expect(last.points.isEmpty)
        let none = try nights.night([["B1 K5 at 2024-03-14T18:22"]])
        #expect(none.points == ["chargeBack B1 80 of C3"])
        #expect(try nights.state(of: "K2") == "available - - -")
    }

    @Test func `a correction to an earlier time takes over, one to a later time gives way`() throws
    {
        try nights.night([
            ["B1 K1 18:22 card C1 order T5 amount 60.00"],
            ["B2 K1 18:40 system ecom card C1 order T6 amount 60.00"],
        ])
        let next = try nights.night([
            ["B1 K1 at 2024-03-14T19:00 card C1 order T5 amount 60.00"]
        ])
        #expect(next.outcomes == ["B1 double_burn", "B2 burned"])
        #expect(next.exceptions == ["double_burn B1 25.00 on T5"])
        #expect(try nights.state(of: "K1") == "burned C1 ecom B2")
    }

    @Test func `a loss that comes with another code is none of the first any more`() throws {
        try nights.night([
            [
                "B1 K1 18:22 card C1 order T5 amount 60.00",
                "B2 K1 18:40 card C1 order T6 amount 60.00",
            ]
        ])
        let next = try nights.night([
            ["B2 K5 at 2024-03-14T18:40 card C1 order T6", "R1 K1 10:00 order T5 reverse"]
        ])
        #expect(next.outcomes == ["B1 reversed", "B2 burned", "R1 reversed"])
        #expect(try nights.state(of: "K1") == "assigned C1 - -")
        #expect(try nights.state(of: "K5") == "burned C1 pos B2")
    }

    @Test func `a job may refuse corrections or take them for duplicates`() throws {
        try nights.night([["B1 K5 18:22"]])
        nights.onChange = .reject
        let second = try nights.night([["B1 K1 18:22"]])
        #expect(second.refusals == ["1 conflict record_changed"])
        nights.onChange = .duplicate
        #expect(try nights.night([["B1 K1 18:22"]]).verdicts == ["duplicate 1"])
        #expect(try nights.state(of: "K5") == "burned - pos B1")
    }

    @Test func `a burn that waits is corrected without having been`() throws {
        try nights.night([["B1 N1 18:22"]])
        let next = try nights.night([["B1 K5 at 2024-03-14T18:22"]])
        #expect(next.verdicts == ["correction 1"])
        #expect(next.outcomes == ["B1 burned"])
    }

    // MARK: The least purchase

    @Test func `D-51 a burn below the least purchase is burned and said so`() throws {
        let night = try nights.night([["B1 K1 18:22 card C1 amount 49.99"]])
        #expect(night.outcomes == ["B1 burned"])
        #expect(night.exceptions == ["below_minimum B1 25.00"])
    }

    @Test func `D-51 the order says it where the burn doesn't, if it came before`() throws {
        try nights.order("T5", net: 3200)
        let night = try nights.night([["B1 K1 18:22 card C1 order T5"]])
        #expect(night.exceptions == ["below_minimum B1 25.00 on T5"])
    }

    @Test func `D-51 the order says it where it comes after, once`() throws {
        let first = try nights.night([["B1 K1 18:22 card C1 order T5", "B2 K2 18:22 order T6"]])
        #expect(first.exceptions.isEmpty)
        try nights.order("T5", system: "ecom", net: 3200)
        #expect(try nights.night().exceptions.isEmpty)
        try nights.order("T5", net: 3200)
        try nights.order("T6", net: 5000)
        #expect(try nights.night().exceptions == ["below_minimum B1 25.00 on T5"])
        #expect(try nights.night().exceptions.isEmpty)
    }
}
