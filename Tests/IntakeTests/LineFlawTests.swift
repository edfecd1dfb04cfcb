import Intake
import Loyalty
import TestSupport
import Testing

/// A refused line says which of its columns is wrong.
@Suite struct LineFlawTests {
    /// A good line of a kind, but for one column.
    private func refusal(
        _ kind: RecordKind, _ column: RecordColumn, _ text: String
    ) throws -> (column: String?, reason: Reason)? {
        let columns = kind.columns.filter { kind != .stock || $0.name != "system" }
        let line = columns.map { other in
            switch other.name {
            case column.name: text
            // Not the template's row.
            case kind.identity: "X-1"
            case "reward_id": "r25"
            case "system": "pos"
            default: other.example
            }
        }
        let names = columns.map(\.name)
        let file = try ReadFile(
            names.joined(separator: ",") + "\n" + line.joined(separator: ",") + "\n",
            .canonical(kind), constants: ["system": "pos"])
        try #require(file.entry.refusal == nil, "\(kind) \(column.name)")
        var first: LineRefusal?
        try file.entry.refusals.read { first = first ?? $0 }
        return first.map { ($0.column(file.entry.columns), $0.reason) }
    }

    @Test(arguments: RecordKind.allCases)
    func `a number or a date that a spreadsheet wrote over is named`(kind: RecordKind) throws {
        for column in kind.columns where column.form != .text && column.use != .information {
            let refusal = try refusal(kind, column, "#####")
            #expect(refusal?.column == column.name, "\(kind) \(column.name)")
        }
    }

    @Test(arguments: RecordKind.allCases)
    func `what must be there and is empty is named`(kind: RecordKind) throws {
        for column in kind.columns where column.use == .mandatory {
            let refusal = try refusal(kind, column, "")
            #expect(refusal?.column == column.name, "\(kind) \(column.name)")
        }
    }

    @Test func `a hint begins with the column, by its position where it has no name`() {
        let refusal = LineRefusal(line: 7, reason: .dateInvalid, field: 1)
        let hint = Reason.dateInvalid.hint
        #expect(refusal.hint(["card", "born"]) == "'born': " + hint)
        #expect(refusal.hint(["1", "2"]) == "column 2: " + hint)
        #expect(LineRefusal(line: 7, reason: .badQuote).hint(["a"]) == Reason.badQuote.hint)
    }
}
