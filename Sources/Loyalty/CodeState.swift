/// Where a code stands in the register.
///
/// The raw values are those of the store.
package enum CodeState: UInt8, CaseIterable, Sendable {
    case available, assigned, burned, expired, voided

    /// The word in files and reports.
    package var name: String {
        switch self {
        case .available: "available"
        case .assigned: "assigned"
        case .burned: "burned"
        case .expired: "expired"
        case .voided: "voided"
        }
    }

    /// Whether somebody can still use it.
    package var isOpen: Bool { self == .available || self == .assigned }
}

/// What can differ between the register and the stock files of the systems; a code has the first that applies.
///
/// Source: spec, part 4 'Reconciliation'.
package enum BreakClass: String, CaseIterable, Sendable {
    case unknownToRegister = "unknown_to_register"
    case burnedTwice = "burned_twice"
    case burnedButOpen = "burned_but_open"
    case openButBurned = "open_but_burned"
    case expiredButOpen = "expired_but_open"
    case assignedElsewhere = "assigned_elsewhere"
    /// Its name goes on with the systems that miss it: `missing_at_pos`, `missing_at_both`.
    case missing = "missing_at"
    case rewardMismatch = "reward_mismatch"
    case stateMismatch = "state_mismatch"
}

/// What a person should look at in the register: the words of the exceptions report.
package enum CodeException: String, CaseIterable, Sendable {
    case doubleBurn = "double_burn"
    case foreignCard = "foreign_card"
    case localAssignment = "local_assignment"
    case beforeValid = "before_valid"
    case wrongChannel = "wrong_channel"
    case lateReport = "late_report"
    case burnedAfterExpiry = "burned_after_expiry"
    case burnOfVoided = "burn_of_voided"
    case belowMinimum = "below_minimum"
    case unknownCode = "unknown_code"
    case refusedBurn = "refused_burn"
    case doubleAssignment = "double_assignment"
    /// The order that earned a code came back, and the code was used.
    case returnedAfterBurn = "returned_after_burn"
    case soldOut = "sold_out"
    case burnedUnreported = "burned_unreported"
    case assignedElsewhere = "assigned_elsewhere"
    case rewardMismatch = "reward_mismatch"
    case quarantined
    case lowStock = "low_stock"
    case givenUp = "given_up"
}
