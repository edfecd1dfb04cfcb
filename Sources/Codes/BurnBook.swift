internal import Loyalty
internal import Storage

/// Judges burn reports: the only writer of the tables burn and burn_outcome.
final class BurnBook {
    private let tools: CodeTools

    init(_ tools: CodeTools) throws { self.tools = tools }

    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        for line in tools.batch.burns { verdicts.count(line.file, line.line, .accepted) }
    }
}
