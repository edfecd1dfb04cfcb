internal import Loyalty
internal import Tabular

/// What is wrong with a line, and in which of its fields.
struct LineFlaw: Error {
    let reason: Reason
    /// Position of the field; -1 where it is the line as a whole, or nothing that stands in it.
    let field: Int16

    init(_ reason: Reason, _ field: Int = -1) {
        self.reason = reason
        self.field = Int16(clamping: field)
    }

    init(_ reason: Reason, _ column: Columns.Column) { self.init(reason, column.field) }

    /// Of a number or a date that can't be read: a spreadsheet may have written over it.
    init(_ reason: Reason, _ column: Columns.Column, reading text: ByteText) {
        self.init(reason, column.field, reading: text)
    }

    init(_ reason: Reason, _ field: Int, reading text: ByteText) {
        self.init(text.isSpreadsheetDamage ? .spreadsheetDamage : reason, field)
    }
}

extension Columns {
    /// A field's text; empty where it is null.
    func value(_ column: Column, _ record: CSVRecord) throws(LineFlaw) -> ByteText {
        guard let text = text(column, record) else { throw LineFlaw(.valueUnknown, column) }
        return text
    }

    /// A text that must be there.
    func needed(_ column: Column, _ record: CSVRecord) throws(LineFlaw) -> ByteText {
        let text = try value(column, record)
        guard !text.isEmpty else { throw LineFlaw(.missingField, column) }
        return text
    }

    /// A text that is kept.
    func name(_ column: Column, _ record: CSVRecord) throws(LineFlaw) -> ByteText {
        let text = try value(column, record)
        guard text.count <= TextBuffer.capacity else { throw LineFlaw(.textTooLong, column) }
        return text
    }

    /// A number of somebody else's, which a spreadsheet must not have rewritten.
    func identity(_ column: Column, _ record: CSVRecord) throws(LineFlaw) -> ByteText {
        let text = try name(column, record)
        guard !text.isSpreadsheetDamage else { throw LineFlaw(.spreadsheetDamage, column) }
        return text
    }

    /// An identity that must be there.
    func ownIdentity(_ column: Column, _ record: CSVRecord) throws(LineFlaw) -> ByteText {
        let text = try identity(column, record)
        guard !text.isEmpty else { throw LineFlaw(.missingField, column) }
        return text
    }
}
