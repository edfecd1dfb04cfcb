/// What can be sent to other systems.
package enum MessageKind: String, CaseIterable, Sendable {
    case members, balances, postings, expiring, catalogue, eligible, notices, grants, burns
    case codeChanges = "code-changes"
    case replenishment
    case tierChanges = "tier-changes"
    case nightSummary = "night-summary"
    case exceptions, reports, orders, points, codes
}

extension MessageKind {
    /// Those that say how something stands: of one subject only the latest night's counts.
    static let standing: [MessageKind] = [.members, .balances, .catalogue, .eligible]

    /// What a row of the outbox may be of: a code change is a row a change.
    static let rowKinds =
        allCases.map(\.rawValue) + ["code-add", "code-assign", "code-burn", "code-delete"]
}
