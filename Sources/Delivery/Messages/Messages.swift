/// Every message that there is: a new one is a file in Kinds and a line here.
package enum Messages {
    package static let all: [Message] = [
        .members, .balances, .postings, .expiring, .catalogue, .eligible, .notices, .grants, .burns,
        .codeChanges, .replenishment, .tierChanges, .nightSummary, .exceptions, .orders, .points,
    ]

    /// The message of a kind; nil for reports, which are files as they are, and for codes, which are code
    /// changes.
    package static func message(_ kind: MessageKind) -> Message? { all.first { $0.kind == kind } }
}
