package import Loyalty
internal import Tabular

/// A line that is wrong by itself, or shares an order with one that is.
package struct LineRefusal: Hashable, Sendable {
    package var line: Int32
    package var verdict: Verdict
    package var reason: Reason

    package init(line: Int32, verdict: Verdict = .rejected, reason: Reason) {
        self.line = line
        self.verdict = verdict
        self.reason = reason
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
