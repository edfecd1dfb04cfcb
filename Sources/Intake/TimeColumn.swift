internal import Loyalty
internal import Tabular

/// A column of times, with the pattern that its layout gives it.
struct TimeColumn {
    /// What a field says.
    enum Reading: Equatable {
        case nothing
        /// No time of the pattern.
        case wrong
        case at(LocalSeconds)

        var seconds: LocalSeconds? {
            if case .at(let seconds) = self { return seconds }
            return nil
        }
    }

    private let column: Columns.Column
    private let pattern: DatePattern

    init(_ name: String, _ columns: Columns, _ context: FileContext) throws {
        column = columns[name]
        pattern = try context.pattern(name)
    }

    func read(_ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes) -> Reading {
        guard let text = columns.text(column, record) else { return .wrong }
        if text.isEmpty { return .nothing }
        guard let time = pattern(text) else { return .wrong }
        return .at(times.seconds(time))
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

    /// The day as the column writes it; `Lot.never` and nil as in `DateColumn`.
    func day(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes
    ) -> CivilDate? {
        read(record, columns, &times) { CivilDate(local: $0) }
    }

    /// The last good day: of a day its own; of a time its day too, unless that day has only begun.
    func lastDay(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes
    ) -> CivilDate? {
        read(record, columns, &times) { CivilDate(local: $0 - 1) }
    }

    private func read(
        _ record: CSVRecord, _ columns: Columns, _ times: inout LocalTimes,
        ofTime day: (LocalSeconds) -> CivilDate
    ) -> CivilDate? {
        guard let text = columns.text(column, record) else { return nil }
        if text.isEmpty || columns.isNever(text) { return Lot.never }
        guard let time = pattern(text) else { return nil }
        return pattern.hasTime ? day(times.seconds(time)) : time.date
    }
}
