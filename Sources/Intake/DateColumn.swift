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

    /// The day; `Lot.never` where there is none or the text means 'no end', nil where it is no day.
    func day(_ record: CSVRecord, _ columns: Columns) -> CivilDate? {
        guard let text = columns.text(column, record) else { return nil }
        if text.isEmpty || columns.isNever(text) { return Lot.never }
        return pattern(text)?.date
    }
}

extension CivilDate {
    /// Nil for `Lot.never`.
    var unlessNever: CivilDate? { self == Lot.never ? nil : self }
}
