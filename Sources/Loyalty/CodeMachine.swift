/// What becomes of a code when something happens to it: the table 'event \ state' of the spec.
///
/// Source: spec, part 4 'The register'. A pure function of the event, the state and what is known besides;
/// the state of a code that no file named is nil.
package enum CodeMachine {
    /// What can happen to a code.
    package enum Event: Hashable, Sendable {
        /// A file of codes names it.
        case listed(isOfSameReward: Bool)
        /// A system, or the register itself, gives it to a member.
        case assigned(isToHolder: Bool, isFromOwner: Bool)
        case burned(Burn)
        case burnReversed(isInDate: Bool)
        /// Its last good day ends.
        case dayEnded
        /// The order that earned it came back.
        case orderReturned
        /// Somebody asks to take it away.
        case deleted
    }

    /// What is known of a burn besides the code's state; the defaults are those of a burn without trouble.
    package struct Burn: Hashable, Sendable {
        package var carriesCard = true
        /// False where the card is another member's than the one who has the code; true where either is
        /// not known.
        package var isByHolder = true
        package var isBeforeValid = false
        package var isAfterExpiry = false
        /// Whether it was burned where its reward's codes may be.
        package var isInChannel = true
        package var isBelowMinimum = false
        /// Whether it is on the receipt of the burn that stands, and before it.
        package var isOnSameReceipt = false
        package var isEarlier = false
        /// Whether nobody is known to have had the code.
        package var isNobodys = false

        package init() {}
    }

    package struct Outcome: Hashable, Sendable {
        /// The state it is in from now on; nil: nothing changes.
        ///
        /// `burned` for a burned code: this burn stands from now on, the other one is the loss.
        package var state: CodeState?
        package var verdict: Verdict
        /// Why, unless it is accepted or a duplicate.
        package var reason: Reason?
        package var exceptions: [CodeException]

        init(
            _ state: CodeState?, _ verdict: Verdict = .accepted, _ reason: Reason? = nil,
            _ exceptions: [CodeException] = []
        ) {
            self.state = state
            self.verdict = verdict
            self.reason = reason
            self.exceptions = exceptions
        }
    }

    /// The cell of the table.
    ///
    /// - Parameter state: nil for a code that no file named.
    package static func outcome(
        of event: Event, in state: CodeState?, _ policies: CodeTerms.Burns
    ) -> Outcome {
        switch event {
        case .listed(let isOfSameReward): listed(state, isOfSameReward)
        case .assigned(let isToHolder, let isFromOwner):
            assigned(state, isToHolder: isToHolder, isFromOwner: isFromOwner)
        case .burned(let burn): burned(state, burn, policies)
        case .burnReversed(let isInDate): burnReversed(state, isInDate: isInDate)
        case .dayEnded: Outcome(state?.isOpen == true ? .expired : nil)
        case .orderReturned:
            switch state {
            case .assigned: Outcome(.voided)
            case .burned: Outcome(nil, .accepted, nil, [.returnedAfterBurn])
            case .available, .expired, .voided, nil: Outcome(nil)
            }
        case .deleted: deleted(state)
        }
    }

    private static func listed(_ state: CodeState?, _ isOfSameReward: Bool) -> Outcome {
        switch state {
        case nil: Outcome(.available)
        case .available, .assigned:
            isOfSameReward ? Outcome(nil, .duplicate) : Outcome(nil, .conflict, .otherReward)
        case .burned, .expired, .voided: spent(state)
        }
    }

    private static func assigned(
        _ state: CodeState?, isToHolder: Bool, isFromOwner: Bool
    ) -> Outcome {
        switch state {
        case .available: Outcome(.assigned)
        case .assigned where isToHolder: Outcome(nil, .duplicate)
        case .assigned: Outcome(nil, .conflict, .doubleAssignment, [.doubleAssignment])
        case .burned, .expired, .voided: spent(state)
        case nil: isFromOwner ? Outcome(.assigned) : Outcome(nil, .rejected, .unknownCode)
        }
    }

    /// Nobody can have a code that somebody had.
    private static func spent(_ state: CodeState?) -> Outcome {
        switch state {
        case .burned: Outcome(nil, .rejected, .alreadyBurned)
        case .expired: Outcome(nil, .rejected, .alreadyExpired)
        default: Outcome(nil, .rejected, .codeVoided)
        }
    }

    private static func burned(
        _ state: CodeState?, _ burn: Burn, _ policies: CodeTerms.Burns
    ) -> Outcome {
        switch state {
        case nil: return Outcome(nil, .parked, .unknownCode)
        case .voided: return Outcome(nil, .conflict, .codeVoided, [.burnOfVoided])
        case .burned where burn.isOnSameReceipt: return Outcome(nil, .duplicate)
        case .burned where !burn.isEarlier:
            return Outcome(nil, .conflict, .doubleBurn, [.doubleBurn])
        case .available, .assigned, .burned, .expired: break
        }
        if burn.isAfterExpiry, policies.afterExpiry == .refuse {
            return Outcome(nil, .conflict, .alreadyExpired, [.refusedBurn])
        }
        if !burn.isByHolder, policies.foreignCard == .refuse {
            return Outcome(nil, .conflict, .foreignCard, [.refusedBurn])
        }
        var outcome = Outcome(.burned)
        if state == .burned { outcome.exceptions.append(.doubleBurn) }
        if burn.isAfterExpiry {
            outcome.exceptions.append(.burnedAfterExpiry)
        } else if state == .expired {
            outcome.exceptions.append(.lateReport)
        }
        // Reported in time it would have found the code as it was before its expiry was written.
        let isOnShelf =
            state == .available || state == .expired && burn.isNobodys && !burn.isAfterExpiry
        if isOnShelf, burn.carriesCard { outcome.exceptions.append(.localAssignment) }
        if !burn.isByHolder { outcome.exceptions.append(.foreignCard) }
        if burn.isBeforeValid { outcome.exceptions.append(.beforeValid) }
        if !burn.isInChannel { outcome.exceptions.append(.wrongChannel) }
        if burn.isBelowMinimum { outcome.exceptions.append(.belowMinimum) }
        return outcome
    }

    /// What was burned and is given back has a holder, known or not: nobody else may be handed it.
    private static func burnReversed(_ state: CodeState?, isInDate: Bool) -> Outcome {
        switch state {
        case .burned: Outcome(isInDate ? .assigned : .expired)
        case .available, .assigned, .expired, .voided: Outcome(nil)
        case nil: Outcome(nil, .parked, .unknownCode)
        }
    }

    private static func deleted(_ state: CodeState?) -> Outcome {
        switch state {
        case .available: Outcome(.voided)
        case .assigned, .burned: Outcome(nil, .conflict, .keptInUse)
        case .expired, .voided: Outcome(nil, .duplicate)
        case nil: Outcome(nil, .rejected, .unknownCode)
        }
    }
}
