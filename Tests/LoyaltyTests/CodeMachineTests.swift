import Loyalty
import Testing

/// Every cell of the table 'event \\ state' of the spec, part 4, and deletion besides.
@Suite struct CodeMachineTests {
    // MARK: import again

    @Test func `import again × available: duplicate; of another reward: conflict`() {
        expect(.listed(isOfSameReward: true), .available, "duplicate")
        expect(.listed(isOfSameReward: false), .available, "conflict other_reward")
    }

    @Test func `import again × assigned: duplicate; of another reward: conflict`() {
        expect(.listed(isOfSameReward: true), .assigned, "duplicate")
        expect(.listed(isOfSameReward: false), .assigned, "conflict other_reward")
    }

    @Test func `import again × burned: rejected`() {
        expect(.listed(isOfSameReward: true), .burned, "rejected already_burned")
        expect(.listed(isOfSameReward: false), .burned, "rejected already_burned")
    }

    @Test func `import again × expired: rejected`() {
        expect(.listed(isOfSameReward: true), .expired, "rejected already_expired")
    }

    @Test func `import again × voided: rejected`() {
        expect(.listed(isOfSameReward: true), .voided, "rejected code_voided")
    }

    @Test func `import × unknown: created`() {
        expect(.listed(isOfSameReward: true), nil, "→ available")
    }

    // MARK: assign

    @Test func `assign × available: assigned`() {
        expect(.assigned(isToHolder: false, isFromOwner: true), .available, "→ assigned")
        expect(.assigned(isToHolder: false, isFromOwner: false), .available, "→ assigned")
    }

    @Test func `assign × assigned: to the same member nothing; to another double_assignment`() {
        expect(.assigned(isToHolder: true, isFromOwner: false), .assigned, "duplicate")
        expect(
            .assigned(isToHolder: false, isFromOwner: true), .assigned,
            "conflict double_assignment; double_assignment")
    }

    @Test func `assign × burned: rejected`() {
        expect(.assigned(isToHolder: true, isFromOwner: true), .burned, "rejected already_burned")
    }

    @Test func `assign × expired: rejected`() {
        expect(.assigned(isToHolder: true, isFromOwner: true), .expired, "rejected already_expired")
    }

    @Test func `assign × voided: rejected`() {
        expect(.assigned(isToHolder: true, isFromOwner: true), .voided, "rejected code_voided")
    }

    @Test func `assign × unknown: created if from the owner, else rejected`() {
        expect(.assigned(isToHolder: false, isFromOwner: true), nil, "→ assigned")
        expect(.assigned(isToHolder: false, isFromOwner: false), nil, "rejected unknown_code")
    }

    // MARK: burn

    @Test func `burn × available: burned, local_assignment if it carries a card`() {
        expect(burn(), .available, "→ burned; local_assignment")
        expect(burn { $0.carriesCard = false }, .available, "→ burned")
    }

    @Test func `burn × assigned: burned`() {
        expect(burn(), .assigned, "→ burned")
        expect(burn { $0.carriesCard = false }, .assigned, "→ burned")
    }

    @Test func `burn × assigned by another card: burned and foreign_card, or refused`() {
        expect(burn { $0.isByHolder = false }, .assigned, "→ burned; foreign_card")
        expect(
            burn { $0.isByHolder = false }, .assigned, "conflict foreign_card; refused_burn",
            Self.strict)
    }

    @Test func `burn × assigned before valid_from: burned and before_valid`() {
        expect(burn { $0.isBeforeValid = true }, .assigned, "→ burned; before_valid")
    }

    @Test func `burn × assigned elsewhere than in its channels: burned and wrong_channel`() {
        expect(burn { $0.isInChannel = false }, .assigned, "→ burned; wrong_channel")
    }

    @Test func `burn × assigned on an order below the minimum: burned and below_minimum`() {
        expect(burn { $0.isBelowMinimum = true }, .assigned, "→ burned; below_minimum")
    }

    @Test func `burn × burned on the same receipt: duplicate`() {
        expect(burn { $0.isOnSameReceipt = true }, .burned, "duplicate")
        expect(
            burn {
                $0.isOnSameReceipt = true
                $0.isEarlier = true
            }, .burned, "duplicate")
    }

    @Test func `burn × burned on another receipt, later: double_burn, the other stands`() {
        expect(burn(), .burned, "conflict double_burn; double_burn")
    }

    @Test func `burn × burned on another receipt, earlier: double_burn, this one stands`() {
        expect(burn { $0.isEarlier = true }, .burned, "→ burned; double_burn")
    }

    @Test func `burn × expired within validity: burned, late_report`() {
        expect(burn(), .expired, "→ burned; late_report")
    }

    @Test func `burn × expired after it: burned and burned_after_expiry, or refused`() {
        expect(burn { $0.isAfterExpiry = true }, .expired, "→ burned; burned_after_expiry")
        expect(
            burn { $0.isAfterExpiry = true }, .expired, "conflict already_expired; refused_burn",
            Self.strict)
    }

    @Test
    func
        `burn × available or assigned after its last day, before the register wrote it: as of an expired one`()
    {
        for state in [CodeState.available, .assigned] {
            expect(
                burn {
                    $0.isAfterExpiry = true
                    $0.carriesCard = false
                }, state, "→ burned; burned_after_expiry")
        }
    }

    @Test func `burn × voided: conflict`() {
        expect(burn(), .voided, "conflict code_voided; burn_of_voided")
    }

    @Test func `burn × unknown: parked`() {
        expect(burn(), nil, "parked unknown_code")
    }

    @Test
    func
        `burn with several troubles: each is an exception, and the first that refuses is the reason`()
    {
        let burn = burn {
            $0.isByHolder = false
            $0.isAfterExpiry = true
            $0.isBelowMinimum = true
        }
        expect(burn, .expired, "→ burned; burned_after_expiry foreign_card below_minimum")
        expect(burn, .expired, "conflict already_expired; refused_burn", Self.strict)
    }

    // MARK: burn reversed

    @Test func `burn reversed × available: nothing`() {
        expect(.burnReversed(isInDate: true), .available, "accepted")
    }

    @Test func `burn reversed × assigned: nothing`() {
        expect(.burnReversed(isInDate: true), .assigned, "accepted")
    }

    @Test func `burn reversed × burned: back to assigned if still in date, else expired`() {
        expect(.burnReversed(isInDate: true), .burned, "→ assigned")
        expect(.burnReversed(isInDate: false), .burned, "→ expired")
    }

    @Test func `burn reversed × expired: nothing`() {
        expect(.burnReversed(isInDate: false), .expired, "accepted")
    }

    @Test func `burn reversed × voided: nothing`() {
        expect(.burnReversed(isInDate: false), .voided, "accepted")
    }

    @Test func `burn reversed × unknown: parked`() {
        expect(.burnReversed(isInDate: true), nil, "parked unknown_code")
    }

    // MARK: expiry

    @Test func `expiry × available: expired`() {
        expect(.dayEnded, .available, "→ expired")
    }

    @Test func `expiry × assigned: expired`() {
        expect(.dayEnded, .assigned, "→ expired")
    }

    @Test func `expiry × burned: nothing`() {
        expect(.dayEnded, .burned, "accepted")
    }

    @Test func `expiry × expired: nothing`() {
        expect(.dayEnded, .expired, "accepted")
    }

    @Test func `expiry × voided: nothing`() {
        expect(.dayEnded, .voided, "accepted")
    }

    @Test func `expiry × unknown: nothing`() {
        expect(.dayEnded, nil, "accepted")
    }

    // MARK: the order that earned it is returned

    @Test func `order returned × available: nothing`() {
        expect(.orderReturned, .available, "accepted")
    }

    @Test func `order returned × assigned: voided`() {
        expect(.orderReturned, .assigned, "→ voided")
    }

    @Test func `order returned × burned: exception`() {
        expect(.orderReturned, .burned, "accepted; returned_after_burn")
    }

    @Test func `order returned × expired: nothing`() {
        expect(.orderReturned, .expired, "accepted")
    }

    @Test func `order returned × voided: nothing`() {
        expect(.orderReturned, .voided, "accepted")
    }

    @Test func `order returned × unknown: nothing`() {
        expect(.orderReturned, nil, "accepted")
    }

    // MARK: delete

    @Test func `delete × available: voided`() {
        expect(.deleted, .available, "→ voided")
    }

    @Test func `delete × assigned: kept_in_use`() {
        expect(.deleted, .assigned, "conflict kept_in_use")
    }

    @Test func `delete × burned: kept_in_use`() {
        expect(.deleted, .burned, "conflict kept_in_use")
    }

    @Test func `delete × expired: nothing`() {
        expect(.deleted, .expired, "duplicate")
    }

    @Test func `delete × voided: nothing`() {
        expect(.deleted, .voided, "duplicate")
    }

    @Test func `delete × unknown: rejected`() {
        expect(.deleted, nil, "rejected unknown_code")
    }

    // MARK: Writing it down

    /// Refuses what a contract can refuse.
    private static let strict: CodeTerms.Burns = {
        var burns = CodeTerms.Burns()
        burns.foreignCard = .refuse
        burns.afterExpiry = .refuse
        return burns
    }()

    private func burn(
        _ change: (inout CodeMachine.Burn) -> Void = { _ in }
    ) -> CodeMachine.Event {
        var burn = CodeMachine.Burn()
        change(&burn)
        return .burned(burn)
    }

    /// - Parameter expected: `→ STATE` or a verdict with its reason, then the exceptions.
    private func expect(
        _ event: CodeMachine.Event, _ state: CodeState?, _ expected: String,
        _ policies: CodeTerms.Burns = CodeTerms.Burns(),
        at location: SourceLocation = #_sourceLocation
    ) {
        let outcome = CodeMachine.outcome(of: event, in: state, policies)
        var text = outcome.state.map { "→ \($0.name)" } ?? "\(outcome.verdict)"
        if let reason = outcome.reason { text += " " + reason.name }
        if !outcome.exceptions.isEmpty {
            text += "; " + outcome.exceptions.map(\.rawValue).joined(separator: " ")
        }
        #expect(text == expected, sourceLocation: location)
        #expect(outcome.state == nil || outcome.verdict == .accepted, sourceLocation: location)
    }
}
