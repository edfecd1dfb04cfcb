internal import Loyalty
internal import Storage

/// Judges uses of gift codes: the only writer of the table gift_use.
final class GiftBook {
    private let tools: CodeTools

    init(_ tools: CodeTools) throws { self.tools = tools }

    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        for line in tools.batch.giftUses { verdicts.count(line.file, line.line, .accepted) }
    }
}
