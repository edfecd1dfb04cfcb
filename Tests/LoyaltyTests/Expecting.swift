import TestSupport
import Testing

/// Runs a ledger table and expects of each night just what the table says.
func expectLedger(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let table = try LedgerTable(text)
    #expect(!table.nights.isEmpty, sourceLocation: sourceLocation)
    for night in table.nights {
        #expect(
            night.actual == night.expected, "the night of \(night.day)",
            sourceLocation: sourceLocation)
    }
}
