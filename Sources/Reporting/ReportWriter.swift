internal import Loyalty
internal import Storage
internal import Tabular

/// Writes one report of one night into a file.
///
/// A row goes from the store's page to the file's bytes: no String, no value a cell.
struct ReportWriter {
    private let report: Report
    private let night: CivilDate
    private let currencyDecimals: Int
    private let plan: RowPlan
    private let statement: Statement

    /// Prepares the report; the names of its request must be known.
    init(
        _ report: Report, _ request: ReportRequest, night: CivilDate, currencyDecimals: Int,
        _ connection: Connection
    ) throws {
        self.report = report
        self.night = night
        self.currencyDecimals = currencyDecimals
        plan = try RowPlan(report, request, night: night, connection)
        statement = try connection.prepare(plan.sql)
    }

    /// Writes the file into a folder and syncs it.
    ///
    /// - Parameters:
    ///   - bufferBytes: how many bytes gather before they are written.
    ///   - sortBytes: what sorting by cards may take of memory.
    func write(
        into folder: String, bufferBytes: Int, sortBytes: Int
    ) throws -> WrittenReport {
        var sorter = try CardSorter(
            report.fileName, in: folder, bufferBytes: bufferBytes, sortBytes: sortBytes)
        var rows = CSVWriter(capacity: bufferBytes + (1 << 12))
        for header in plan.headers { rows.text(header) }
        rows.endRecord()
        statement.bind(night, at: 1)
        defer { statement.reset() }
        var written = WrittenReport(
            file: PublishedFile(report: report.name, name: report.fileName))
        try writeRows(&rows, &sorter, &written)
        (written.file.bytes, written.file.sha256) = try sorter.finish(&rows)
        return written
    }

    private func writeRows(
        _ rows: inout CSVWriter, _ sorter: inout CardSorter, _ written: inout WrittenReport
    ) throws {
        var scratch = CSVWriter(capacity: 256)
        var member: Int64?
        var isByCard = false
        if case .byCard = report.order { isByCard = true }
        try plan.cells.withUnsafeBufferPointer { cells in
            try plan.words.withUnsafeBufferPointer { words in
                while try statement.step() {
                    written.file.rowsRead += 1
                    if let at = plan.tallyAt { written.postings.add(statement, at) }
                    if isByCard {
                        let next = statement.integer(0)
                        if next != member {
                            member = next
                            let card = statement.text(1)
                            try sorter.begin(card: plan.tokens?.token(of: card) ?? card, rows)
                        }
                    }
                    if !plan.conditions.isEmpty, !isWanted(words, &scratch) { continue }
                    for cell in cells { write(cell, words, &rows, &scratch) }
                    rows.endRecord()
                    written.file.rows += 1
                    try sorter.passOn(&rows)
                }
            }
        }
    }

    @inline(__always)
    private func write(
        _ cell: RowPlan.Cell, _ words: UnsafeBufferPointer<RowPlan.Word>,
        _ rows: inout CSVWriter, _ scratch: inout CSVWriter
    ) {
        if cell.mapping >= 0 {
            let text = plain(cell.source, words, &scratch)
            if let other = plan.mappings[Int(cell.mapping)][text] { return rows.raw(other.bytes) }
        }
        switch cell.source {
        case .text(let column):
            let text = statement.text(column)
            if text.isEmpty {
                rows.raw(plan.blank.bytes)
            } else {
                rows.text(text, defused: plan.isDefused)
            }
        case .token(let column):
            let token = token(column)
            rows.raw(token.isEmpty ? plan.blank.bytes : token.bytes)
        case .word(let column, let base, let count):
            let code = statement.integer(column)
            if !statement.isNull(column), code >= 0, code < Int64(count) {
                rows.raw(words[Int(base) + Int(code)].written.bytes)
            } else {
                rows.raw(plan.blank.bytes)
            }
        case .number(let column), .money(let column), .share(let column), .date(let column),
            .time(let column):
            if statement.isNull(column) {
                rows.raw(plan.blank.bytes)
            } else {
                write(number: cell.source, &rows)
            }
        }
    }

    @inline(__always)
    private func write(number source: RowPlan.Source, _ rows: inout CSVWriter) {
        switch source {
        case .number(let column): rows.number(statement.integer(column))
        case .money(let column):
            rows.money(statement.integer(column), decimals: currencyDecimals)
        case .share(let column): rows.money(statement.integer(column), decimals: 4)
        case .date(let column): rows.date(statement.date(column))
        case .time(let column): rows.time(statement.integer(column))
        // Both callers write these themselves; an empty cell would keep the row whole.
        case .text, .token, .word: rows.raw(plan.blank.bytes)
        }
    }

    /// What stands for a card; empty where there is none.
    private func token(_ column: Int32) -> ByteText {
        let card = statement.text(column)
        return plan.tokens?.token(of: card) ?? card
    }

    // MARK: Conditions and other words

    private func isWanted(
        _ words: UnsafeBufferPointer<RowPlan.Word>, _ scratch: inout CSVWriter
    ) -> Bool {
        for condition in plan.conditions
        where !condition.texts.contains(plain(condition.source, words, &scratch)) {
            return false
        }
        return true
    }

    /// A cell's text, neither quoted nor defused nor mapped; valid until the next one or the next
    /// row.
    private func plain(
        _ source: RowPlan.Source, _ words: UnsafeBufferPointer<RowPlan.Word>,
        _ scratch: inout CSVWriter
    ) -> ByteText {
        scratch.endRecord()
        scratch.removeAll()
        switch source {
        case .text(let column): return statement.text(column)
        case .token(let column): return token(column)
        case .word(let column, let base, let count):
            let code = statement.integer(column)
            if !statement.isNull(column), code >= 0, code < Int64(count) {
                return words[Int(base) + Int(code)].plain
            }
        case .number(let column), .money(let column), .share(let column), .date(let column),
            .time(let column):
            if !statement.isNull(column) { write(number: source, &scratch) }
        }
        return ByteText(scratch.bytes)
    }
}

extension ByteText {
    fileprivate var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: count)
    }
}

extension PostingSums {
    /// Adds a row whose account, kind and points stand at a column and the two behind it.
    ///
    /// Codes that this program doesn't know are left out: the sums then don't agree with the
    /// night's, and the night fails.
    fileprivate mutating func add(_ row: Statement, _ at: Int32) {
        guard let account = Account.Kind(rawValue: UInt8(truncatingIfNeeded: row.integer(at))),
            let kind = Posting.Kind(rawValue: UInt8(truncatingIfNeeded: row.integer(at + 1)))
        else { return }
        add(row.integer(at + 2), to: account, kind)
    }
}
