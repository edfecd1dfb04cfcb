import Loyalty
import Testing

@testable import Codes

/// What becomes of uses of gift codes.
@Suite struct GiftBookTests {
    private let nights: BurnNights

    init() throws {
        nights = try BurnNights()
        try nights.codes([
            "G1 gift", "G2 gift points 70", "G3 gift until 2024-03-14", "G4 gift state burned",
            "G5 gift state expired until 2024-03-31", "G6 gift state voided", "K1 free",
        ])
    }

    @Test func `a gift code gives its own points, else its reward's`() throws {
        let night = try nights.night(gifts: [["G1 C1 10:00", "G2 C2 10:00"]])
        #expect(night.points == ["gift G1 50 of C1", "gift G2 70 of C2"])
        #expect(night.verdicts == ["accepted 2"])
        #expect(try nights.state(of: "G1") == "burned C1 gift-codes G1")
    }

    @Test func `of several uses the first by time counts, then by file and line`() throws {
        let night = try nights.night(gifts: [
            ["G1 C1 10:00", "G2 C1 09:00", "G2 C2 09:00"], ["G1 C2 09:59", "G2 C3 09:00"],
        ])
        #expect(night.points == ["gift G1 50 of C2", "gift G2 70 of C1"])
        #expect(
            night.refusals == [
                "1 rejected already_burned", "3 rejected already_burned",
                "2 rejected already_burned",
            ])
    }

    @Test func `a gift code is used once for ever, and the same use again is a duplicate`() throws {
        try nights.night(gifts: [["G1 C1 10:00"]])
        let next = try nights.night(
            gifts: [["G1 C1 at 2024-03-14T10:00", "G1 C1 11:00", "G1 C2 at 2024-03-14T09:00"]])
        #expect(next.points.isEmpty)
        #expect(next.verdicts == ["duplicate 1", "rejected 2"])
    }

    @Test func `what can't be used is rejected with its reason`() throws {
        let night = try nights.night(
            gifts: [
                ["N1 C1 10:00", "G4 C1 10:00", "G5 C1 10:00", "G6 C1 10:00", "K1 C1 10:00"]
            ])
        #expect(
            night.refusals.sorted() == [
                "1 rejected unknown_code", "2 rejected already_burned",
                "3 rejected already_expired", "4 rejected code_voided",
                "5 rejected not_a_gift_code",
            ])
        #expect(try nights.state(of: "K1") == "available - - -")
    }

    @Test func `a gift code is judged by the day of its use`() throws {
        try nights.night()
        #expect(try nights.state(of: "G3") == "expired - - -")
        let late = try nights.night(
            gifts: [["G3 C1 at 2024-03-15T00:00", "G3 C2 at 2024-03-14T23:59"]])
        #expect(late.points == ["gift G3 50 of C2"])
        #expect(late.verdicts == ["accepted 1", "rejected 1"])
    }

    @Test func `D-50 a use by an unknown member waits and doesn't consume the code`() throws {
        let first = try nights.night(gifts: [["G1 C404 10:00"], ["G1 C404 10:00"]])
        #expect(first.verdicts == ["duplicate 1", "parked 1"])
        #expect(try nights.state(of: "G1") == "available - - -")
        try nights.member("C404")
        let next = try nights.night(gifts: [["G1 C404 at 2024-03-14T10:00"]])
        #expect(next.verdicts == ["duplicate 1"])
        #expect(next.points == ["gift G1 50 of C404"])
        #expect(try nights.night().points.isEmpty)
    }

    @Test func `D-50 who waits too long, or finds the code used, is an exception`() throws {
        nights.parkDays = 2
        try nights.night(gifts: [["G1 C404 10:00", "G2 C5 10:00"]])
        let next = try nights.night(gifts: [["G1 C1 11:00"]])
        #expect(next.points == ["gift G1 50 of C1"])
        let last = try nights.night()
        #expect(
            try last.exceptions + nights.night().exceptions == [
                "given_up G1: already_burned", "given_up G2: unknown_member",
            ])
    }

    @Test func `a use dated after the night waits for its day`() throws {
        #expect(
            try nights.night(gifts: [["G1 C1 at 2024-03-15T10:00"]]).verdicts == ["parked 1"])
        #expect(try nights.night().points == ["gift G1 50 of C1"])
    }
}
