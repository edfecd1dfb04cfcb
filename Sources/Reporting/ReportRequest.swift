package import Settings

/// A report that a job asks for, and how it wants it written.
///
/// Names of reports and columns are as written: the reports know which of them exist.
package struct ReportRequest: Hashable, Sendable {
    package var report: String
    /// Where the job names it.
    package var location: SettingsLocation
    /// The columns wanted, in this order; nil is all, in the report's own.
    package var columns: [String]?
    /// Header names by column, only those that differ.
    package var rename: [String: String]
    /// By column, other words for its values.
    package var values: [String: [String: String]]
    /// By column, the values of which a row must have one; the key `where`.
    package var conditions: [String: [String]]
    /// Whether cells that a spreadsheet would run are defused.
    package var isSpreadsheetSafe: Bool
    /// How cards are shown; nil is as the program says.
    package var cards: Cards?

    package enum Cards: String, CaseIterable, Sendable {
        /// As files know them.
        case plain
        /// As tokens: the same card is always the same token, within one store.
        case hashed
    }

    /// How codes are shown; nil is as the program says.
    package var codes: Codes?

    package enum Codes: String, CaseIterable, Sendable {
        /// All but the last four characters hidden: codes are money.
        case masked
        /// As systems know them.
        case full
    }

    package init(
        report: String, location: SettingsLocation, columns: [String]? = nil,
        rename: [String: String] = [:], values: [String: [String: String]] = [:],
        conditions: [String: [String]] = [:], isSpreadsheetSafe: Bool = true,
        cards: Cards? = nil, codes: Codes? = nil
    ) {
        self.report = report
        self.location = location
        self.columns = columns
        self.rename = rename
        self.values = values
        self.conditions = conditions
        self.isSpreadsheetSafe = isSpreadsheetSafe
        self.cards = cards
        self.codes = codes
    }
}
