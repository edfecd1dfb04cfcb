internal import Loyalty
internal import Storage

/// Judges claims, grants and the events that cause grants: the only writer of their tables.
final class ClaimBook {
    private let tools: CodeTools

    init(_ tools: CodeTools) throws { self.tools = tools }

    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        for line in tools.batch.claims { verdicts.count(line.file, line.line, .accepted) }
        for line in tools.batch.events { verdicts.count(line.file, line.line, .accepted) }
    }

    func apply(paid: Set<ByteText>) throws {}
}
