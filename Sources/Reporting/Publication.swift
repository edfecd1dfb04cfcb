package import Loyalty

/// What publishing a night's reports came to.
package struct Publication: Hashable, Sendable {
    /// What became of the night's folder.
    package enum Outcome: String, CaseIterable, Sendable {
        /// There was none.
        case created
        /// It held the same files, byte for byte, and was left alone.
        case same
        /// It held something else, and was exchanged.
        case replaced
    }

    package let night: CivilDate
    /// The night's folder.
    package let path: String
    package let outcome: Outcome
    /// In the order in which they were asked for.
    package let files: [PublishedFile]
    /// What the rows of the report `postings` add up to; nil where nobody asked for it.
    package let postings: PostingSums?
}

/// A report's file within the night's folder.
package struct PublishedFile: Hashable, Sendable {
    package let report: String
    /// The file's name.
    package let name: String
    /// The rows written, without the header.
    package internal(set) var rows = 0
    /// The rows that the report has: those that the job's conditions left out too.
    package internal(set) var rowsRead = 0
    package internal(set) var bytes = 0
    package internal(set) var sha256: [UInt8] = []

    init(report: String, name: String) {
        self.report = report
        self.name = name
    }
}

/// Sums of points by account and kind, over every posting that the report has, written or left out
/// by the job's conditions: to be held against the night's totals.
package struct PostingSums: Hashable, Sendable {
    private static let kinds = Posting.Kind.allCases.count
    private var points = [Points](repeating: 0, count: Account.Kind.allCases.count * kinds)

    init() {}

    @inline(__always)
    mutating func add(_ more: Points, to account: Account.Kind, _ kind: Posting.Kind) {
        points[Int(account.rawValue) * PostingSums.kinds + Int(kind.rawValue)] += more
    }

    /// The points of one account and kind, signed.
    package subscript(account: Account.Kind, kind: Posting.Kind) -> Points {
        points[Int(account.rawValue) * PostingSums.kinds + Int(kind.rawValue)]
    }

    /// The points of one kind, all accounts together.
    package subscript(kind: Posting.Kind) -> Points {
        Account.Kind.allCases.reduce(0) { $0 + self[$1, kind] }
    }
}

/// One report on disk.
struct WrittenReport: Sendable {
    var file: PublishedFile
    var postings = PostingSums()
}
