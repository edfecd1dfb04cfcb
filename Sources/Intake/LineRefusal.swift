package import Loyalty
internal import Tabular

/// A line that is wrong by itself, or shares an order with one that is.
package struct LineRefusal: Hashable, Sendable {
    package var line: Int32
    package var verdict: Verdict
    package var reason: Reason
    /// Position of the field that is wrong; -1 where it is the line as a whole.
    package var field: Int16

    package init(line: Int32, verdict: Verdict = .rejected, reason: Reason, field: Int16 = -1) {
        self.line = line
        self.verdict = verdict
        self.reason = reason
        self.field = field
    }

    init(line: Int32, _ flaw: LineFlaw) {
        self.init(line: line, reason: flaw.reason, field: flaw.field)
    }

    /// The column that is wrong, of those of its file; nil where it is the line as a whole.
    package func column(_ columns: [String]) -> String? {
        columns.indices.contains(Int(field)) ? columns[Int(field)] : nil
    }

    /// What to do, and in which column.
    package func hint(_ columns: [String]) -> String {
        guard let column = column(columns) else { return reason.hint }
        return (Int(column) == nil ? "'\(column)'" : "column \(column)") + ": " + reason.hint
    }
}

extension Loyalty.Reason {
    /// Why a record is refused before its fields are looked at.
    init?(_ flaw: Tabular.CSVRecord.Flaw) {
        switch flaw {
        case .none: return nil
        case .badEncoding: self = .badEncoding
        case .tooLong: self = .lineTooLong
        case .badQuote: self = .badQuote
        case .tooManyFields: self = .tooManyFields
        case .badJSON: self = .badJSON
        }
    }
}
