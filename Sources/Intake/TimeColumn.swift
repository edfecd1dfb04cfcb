internal import Loyalty
internal import Tabular

/// A column of times, with the pattern that its layout gives it.
struct TimeColumn {
    let column: Columns.Column
    private let pattern: DatePattern

    init(_ name: String, _ columns: Columns, _ context: FileContext) throws {
        column = columns[name]
        pattern = try context.pattern(name)
    }

    /// What the program's clocks showed; nil where nothing is said.
    func read(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes
    ) throws(LineFlaw) -> LocalSeconds? {
        let text = try columns.value(column, record)
        if text.isEmpty { return nil }
        guard let time = pattern(text) else {
            throw LineFlaw(.dateInvalid, column, reading: text)
        }
        return times.seconds(time)
    }
}

/// A column of days that may be written with a time of the day.
struct DayColumn {
    private let column: Columns.Column
    private let pattern: DatePattern

    init(_ name: String, _ columns: Columns, _ context: FileContext) throws {
        column = columns[name]
        pattern = try context.pattern(name)
    }

    /// The day as the column writes it; `Lot.never` as in `DateColumn`.
    func day(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes
    ) throws(LineFlaw) -> CivilDate {
        try read(record, columns, &times) { CivilDate(local: $0) }
    }

    /// The last good day: of a day its own; of a time its day too, unless that day has only begun.
    func lastDay(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes
    ) throws(LineFlaw) -> CivilDate {
        try read(record, columns, &times) { CivilDate(local: $0 - 1) }
    }

    private func read(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes,
        ofTime day: (LocalSeconds) -> CivilDate
    ) throws(LineFlaw) -> CivilDate {
        let text = try columns.value(column, record)
        if text.isEmpty || columns.isNever(text) { return Lot.never }
        guard let time = pattern(text) else {
            throw LineFlaw(.dateInvalid, column, reading: text)
        }
        return pattern.hasTime ? day(times.seconds(time)) : time.date
    }
}
