internal import Loyalty
internal import Tabular

/// The records of one file, whatever its format: what names its columns, then its lines.
final class FileRecords {
    private enum Reader {
        case csv(CSVReader)
        case jsonLines(JSONLinesReader)
    }

    /// What names the columns, once `begin` has read it.
    private(set) var header: CSVRecord?
    private let layout: Layout
    private let reader: Reader
    /// Lines of the first batch that stand behind the header.
    private var first: ArraySlice<CSVRecord>?
    /// A header that the file doesn't have.
    private var made: TextRecord?
    /// Whether the file's first three columns are those of a rejects file.
    private var hasRejectColumns = false

    init(
        _ source: FileSource, layout: Layout, more: [String] = [], limits: FileIngest.Limits
    ) {
        self.layout = layout
        let limits = CSVReader.Limits(line: limits.lineBytes, fields: limits.fieldCount)
        switch layout.format {
        case .csv:
            reader = .csv(
                CSVReader(delimiter: layout.delimiter, limits: limits) { try source.read(into: $0) }
            )
        case .jsonLines:
            reader = .jsonLines(
                JSONLinesReader(columns: layout.keys(and: more), limits: limits) {
                    try source.read(into: $0)
                })
        }
    }

    /// Whether the file is a rejects file that comes back; known when all is read.
    var isCorrected: Bool {
        switch reader {
        case .csv: hasRejectColumns
        case .jsonLines(let lines): lines.isCorrected
        }
    }

    /// A key of JSON Lines that the layout doesn't know, and its line.
    var unknownKey: (name: String, line: Int)? {
        switch reader {
        case .csv: nil
        case .jsonLines(let lines): lines.unknown
        }
    }

    /// What parts the fields.
    var delimiter: UInt8 {
        switch reader {
        case .csv(let csv): csv.delimiter
        case .jsonLines: layout.delimiter
        }
    }

    /// The line that stands before the header of a file like this one.
    var preamble: [UInt8] {
        guard case .csv(let csv) = reader, csv.namesDelimiter else { return [] }
        return CSVReader.delimiterPrefix + [csv.delimiter, 10]
    }

    /// Reads the header, which is valid until the first `next`; false where the file has no lines.
    func begin() throws -> Bool {
        guard let records = try batch(), let line = records.first else { return false }
        if case .jsonLines(let lines) = reader {
            header = lines.header
            first = records[...]
            return true
        }
        hasRejectColumns = FileRecords.hasRejectColumns(line)
        if layout.hasHeader || hasRejectColumns {
            header = hasRejectColumns ? line.dropping(RejectsFile.columns.count) : line
            first = records.dropFirst()
        } else {
            let made = TextRecord(
                layout.positions(in: records), delimiter: delimiter, line: line.line)
            header = made.record
            self.made = made
            first = records[...]
        }
        return true
    }

    private func batch() throws -> [CSVRecord]? {
        switch reader {
        case .csv(let csv): try csv.next()
        case .jsonLines(let lines): try lines.next()
        }
    }

    /// The next lines, valid until the next call; nil at the end.
    func next() throws -> ArraySlice<CSVRecord>? {
        if let lines = first {
            first = nil
            return stripped(lines)
        }
        return try batch().map { stripped($0[...]) }
    }

    /// A record's own text.
    func text(_ record: CSVRecord) -> UnsafeRawBufferPointer {
        guard hasRejectColumns else { return record.rawBytes }
        return record.text(behind: RejectsFile.columns.count, delimiter: delimiter)
    }

    /// Lines without what a rejects file put before them.
    private func stripped(_ lines: ArraySlice<CSVRecord>) -> ArraySlice<CSVRecord> {
        hasRejectColumns ? lines.map { $0.dropping(RejectsFile.columns.count) }[...] : lines
    }

    private static func hasRejectColumns(_ header: CSVRecord) -> Bool {
        header.fieldCount > RejectsFile.columns.count
            && RejectsFile.columns.indices.allSatisfy {
                header[$0].string == RejectsFile.columns[$0]
            }
    }
}

extension Layout {
    /// The names of a headerless file's columns: their positions, from 1.
    ///
    /// There are as many as the first whole line has that reaches every column of the layout; where none
    /// does, as many as the layout names. A file of which one column is named has no other: a comma in its
    /// first line must not make every good line too short.
    fileprivate func positions(in records: [CSVRecord]) -> [String] {
        if columns.count == 1, columns.values.first == "1" { return ["1"] }
        let needed = columns.values.compactMap { Int($0) }.max() ?? 1
        let line = records.first { $0.flaw == .none && $0.fieldCount >= needed }
        return (1...(line?.fieldCount ?? needed)).map(String.init)
    }

    /// The keys of JSON Lines that are read, each once.
    fileprivate func keys(and more: [String]) -> [String] {
        var seen: Set<String> = []
        return (records.columns.map { header(of: $0.name) } + more)
            .filter { seen.insert($0).inserted }
    }
}
