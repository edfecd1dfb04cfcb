import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Claims and grants: spec, part 4 'Rewards'.
@Suite struct ClaimBookTests {
    private func reward(_ change: (inout Reward) -> Void = { _ in }) -> Reward {
        ClaimNights.reward(change: change)
    }

    // MARK: Points and code

    @Test func `a claim takes the points and the code together`() throws {
        let nights = try ClaimNights([reward { $0.cost = 100 }])
        try nights.stock("K1")
        nights.purses = ["C1": 150]
        let night = try nights.close(["claim A C1 r25"])
        #expect(night.outcomes == ["A granted K1 100"])
        #expect(night.verdicts == ["accepted"])
        #expect(try nights.register() == ["K1 assigned C1 2026-11-16 never"])
        #expect(nights.purses["C1"] == 50)
    }

    @Test func `a claim that its member can't pay leaves points and code as they were`() throws {
        let nights = try ClaimNights([reward { $0.cost = 100 }])
        try nights.stock("K1")
        nights.purses = ["C1": 99]
        let night = try nights.close(["claim A C1 r25"])
        #expect(night.outcomes == ["A not_enough_points - 0"])
        #expect(night.verdicts == ["accepted"])
        #expect(try nights.register() == ["K1 available - - never"])
        #expect(nights.purses["C1"] == 99)
    }

    @Test func `a code that was not paid goes back for tomorrow's claims, not for tonight's`()
        throws
    {
        let nights = try ClaimNights([reward { $0.cost = 100 }])
        try nights.stock("K1")
        nights.purses = ["C2": 100]
        let first = try nights.close(["claim A C1 r25 at 1", "claim B C2 r25 at 2"])
        #expect(first.outcomes == ["A not_enough_points - 0", "B sold_out - 0"])
        let second = try nights.close(["claim C C2 r25"])
        #expect(second.outcomes == ["C granted K1 100"])
    }

    @Test func `a kill before the commit leaves neither the points nor the code changed`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1")
        #expect(throws: ClaimNights.Killed.self) {
            try nights.close(["claim A C1 r25"], failing: true)
        }
        #expect(try nights.register() == ["K1 available - - never"])
        #expect(try nights.rows("SELECT id FROM claim") == [])
        #expect(try nights.close(["claim A C1 r25"]).outcomes == ["A granted K1 0"])
    }

    @Test func `a tier has its own cost, for a late claim the tier of the claim's date`() throws {
        let priced = reward {
            $0.cost = 120
            $0.costByTier = ["gold": 80]
        }
        let nights = try ClaimNights([priced], members: ["C1 tier gold", "C2"])
        try nights.stock("K1", "K2", "K3")
        nights.purses = ["C1": 500, "C2": 500]
        let night = try nights.close([
            "claim A C1 r25", "claim B C2 r25", "claim L C1 r25 on 2026-11-10",
        ])
        #expect(night.outcomes == ["A granted K2 80", "B granted K3 120", "L granted K1 120"])
    }

    @Test func `a badge has no codes and is granted without one`() throws {
        let nights = try ClaimNights([Reward(id: "b", name: "b", kind: .badge)])
        #expect(try nights.close(["grant A C1 b"]).outcomes == ["A granted - 0"])
    }

    // MARK: Which code

    @Test func `codes are handed out soonest expiry first, then in order of import`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock(
            "LATE until 2027-12-31", "NEVER", "B until 2026-12-31", "A until 2026-12-31")
        let night = try nights.close([
            "claim 1 C1 r25 at 4", "claim 2 C2 r25 at 3", "claim 3 C3 r25 at 2",
            "claim 4 C1 r25 at 1",
        ])
        #expect(
            night.outcomes == [
                "1 granted NEVER 0", "2 granted LATE 0", "3 granted A 0", "4 granted B 0",
            ])
    }

    @Test func `of two claims at one moment the one with the lower id comes first`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1")
        let night = try nights.close(["claim B C2 r25", "claim A C1 r25"])
        #expect(night.outcomes == ["A granted K1 0", "B sold_out - 0"])
    }

    @Test func `a code's last good day is the day itself, and it is handed out on it`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("GONE until 2026-11-15", "TODAY until 2026-11-16")
        let night = try nights.close(["claim A C1 r25", "claim B C2 r25"])
        #expect(night.outcomes == ["A granted TODAY 0", "B sold_out - 0"])
    }

    @Test func `a code must still be good on the first day after the hold`() throws {
        let nights = try ClaimNights([reward { $0.holdDays = 3 }])
        try nights.stock("SHORT until 2026-11-18", "K1 until 2026-11-19")
        let night = try nights.close(["claim A C1 r25", "claim B C2 r25"])
        #expect(night.outcomes == ["A granted K1 0", "B sold_out - 0"])
        #expect(
            try nights.register() == [
                "K1 assigned C1 2026-11-19 2026-11-19", "SHORT available - - 2026-11-18",
            ])
    }

    @Test func `a code is good through the earliest of its own day, its reward's and its grant's`()
        throws
    {
        let granted = reward { $0.validity = .after(.days(10)) }
        let windowed = ClaimNights.reward("w") {
            $0.validity = .window(from: nil, to: ClaimNights.date("2026-11-20"))
        }
        let nights = try ClaimNights([granted, windowed])
        try nights.stock("A1 until 2026-11-18", "A2 until 2027-11-18", "W1 of w until 2027-11-18")
        try nights.close(["claim A C1 r25 at 1", "claim B C2 r25 at 2", "claim C C3 w"])
        #expect(
            try nights.register() == [
                "A1 assigned C1 2026-11-16 2026-11-18", "A2 assigned C2 2026-11-16 2026-11-26",
                "W1 assigned C3 2026-11-16 2026-11-20",
            ])
    }

    @Test func `more codes than are read at once are handed out one by one`() throws {
        let nights = try ClaimNights([reward()])
        for number in 1000..<1600 { try nights.stock("K\(number)") }
        let night = try nights.close((1000..<1601).map { "claim \($0) C1 r25" })
        #expect(night.outcomes.dropLast() == (1000..<1600).map { "\($0) granted K\($0) 0" }[...])
        #expect(night.outcomes.last == "1600 sold_out - 0")
    }

    @Test
    func `a code that is made when granted is never sold out, and what nobody paid is used again`()
        throws
    {
        let nights = try ClaimNights([
            reward {
                $0.renewal = .atGrant
                $0.cost = 10
                $0.owner = Reward.program
            }
        ])
        nights.purses = ["C1": 10, "C3": 10]
        let first = try nights.close(["claim A C1 r25 at 1", "claim B C2 r25 at 2"])
        #expect(
            first.outcomes.map { $0.split(separator: " ")[1] } == ["granted", "not_enough_points"])
        #expect(
            try nights.rows("SELECT count(DISTINCT code) || ' ' || min(file) FROM code") == ["2 0"])
        let second = try nights.close(["claim C C3 r25"])
        #expect(second.outcomes.map { $0.split(separator: " ")[1] } == ["granted"])
        #expect(try nights.rows("SELECT state FROM code ORDER BY 1") == ["1", "1"])
        #expect(try nights.rows("SELECT sum(generated) FROM code_flow") == ["2"])
    }

    // MARK: Refusals

    @Test(arguments: [Reward.Status.draft, .inactive])
    func `a reward that is not active is refused`(status: Reward.Status) throws {
        let nights = try ClaimNights([reward { $0.status = status }])
        try nights.stock("K1")
        let night = try nights.close(["claim A C1 r25", "grant B C1 r25"])
        #expect(night.outcomes == ["A not_active - 0", "B not_active - 0"])
    }

    @Test func `a reward can be had on the first and the last day of its window`() throws {
        let windowed = reward {
            $0.validity = .window(
                from: ClaimNights.date("2026-11-16"), to: ClaimNights.date("2026-11-18"))
        }
        let nights = try ClaimNights([windowed])
        try nights.stock("K1", "K2")
        #expect(
            try nights.close(["claim A C1 r25 on 2026-11-15", "claim B C1 r25"]).outcomes
                == ["A not_active - 0", "B granted K1 0"])
        try nights.close()
        #expect(try nights.close(["claim C C1 r25"]).outcomes == ["C granted K2 0"])
        #expect(
            try nights.close(["claim D C1 r25 on 2026-11-18"]).outcomes == ["D not_active - 0"])
    }

    @Test func `a reward for some tiers is refused to others, and granted to anybody`() throws {
        let nights = try ClaimNights(
            [reward { $0.tiers = ["gold"] }], members: ["C1", "C2 tier gold"])
        try nights.stock("K1", "K2")
        let night = try nights.close(["claim A C1 r25", "claim B C2 r25", "grant C C1 r25"])
        #expect(night.outcomes == ["A not_eligible - 0", "B granted K1 0", "C granted K2 0"])
    }

    @Test func `a reward for a segment is refused to others`() throws {
        let nights = try ClaimNights(
            [reward { $0.segments = ["staff", "vip"] }], members: ["C1", "C2 segment vip"])
        try nights.stock("K1", "K2")
        let night = try nights.close(["claim A C1 r25", "claim B C2 r25"])
        #expect(night.outcomes == ["A not_eligible - 0", "B granted K1 0"])
    }

    @Test func `a blocked member gets nothing`() throws {
        let nights = try ClaimNights([reward()], members: ["C1 status blocked"])
        try nights.stock("K1")
        let night = try nights.close(["claim A C1 r25", "grant B C1 r25"])
        #expect(night.outcomes == ["A not_eligible - 0", "B not_eligible - 0"])
    }

    @Test func `a member's limit counts what he was granted on any night`() throws {
        let nights = try ClaimNights([reward { $0.memberLimit = 2 }])
        try nights.stock("K1", "K2", "K3", "K4")
        #expect(
            try nights.close(["claim A C1 r25", "grant B C1 r25", "claim C C1 r25"]).outcomes
                == ["A granted K1 0", "B granted K2 0", "C limit_reached - 0"])
        #expect(
            try nights.close(["claim D C1 r25", "grant E C1 r25", "claim F C2 r25"]).outcomes
                == ["D limit_reached - 0", "E granted K3 0", "F granted K4 0"])
    }

    @Test func `the limit in total counts what all were granted on any night`() throws {
        let nights = try ClaimNights([reward { $0.totalLimit = 2 }])
        try nights.stock("K1", "K2", "K3")
        #expect(try nights.close(["claim A C1 r25"]).outcomes == ["A granted K1 0"])
        #expect(
            try nights.close(["claim B C2 r25", "claim C C3 r25"]).outcomes
                == ["B granted K2 0", "C limit_reached - 0"])
    }

    @Test func `available is the smaller of units not yet granted and codes in stock`() throws {
        let nights = try ClaimNights([reward { $0.units = 1 }])
        try nights.stock("K1", "K2")
        let night = try nights.close(["claim A C1 r25", "claim B C2 r25", "grant C C3 r25"])
        #expect(night.outcomes == ["A granted K1 0", "B sold_out - 0", "C sold_out - 0"])
        #expect(night.verdicts == ["accepted", "accepted", "parked"])
    }

    @Test func `with grants that are checked in full, target and limits hold for them too`() throws
    {
        let nights = try ClaimNights(
            [reward { $0.tiers = ["gold"] }, ClaimNights.reward("one") { $0.memberLimit = 1 }])
        nights.terms.grants = .all
        try nights.stock("K1", "K2 of one", "K3 of one")
        let night = try nights.close(["grant A C1 r25", "grant B C1 one", "grant C C1 one"])
        #expect(night.outcomes == ["A not_eligible - 0", "B granted K2 0", "C limit_reached - 0"])
    }

    @Test func `what merged members had counts as one`() throws {
        let nights = try ClaimNights([reward { $0.memberLimit = 1 }])
        try nights.stock("K1", "K2")
        try nights.close(["claim A C1 r25"])
        try nights.store.write { connection in
            // C1 became C2, who became C3.
            try connection.execute(
                """
                INSERT INTO merge (victim, survivor, night) VALUES (1, 2, 20000), (2, 3, 20001);
                UPDATE member SET merged_into = 2 WHERE id = 1;
                UPDATE member SET merged_into = 3 WHERE id = 2;
                UPDATE card SET member = 3
                """)
        }
        #expect(try nights.close(["claim B C1 r25"]).outcomes == ["B limit_reached - 0"])
    }

    @Test func `D-47: a reward that is withdrawn gives nothing more, and what it gave stays good`()
        throws
    {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1 until 2026-12-31", "K2 until 2026-12-31")
        try nights.close(["claim A C1 r25"])
        nights.terms.rewards[0].status = .inactive
        #expect(try nights.close(["claim B C2 r25"]).outcomes == ["B not_active - 0"])
        #expect(
            try nights.register() == [
                "K1 assigned C1 2026-11-16 2026-12-31", "K2 available - - 2026-12-31",
            ])
    }

    // MARK: Waiting

    @Test func `D-43: a grant without a code waits, is retried in its order, then is an exception`()
        throws
    {
        let nights = try ClaimNights([reward()])
        nights.parkDays = 2
        let first = try nights.close(["grant A C1 r25 at 1", "grant B C2 r25 at 2"])
        #expect(first.outcomes == ["A sold_out - 0", "B sold_out - 0"])
        #expect(first.verdicts == ["parked", "parked"])
        try nights.stock("K1")
        let second = try nights.close(["claim C C3 r25"])
        #expect(second.outcomes == ["A granted K1 0", "C sold_out - 0"])
        let third = try nights.close()
        #expect(third.outcomes == ["B given_up - 0"])
        #expect(third.exceptions == ["sold_out B - C2"])
        try nights.stock("K2")
        #expect(try nights.close().outcomes == [])
    }

    @Test func `a claim of an unknown card waits for its member`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1")
        let first = try nights.close(["claim A C9 r25"])
        #expect(first.outcomes == ["A unknown_member - 0"])
        #expect(first.verdicts == ["parked"])
        #expect(try nights.close(["claim A C9 r25 on 2026-11-16"]).verdicts == ["duplicate"])
        try nights.add("C9")
        #expect(try nights.close().outcomes == ["A granted K1 0"])
    }

    @Test func `a claim whose member never came is given up, and a person should know`() throws {
        let nights = try ClaimNights([reward()])
        nights.parkDays = 1
        try nights.close(["claim A C9 r25"])
        let night = try nights.close()
        #expect(night.outcomes == ["A given_up - 0"])
        #expect(night.exceptions == ["given_up A - C9"])
    }

    @Test func `a claim of a later day waits for it`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1")
        #expect(
            try nights.close(["claim A C1 r25 on 2026-11-18"]).outcomes == ["A later_day - 0"])
        #expect(try nights.close().outcomes == [])
        #expect(try nights.close().outcomes == ["A granted K1 0"])
    }

    // MARK: Once

    @Test func `a claim counts once for ever, whatever became of it`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1")
        let line = "claim A C1 r25 on 2026-11-16"
        let refused = "claim B C2 r25 on 2026-11-16 at 9"
        #expect(
            try nights.close([line, line, refused]).verdicts == [
                "accepted", "duplicate", "accepted",
            ])
        try nights.stock("K2")
        let again = try nights.close([line, refused])
        #expect(again.verdicts == ["duplicate", "duplicate"])
        #expect(again.outcomes == [])
        #expect(try nights.register().last == "K2 available - - never")
    }

    @Test func `a claim that came with other content is a conflict, and what was done stands`()
        throws
    {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1", "K2")
        try nights.close(["claim A C1 r25"])
        let night = try nights.close([
            "claim A C2 r25 on 2026-11-16", "grant A C1 r25 on 2026-11-16",
            "claim A C1 r25 on 2026-11-17", "claim A C1 r25 on 2026-11-16 names K2",
        ])
        #expect(night.verdicts == Array(repeating: "record_changed", count: 4))
        nights.onChange = .duplicate
        #expect(try nights.close(["claim A C2 r25"]).verdicts == ["duplicate"])
    }

    @Test func `a claim of a reward that nobody defined is rejected, and may come again`() throws {
        let nights = try ClaimNights([reward()])
        #expect(try nights.close(["claim A C1 r26"]).verdicts == ["unknown_reward"])
        nights.terms.rewards.append(ClaimNights.reward("r26"))
        try nights.stock("K1 of r26")
        #expect(
            try nights.close(["claim A C1 r26 on 2026-11-16"]).outcomes == ["A granted K1 0"])
    }

    // MARK: Named codes

    @Test func `assign × available: a claim that names a code gets that code`() throws {
        let nights = try ClaimNights([reward { $0.cost = 10 }])
        try nights.stock("K1", "K2")
        nights.purses = ["C1": 10, "C2": 10]
        let night = try nights.close(["claim A C1 r25 at 1", "claim B C2 r25 at 2 names K1"])
        #expect(night.outcomes == ["A granted K2 10", "B granted K1 10"])
    }

    @Test func `assign × assigned: to the same member it changes nothing`() throws {
        let nights = try ClaimNights([reward { $0.cost = 10 }])
        try nights.stock("K1")
        nights.purses = ["C1": 100]
        try nights.close(["claim A C1 r25 names K1"])
        let night = try nights.close(["claim B C1 r25 names K1"])
        #expect(night.outcomes == ["B granted K1 0"])
        #expect(nights.purses["C1"] == 90)
        #expect(try nights.rows("SELECT count(*) FROM code_event") == ["1"])
    }

    @Test func `a code that a file of codes gave a member is paid by the claim that names it`()
        throws
    {
        let nights = try ClaimNights([reward { $0.cost = 10 }])
        try nights.stock("K1 state 1 card C1")
        nights.purses = ["C1": 100]
        #expect(try nights.close(["claim A C1 r25 names K1"]).outcomes == ["A granted K1 10"])
        #expect(try nights.close(["claim B C1 r25 names K1"]).outcomes == ["B granted K1 0"])
    }

    @Test func `assign × assigned: to another member it is a double assignment`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1", "K2 state 1 card C3")
        let night = try nights.close([
            "claim A C1 r25 at 1 names K1", "claim B C2 r25 at 2 names K1",
            "claim C C2 r25 at 3 names K2",
        ])
        #expect(night.verdicts == ["accepted", "double_assignment", "double_assignment"])
        #expect(night.exceptions == ["double_assignment B K1 C2", "double_assignment C K2 C2"])
        #expect(
            try nights.register() == [
                "K1 assigned C1 2026-11-16 never", "K2 assigned C3 - never",
            ])
    }

    @Test func `assign × burned, expired, voided: rejected`() throws {
        let nights = try ClaimNights([reward()])
        try nights.stock("K2 state 2", "K3 state 3", "K4 state 4")
        let night = try nights.close([
            "claim A C1 r25 names K2", "claim B C1 r25 names K3", "claim C C1 r25 names K4",
        ])
        #expect(night.verdicts == ["already_burned", "already_expired", "code_voided"])
        #expect(night.outcomes == [])
    }

    @Test func `assign × unknown: created if from the owner, else rejected`() throws {
        let nights = try ClaimNights([reward()])
        let night = try nights.close([
            "claim A C1 r25 names N1 by pos", "claim B C1 r25 names N2 by ecom",
            "claim C C1 r25 names N3",
        ])
        #expect(night.verdicts == ["accepted", "unknown_code", "unknown_code"])
        #expect(try nights.register() == ["N1 assigned C1 2026-11-16 never"])
    }

    @Test func `a code of another reward is a conflict`() throws {
        let nights = try ClaimNights([reward(), ClaimNights.reward("other")])
        try nights.stock("K1 of other")
        #expect(try nights.close(["claim A C1 r25 names K1"]).verdicts == ["other_reward"])
    }

    @Test func `the history of a code says which claim assigned it, from which file and line`()
        throws
    {
        let nights = try ClaimNights([reward()])
        try nights.stock("K1", "K2")
        try nights.close(["claim A C1 r25 at 7", "grant B C2 r25 at 8"])
        #expect(
            try nights.rows(
                """
                SELECT code || ' ' || before || after || ' ' || reason || ' ' || source || ' ' || card
                    || ' ' || file || ':' || line || ' ' || (at % 86400) FROM code_event ORDER BY code
                """) == ["K1 01 claim A C1 1:1 7", "K2 01 grant B C2 2:1 8"])
    }
}
