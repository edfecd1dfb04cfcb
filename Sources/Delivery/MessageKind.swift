/// What can be sent to other systems.
package enum MessageKind: String, CaseIterable, Sendable {
    case members, balances, postings, expiring, catalogue, eligible, notices, grants, burns
    case codeChanges = "code-changes"
    case replenishment
    case tierChanges = "tier-changes"
    case nightSummary = "night-summary"
    case exceptions, reports, orders, points, codes
}
