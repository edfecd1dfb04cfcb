internal import Loyalty
internal import Tabular

/// The systems that send a file's records: each has its zone and its stores.
///
/// Mostly it is one, which the file's name says; a line that names another one is read as that one's.
struct Senders {
    struct Sender {
        /// Index into the batch's names; -1: nobody says.
        var index: Int32
        /// Of each column of times, in their order.
        var times: [LocalTimes]
        /// Nil where all are good.
        var stores: Set<ByteText>?
    }

    private let column: Columns.Column
    private let isNeeded: Bool
    private let isOpen: Bool
    private let names: TextTable
    private let plain: Sender
    /// The last second of the day after the file's: what lies behind it is a mistake, not a later day.
    private let lastMoment: LocalSeconds
    private var known: [ByteText: Sender] = [:]
    private var name: ByteText
    /// Who sent the line that was looked at last.
    private(set) var current: Sender

    /// - Parameters:
    ///   - times: the columns whose times are read.
    ///   - isNeeded: whether there is no record without a system.
    init(
        _ context: FileContext, _ columns: Columns, _ batch: CodeBatch, times: [String],
        isNeeded: Bool = false
    ) throws {
        column = columns["system"]
        if isNeeded || !column.constant.isEmpty { try context.checkSystem(column) }
        self.isNeeded = isNeeded
        isOpen = context.systems.isEmpty
        names = batch.names
        lastMoment = context.day.adding(days: 2).midnight - 1
        plain = Sender(index: -1, times: try times.map { try context.times($0, system: "") })
        for system in context.systems.sorted() {
            let name = batch.texts.copy(system)
            let sender = Sender(
                index: names.intern(name),
                times: try times.map { try context.times($0, system: system) },
                stores: context.stores[system].map { stores in
                    Set(stores.map { batch.texts.copy($0) })
                })
            known[name] = sender
        }
        name = batch.texts.copy("")
        current = plain
    }

    /// Finds who sent a line.
    mutating func find(_ record: CSVRecord, _ columns: Columns) throws(LineFlaw) {
        let text = try columns.name(column, record)
        if text.isEmpty, isNeeded { throw LineFlaw(.systemMissing, column) }
        if text == name { return }
        if text.isEmpty {
            current = plain
        } else if let sender = known[text] {
            current = sender
        } else {
            guard isOpen else { throw LineFlaw(.systemUnknown, column) }
            current = plain
            current.index = names.intern(text)
        }
        // The table's own copy outlives the line.
        name =
            current.index < 0
            ? ByteText(start: name.start, count: 0) : names.texts[Int(current.index)]
    }

    /// A store, which is one of the sender's; all lines may leave it out.
    func store(
        _ column: Columns.Column, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> ByteText {
        let store = try columns.name(column, record)
        guard store.isEmpty || current.stores.map({ $0.contains(store) }) ?? true else {
            throw LineFlaw(.unknownStore, column)
        }
        return store
    }

    /// The time in a column, by its place in the list of columns; nil where there is none.
    mutating func past(
        _ column: TimeColumn, _ index: Int, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> LocalSeconds? {
        let moment = try column.read(record, columns, &current.times[index])
        guard moment ?? 0 <= lastMoment else { throw LineFlaw(.dateInFuture, column.column) }
        return moment
    }

    /// The time at which all of a record happened.
    mutating func moment(
        _ column: TimeColumn, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> LocalSeconds {
        guard let moment = try past(column, 0, record, columns) else {
            throw LineFlaw(.missingField, column.column)
        }
        return moment
    }

    mutating func day(
        _ column: DayColumn, _ index: Int, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> CivilDate {
        try column.day(record, columns, &current.times[index])
    }

    mutating func lastDay(
        _ column: DayColumn, _ index: Int, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> CivilDate {
        try column.lastDay(record, columns, &current.times[index])
    }
}
