internal import Loyalty
internal import Tabular

/// A column of days, with the pattern that its layout gives it.
struct DateColumn {
    private let column: Columns.Column
    private let pattern: DatePattern

    init(_ name: String, _ columns: Columns, _ context: FileContext) throws {
        column = columns[name]
        pattern = try context.pattern(name)
    }

    /// Whether the file, or somebody else, says anything of it.
    var isGiven: Bool { column.isGiven }

    /// The day; `Lot.never` where there is none or the text means 'no end'.
    func day(_ record: CSVRecord, _ columns: Columns) throws(LineFlaw) -> CivilDate {
        let text = try columns.value(column, record)
        if text.isEmpty || columns.isNever(text) { return Lot.never }
        guard let day = pattern(text)?.date else {
            throw LineFlaw(.dateInvalid, column, reading: text)
        }
        return day
    }
}

extension CivilDate {
    /// Nil for `Lot.never`.
    var unlessNever: CivilDate? { self == Lot.never ? nil : self }
}
