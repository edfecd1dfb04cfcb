import Tabular

/// What a reader says of one record.
struct ReadRecord: Equatable, CustomStringConvertible {
    var line: Int
    var offset: Int
    var length: Int
    var fields: [[UInt8]]
    var flaw = CSVRecord.Flaw.none
    var isUnterminated = false
    var hasOpenQuote = false

    var description: String {
        let texts = fields.map { String(decoding: $0.prefix(40), as: UTF8.self) }
        return
            "line \(line) at \(offset)+\(length) \(flaw) \(isUnterminated) \(hasOpenQuote) \(texts)"
    }
}

/// The reader's rules once more, byte by byte over a whole file: slow and plain.
struct CSVModel {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private let limits: CSVReader.Limits
    private var lineEnd: UInt8 = 10
    private var unclosed = 0
    private(set) var records: [ReadRecord] = []
    private(set) var lineCount = 0

    private static let quote: UInt8 = 34

    /// One record from an offset on, until its line end or a given end.
    private struct Parse {
        var fields: [[UInt8]] = []
        /// Offset of the line end; nil where there is none.
        var stop: Int?
        var isInQuotes = false
        var isMalformed = false
    }

    init(_ file: [UInt8], delimiter: UInt8 = 44, limits: CSVReader.Limits = .init()) {
        let hasMark = file.starts(with: [0xEF, 0xBB, 0xBF])
        bytes = file
        self.delimiter = delimiter
        self.limits = limits
        let start = hasMark ? 3 : 0
        lineEnd = findLineEnd(from: start)
        var at = start
        while at < bytes.count { at = read(from: at) }
    }

    private func findLineEnd(from start: Int) -> UInt8 {
        let sight = min(bytes.count, start + limits.line + 2)
        let ends = [UInt8(10), 13].compactMap { parse(from: start, to: sight, lineEnd: $0).stop }
        let anywhere = bytes[start...].firstIndex { $0 == 10 || $0 == 13 }
        guard let first = ends.min() ?? anywhere, bytes[first] == 13 else { return 10 }
        return first + 1 < bytes.count && bytes[first + 1] == 10 ? 10 : 13
    }

    private func parse(from start: Int, to end: Int, lineEnd: UInt8) -> Parse {
        var parse = Parse()
        var field: [UInt8] = []
        var wasClosed = false
        var isFieldStart = true
        for at in start..<end {
            let byte = bytes[at]
            if parse.isInQuotes {
                if byte == CSVModel.quote {
                    parse.isInQuotes = false
                    wasClosed = true
                } else {
                    field.append(byte)
                }
                continue
            }
            if byte == lineEnd {
                parse.stop = at
                break
            }
            if byte == CSVModel.quote, isFieldStart || wasClosed {
                if wasClosed { field.append(byte) }
                parse.isInQuotes = true
            } else if byte == delimiter {
                parse.fields.append(field)
                field = []
            } else {
                let next = at + 1 < end ? bytes[at + 1] : nil
                let isLineEnd = byte == 13 && (next == lineEnd || at + 1 == bytes.count)
                if wasClosed, !isLineEnd { parse.isMalformed = true }
                field.append(byte)
            }
            wasClosed = false
            isFieldStart = byte == delimiter
        }
        let stop = parse.stop ?? end
        if !parse.isInQuotes, stop > start, bytes[stop - 1] == 13 { field.removeLast() }
        parse.fields.append(field)
        return parse
    }

    private func length(_ start: Int, _ stop: Int) -> Int {
        stop > start && bytes[stop - 1] == 13 ? stop - start - 1 : stop - start
    }

    /// Reads what starts at an offset and gives the offset behind it.
    private mutating func read(from start: Int) -> Int {
        let firstStop = bytes[start...].firstIndex(of: lineEnd)
        let whole = parse(from: start, to: bytes.count, lineEnd: lineEnd)
        let sight = min(bytes.count, start + limits.line + 2)
        let maySpanLines = unclosed < 64
        if let stop = whole.stop, length(start, stop) <= limits.line,
            maySpanLines || stop == firstStop
        {
            if length(start, stop) > 0 {
                add(start, length(start, stop), whole.fields, judge(whole, start, stop))
            }
            lineCount += bytes[start...stop].count { $0 == lineEnd }
            return stop + 1
        }
        let isShort = bytes.count < start + limits.line + 2
        guard let firstStop, whole.stop != nil || !isShort || !maySpanLines else {
            readLast(from: start, whole, isShort: isShort)
            return bytes.count
        }
        let reach = maySpanLines ? sight : firstStop + 1
        let isInside = parse(from: start, to: reach, lineEnd: lineEnd).isInQuotes
        let isUnclosed = isInside && length(start, firstStop) <= limits.line
        if isUnclosed { unclosed += 1 }
        refuse(start, length(start, firstStop), isUnclosed ? .badQuote : .tooLong)
        lineCount += 1
        return firstStop + 1
    }

    private mutating func readLast(from start: Int, _ whole: Parse, isShort: Bool) {
        let isOpen = whole.isInQuotes
        let length = isOpen ? bytes.count - start : length(start, bytes.count)
        defer { lineCount += 1 + bytes[start...].count { $0 == lineEnd } }
        if length == 0 { return }
        if length > limits.line {
            refuse(start, length, .tooLong)
            records[records.count - 1].isUnterminated = isShort
            records[records.count - 1].hasOpenQuote = isShort && isOpen
            return
        }
        var flaw = judge(whole, start, start + length)
        if flaw == .none, isOpen { flaw = .badQuote }
        add(start, length, isOpen ? Array(whole.fields.dropLast()) : whole.fields, flaw)
        records[records.count - 1].isUnterminated = true
        records[records.count - 1].hasOpenQuote = isOpen
    }

    private mutating func refuse(_ start: Int, _ length: Int, _ flaw: CSVRecord.Flaw) {
        let seen = min(length, limits.line)
        let fields = parse(from: start, to: start + seen, lineEnd: lineEnd).fields.dropLast()
        add(start, seen, Array(fields.prefix(limits.fields)), flaw)
    }

    private func judge(_ parse: Parse, _ start: Int, _ stop: Int) -> CSVRecord.Flaw {
        if parse.fields.count > limits.fields { return .tooManyFields }
        let text = bytes[start..<stop]
        if text.contains(0) || String(validating: text, as: UTF8.self) == nil {
            return .badEncoding
        }
        return parse.isMalformed ? .badQuote : .none
    }

    private mutating func add(
        _ start: Int, _ length: Int, _ fields: [[UInt8]], _ flaw: CSVRecord.Flaw
    ) {
        records.append(
            ReadRecord(
                line: lineCount + 1, offset: start, length: length, fields: fields, flaw: flaw))
    }
}
