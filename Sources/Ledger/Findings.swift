package import Loyalty
package import Storage

/// What must always hold of a store, in the order in which it is checked.
package enum Invariant: String, CaseIterable, Sendable {
    case file
    case references
    case nights
    case files
    case totals
    case chain
    case lots
    case balances
    case spends
    case spendOrder = "spend_order"
    case accruals
    case lotKeys = "lot_keys"
    case orders
    case parked
    case expiring
    case codeHistory = "code_history"
    case codeBurns = "code_burns"
    case codeClaims = "code_claims"
    case codeCounts = "code_counts"
    case codeFlows = "code_flows"
    case outbox
    case deliveries

    package var sentence: String {
        switch self {
        case .file: "the store's file is whole"
        case .references: "what a row names is there"
        case .nights: "nights follow one another, and each has its own postings"
        case .files: "every line of a file has one verdict"
        case .totals: "a night's files and postings sum to its totals"
        case .chain: "the night chain is unbroken"
        case .lots: "what postings left of a lot or a debt is what the store holds"
        case .balances: "postings sum to balances"
        case .spends: "nothing is spent from a lot before it is active or after its last day"
        case .spendOrder: "points are spent in spend order"
        case .accruals: "an accrual makes one lot"
        case .lotKeys: "a lot is of one member"
        case .orders: "an order that earned has a posting, and points have their order"
        case .parked: "an order that waits is parked, and no other"
        case .expiring: "a lot that expires will be found by its night"
        case .codeHistory: "a code's history leads to its state, and burns it once"
        case .codeBurns: "a burned code has a burn, or a file that said so"
        case .codeClaims: "a code that was granted was assigned"
        case .codeCounts: "codes are counted as the register holds them"
        case .codeFlows: "each reward's open codes roll forward from night to night"
        case .outbox: "what is to be sent is of a night and a code"
        case .deliveries: "what waits and what ended in the outbox is counted so"
        }
    }
}

/// Something that doesn't hold.
package struct Finding: Hashable, Sendable {
    package var invariant: Invariant
    package var night: CivilDate?
    package var card: String?
    /// What is wrong, with both numbers.
    package var text: String

    package init(
        invariant: Invariant, night: CivilDate? = nil, card: String? = nil, text: String
    ) {
        self.invariant = invariant
        self.night = night
        self.card = card
        self.text = text
    }
}

/// What was found, up to so many of each invariant; the others are only counted.
package final class Findings {
    private let limit: Int
    private let connection: Connection
    package private(set) var list: [Finding] = []
    package private(set) var counts: [Invariant: Int] = [:]

    package init(_ connection: Connection, limit: Int) {
        self.connection = connection
        self.limit = limit
    }

    package func add(
        _ invariant: Invariant, night: CivilDate? = nil, member: Int64? = nil,
        _ text: @autoclosure () -> String
    ) throws {
        counts[invariant, default: 0] += 1
        guard counts[invariant, default: 0] <= limit else { return }
        var holder: String?
        if let member {
            holder =
                try connection.string("SELECT card FROM member WHERE id = ?", .integer(member))
                ?? "of nobody (member \(member))"
        }
        list.append(Finding(invariant: invariant, night: night, card: holder, text: text()))
    }
}
