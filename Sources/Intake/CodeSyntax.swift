internal import Loyalty
internal import Settings
internal import Tabular

/// How codes are written: opaque bytes, compared as they are, of which only what damages files is refused.
struct CodeSyntax {
    private let pattern: TextPattern?

    init(_ layout: Layout) throws {
        do throws(SettingsProblem) {
            pattern = try TextPattern(orNone: layout.codePattern)
        } catch {
            throw FileRefusal(.badHeader, "the layout's code_pattern: \(error.message)")
        }
    }

    /// Reads a code that must be there.
    func read(
        _ column: Columns.Column, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> ByteText {
        let code = try columns.value(column, record)
        if let reason = flaw(of: code) { throw LineFlaw(reason, column) }
        return code
    }

    /// What is wrong with a code that must be there.
    func flaw(of code: ByteText) -> Reason? {
        if code.isEmpty { return .missingField }
        if code.count > TextBuffer.capacity { return .textTooLong }
        if code.isSpreadsheetDamage { return .spreadsheetDamage }
        for index in 0..<code.count {
            let byte = code[index]
            // Blanks and control bytes, the quote, the comma, and delete.
            if byte <= 32 || byte == 34 || byte == 44 || byte == 127 { return .codeSyntax }
        }
        return pattern?.matches(code) ?? true ? nil : .codeSyntax
    }
}
