internal import CScan
public import Loyalty

/// One record of a file: its fields as byte ranges, valid until the reader's next batch.
///
/// Public, as all types on the path of a line: only what is public is inlined into other modules.
public struct CSVRecord {
    /// What is wrong with a record as such, before anybody looks at its fields.
    package enum Flaw: UInt8, Sendable {
        case none
        /// Bytes that are not UTF-8, or a NUL.
        case badEncoding
        /// Longer than the limit: only what lies within it can be read.
        case tooLong
        /// Text after a closing quote, or a quote that nothing closes.
        case badQuote
        /// More fields than the limit.
        case tooManyFields
        /// No flat object, or one that has a key twice; JSON Lines only.
        case badJSON
    }

    /// The physical line on which the record starts, from 1.
    package let line: Int
    /// Bytes before the record in the expanded file.
    package let offset: Int
    /// Bytes of the record as it came, without its line end; at most the limit.
    package let length: Int
    /// Fields that can be read: of a record that is refused half-way, those whose separator was seen.
    package let fieldCount: Int
    package let flaw: Flaw
    /// The file ended before this record's line end.
    package let isUnterminated: Bool
    /// The file ended inside quotes.
    package let hasOpenQuote: Bool
    /// The record as it came, quotes and all, without its line end.
    package let rawBytes: UnsafeRawBufferPointer
    /// Where the unquoted fields are, the offset there of the first one and of each one's end.
    public let bytes: UnsafePointer<UInt8>
    public let ends: UnsafePointer<UInt32>
    public let start: UInt32

    /// A field by its position, unquoted; the position must be below `fieldCount`.
    @inlinable public subscript(index: Int) -> ByteText {
        fields[index]
    }

    /// All that is needed to read its fields.
    @inlinable public var fields: CSVFields {
        CSVFields(bytes: bytes, ends: ends, start: start)
    }
}

/// The fields of a record, without the record: what is kept of one line to compare the next with.
public struct CSVFields {
    @usableFromInline let bytes: UnsafePointer<UInt8>
    @usableFromInline let ends: UnsafePointer<UInt32>
    @usableFromInline let start: UInt32

    @inlinable init(bytes: UnsafePointer<UInt8>, ends: UnsafePointer<UInt32>, start: UInt32) {
        self.bytes = bytes
        self.ends = ends
        self.start = start
    }

    /// A field by its position, unquoted; the position must be one of the record's.
    @inlinable public subscript(index: Int) -> ByteText {
        let from = index == 0 ? Int(start) : Int(ends[index - 1]) + 1
        return ByteText(start: bytes + from, count: max(0, Int(ends[index]) - from))
    }
}

/// Where a reader's bytes come from: fills the buffer and says how many bytes it gave, 0 at the end.
package typealias ByteSource = (UnsafeMutableRawBufferPointer) throws -> Int

/// Reads CSV after RFC 4180, in batches of records, without a copy or an allocation a record.
///
/// Deviations: line ends are LF, CRLF or (where the first line end of the file is one) lone CR; a quote
/// inside an unquoted field is text; blank lines are skipped; a UTF-8 byte order mark is dropped; a first
/// line `sep=;`, which spreadsheets write, names the delimiter and is no record. The
/// separators are found with byte masks, and only records that hold a quote are walked byte by byte.
///
/// A record that is longer than `Limits.line`, or whose quotes nothing closes within that many bytes, is
/// refused with its first line alone, and reading goes on at the next line.
package final class CSVReader {
    package struct Limits: Sendable {
        /// Bytes of one record.
        package var line: Int
        package var fields: Int

        package init(line: Int = 1 << 20, fields: Int = 512) {
            self.line = line
            self.fields = fields
        }
    }

    private let source: ByteSource
    /// What parts the fields; the file's own once its first line has named it.
    package private(set) var delimiter: UInt8
    /// Whether the file began with a line that names its delimiter.
    package private(set) var namesDelimiter = false
    private let limits: Limits
    private var lineEnd: UInt8?

    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes in the buffer, and those of them that earlier batches gave out.
    private var filled = 0
    private var consumed = 0
    private var atStart = true
    private var atEnd = false
    /// Offset in the file of the buffer's first byte.
    private var bufferOffset = 0
    private var nextLine = 1
    private var isSkippingLongLine = false
    /// Lines that opened a quote which nothing closed.
    private var unclosed = 0

    private var ends: UnsafeMutablePointer<UInt32>
    private var lines: UnsafeMutablePointer<UInt32>
    private var quotes: UnsafeMutablePointer<UInt32>
    private var records: [CSVRecord] = []
    private let unquoted = QuotedRecords()

    /// Spare bytes behind the buffer's content, so that masks may read past it.
    private static let slack = 64
    /// After so many unclosed quotes a quoted field may span lines no more, so that a file of nothing
    /// but such quotes costs no walk of `Limits.line` bytes a line.
    private static let maxUnclosed = 64

    /// - Parameter batchBytes: how much is read at a time, 16 or more; a longer record makes it more.
    package init(
        delimiter: UInt8, limits: Limits = Limits(), batchBytes: Int = 256 * 1024,
        source: @escaping ByteSource
    ) {
        self.source = source
        self.delimiter = delimiter
        // Offsets in the buffer are 32 bits wide.
        self.limits = Limits(line: min(limits.line, 1 << 30), fields: limits.fields)
        capacity = batchBytes
        (buffer, ends, lines, quotes) = CSVReader.allocate(capacity)
    }

    deinit {
        buffer.deallocate()
        ends.deallocate()
        lines.deallocate()
        quotes.deallocate()
    }

    private static func allocate(_ capacity: Int) -> (
        UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>,
        UnsafeMutablePointer<UInt32>
    ) {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + slack)
        bytes.initialize(repeating: 0, count: capacity + slack)
        func offsets() -> UnsafeMutablePointer<UInt32> { .allocate(capacity: capacity + slack) }
        return (bytes, offsets(), offsets(), offsets())
    }

    /// Physical lines read so far, the last one included.
    package var lineCount: Int { nextLine - 1 }

    /// The next records, in file order; nil at the end.
    ///
    /// They are valid until the next call.
    package func next() throws -> [CSVRecord]? {
        while true {
            try fill()
            if filled == 0 {
                // A line that was too long may end the file with the last byte of a batch.
                if isSkippingLongLine { nextLine += 1 }
                isSkippingLongLine = false
                return nil
            }
            records.removeAll(keepingCapacity: true)
            unquoted.removeAll()
            collect()
            if !records.isEmpty { return records }
            if atEnd && consumed == filled { return nil }
        }
    }

    /// Moves what is left to the front and reads on, until the buffer is full or the file ends.
    private func fill() throws {
        if consumed > 0 {
            buffer.update(from: buffer + consumed, count: filled - consumed)
            bufferOffset += consumed
            filled -= consumed
            consumed = 0
        }
        if filled == capacity { grow() }
        while !atEnd, filled < capacity {
            let room = UnsafeMutableRawBufferPointer(
                start: buffer + filled, count: capacity - filled)
            let count = try source(room)
            if count == 0 { atEnd = true }
            filled += count
        }
        if atStart {
            atStart = false
            skipByteOrderMark()
            readDelimiter()
        }
        if lineEnd == nil { lineEnd = findLineEnd() }
    }

    private func skipByteOrderMark() {
        guard filled >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF else { return }
        drop(3)
    }

    private func drop(_ count: Int) {
        filled -= count
        bufferOffset += count
        buffer.update(from: buffer + count, count: filled)
    }

    /// Takes a first line `sep=;`.
    private func readDelimiter() {
        let count = CSVReader.delimiterPrefix.count
        guard filled > count,
            CSVReader.delimiterPrefix.elementsEqual((0..<count).map { buffer[$0] }),
            CSVReader.canDelimit(buffer[count])
        else { return }
        var end = count + 1
        if end < filled {
            guard buffer[end] == 10 || buffer[end] == 13 else { return }
            let isPair = buffer[end] == 13 && end + 1 < filled && buffer[end + 1] == 10
            end += isPair ? 2 : 1
        }
        delimiter = buffer[count]
        namesDelimiter = true
        nextLine = 2
        drop(end)
    }

    /// How a line that names the delimiter begins.
    package static let delimiterPrefix = Array("sep=".utf8)

    /// Whether a byte may stand between fields: ASCII that is no part of a name or a number.
    package static func canDelimit(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let scalar = Unicode.Scalar(byte)
        return !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
            && !["\"", "\r", "\n", "-", "\0"].contains(scalar)
    }

    private func grow() {
        let larger = CSVReader.allocate(capacity * 2)
        larger.0.update(from: buffer, count: filled)
        buffer.deallocate()
        ends.deallocate()
        lines.deallocate()
        quotes.deallocate()
        (buffer, ends, lines, quotes) = larger
        capacity *= 2
    }

    /// Lone CR ends lines only where the file's first line end is one.
    private func findLineEnd() -> UInt8? {
        guard let at = firstLineEnd() else { return atEnd ? 10 : nil }
        if buffer[at] == 10 { return 10 }
        guard at + 1 < filled else { return atEnd ? 13 : nil }
        return buffer[at + 1] == 10 ? 10 : 13
    }

    /// The first CR or LF outside quotes; behind a quote that nothing closes, or in a record that is
    /// too long, the first one wherever it is.
    private func firstLineEnd() -> Int? {
        if !isSkippingLongLine {
            let reach = min(filled, limits.line + 2)
            let lineFeed = QuotedRecords.measure(
                buffer, from: 0, to: reach, delimiter: delimiter, lineEnd: 10)
            let both = QuotedRecords.measure(
                buffer, from: 0, to: lineFeed.stop, delimiter: delimiter, lineEnd: 13)
            if case .lineEnd(let at) = both.end { return at }
            if case .lineEnd(let at) = lineFeed.end { return at }
            guard atEnd || filled >= limits.line + 2 else { return nil }
        }
        return (0..<filled).first { buffer[$0] == 10 || buffer[$0] == 13 }
    }

    /// Cuts the buffer into records and leaves an unfinished one for the next batch.
    private func collect() {
        guard let lineEnd else {
            skipIfTooLong()
            return
        }
        let found = nightjar_scan_separators(
            buffer, filled, delimiter, lineEnd, ends, lines, quotes)
        let isPlain = found.seen == 0
        var start = 0
        var firstEnd = 0
        var quote = 0
        var line = 0
        while line < found.lines {
            let lastEnd = Int(lines[line])
            let stop = Int(ends[lastEnd])
            while quote < found.quotes, quotes[quote] < start { quote += 1 }
            if quote < found.quotes, Int(quotes[quote]) < stop, !isSkippingLongLine {
                guard let after = collectQuoted(from: start, firstStop: stop) else { break }
                start = after
                while line < found.lines, Int(ends[Int(lines[line])]) < start {
                    firstEnd = Int(lines[line]) + 1
                    line += 1
                    nextLine += 1
                }
                continue
            }
            append(start: start, stop: stop, firstEnd: firstEnd, lastEnd: lastEnd, isPlain: isPlain)
            nextLine += 1
            start = stop + 1
            firstEnd = lastEnd + 1
            line += 1
        }
        consumed = start
        if atEnd { collectLast(lineEnds: found.lines - line) }
        skipIfTooLong()
    }

    /// A record without quotes, or the end of one that was too long.
    private func append(start: Int, stop: Int, firstEnd: Int, lastEnd: Int, isPlain: Bool) {
        if isSkippingLongLine {
            isSkippingLongLine = false
            return
        }
        let length = contentLength(from: start, to: stop)
        if length == 0 { return }
        if length > limits.line {
            refuse(from: start, length: length, flaw: .tooLong)
            return
        }
        if length < stop - start { ends[lastEnd] -= 1 }
        var flaw = CSVRecord.Flaw.none
        if !isPlain, nightjar_is_text(buffer + start, length) == 0 { flaw = .badEncoding }
        let fields = lastEnd - firstEnd + 1
        if fields > limits.fields { flaw = .tooManyFields }
        add(
            start: start, length: length, bytes: buffer, ends: ends + firstEnd, fields: fields,
            first: UInt32(start), flaw: flaw)
    }

    private func add(
        start: Int, length: Int, bytes: UnsafePointer<UInt8>, ends: UnsafePointer<UInt32>,
        fields: Int, first: UInt32, flaw: CSVRecord.Flaw, isUnterminated: Bool = false,
        hasOpenQuote: Bool = false
    ) {
        records.append(
            CSVRecord(
                line: nextLine, offset: bufferOffset + start, length: length, fieldCount: fields,
                flaw: flaw, isUnterminated: isUnterminated, hasOpenQuote: hasOpenQuote,
                rawBytes: UnsafeRawBufferPointer(start: buffer + start, count: length),
                bytes: bytes,
                ends: ends, start: first))
    }

    /// Bytes of a record without the CR of its line end.
    private func contentLength(from start: Int, to stop: Int) -> Int {
        stop > start && buffer[stop - 1] == 13 ? stop - start - 1 : stop - start
    }

    /// Adds a record that has no end, or none within the limit, with the fields that are sure.
    private func refuse(
        from start: Int, length: Int, flaw: CSVRecord.Flaw, isUnterminated: Bool = false,
        hasOpenQuote: Bool = false
    ) {
        let length = min(length, limits.line)
        let walk = unquoted.walk(
            buffer, from: start, to: start + length, delimiter: delimiter, lineEnd: lineEnd ?? 10)
        add(
            start: start, length: length, bytes: walk.bytes, ends: walk.ends,
            fields: min(walk.fields - 1, limits.fields), first: 0, flaw: flaw,
            isUnterminated: isUnterminated, hasOpenQuote: hasOpenQuote)
    }

    private func judge(from start: Int, length: Int, _ walk: QuotedRecords.Walk) -> CSVRecord.Flaw {
        if walk.fields > limits.fields { return .tooManyFields }
        if nightjar_is_text(buffer + start, length) == 0 { return .badEncoding }
        return walk.isMalformed ? .badQuote : .none
    }

    /// A record that holds a quote; gives the offset behind what it consumes, nil where the record goes
    /// on behind the buffer.
    private func collectQuoted(from start: Int, firstStop: Int) -> Int? {
        // A record within the limit has its line end, LF or CR LF, within two bytes more.
        let bound = start + limits.line + 2
        let maySpanLines = unclosed < CSVReader.maxUnclosed
        let reach = maySpanLines ? min(filled, bound) : firstStop + 1
        let measure = QuotedRecords.measure(
            buffer, from: start, to: reach, delimiter: delimiter, lineEnd: lineEnd ?? 10)
        var isInside = false
        switch measure.end {
        case .lineEnd(let stop):
            let length = contentLength(from: start, to: stop)
            guard length <= limits.line else { break }
            let walk = unquoted.walk(buffer, from: start, measure, delimiter: delimiter)
            add(
                start: start, length: length, bytes: walk.bytes, ends: walk.ends,
                fields: walk.fields, first: 0, flaw: judge(from: start, length: length, walk))
            return stop + 1
        case .noLineEnd where reach < bound && maySpanLines,
            .insideQuotes where reach < bound && maySpanLines:
            return nil
        case .noLineEnd: break
        case .insideQuotes: isInside = true
        }
        let length = contentLength(from: start, to: firstStop)
        let isUnclosed = isInside && length <= limits.line
        if isUnclosed { unclosed += 1 }
        refuse(from: start, length: length, flaw: isUnclosed ? .badQuote : .tooLong)
        return firstStop + 1
    }

    /// The record behind the last line end of the file; `lineEnds` lie inside its quotes.
    private func collectLast(lineEnds: Int) {
        guard consumed < filled else { return }
        let start = consumed
        consumed = filled
        defer { nextLine += 1 + lineEnds }
        if isSkippingLongLine { return }
        let measure = QuotedRecords.measure(
            buffer, from: start, to: filled, delimiter: delimiter, lineEnd: lineEnd ?? 10)
        var isOpen = false
        if case .insideQuotes = measure.end { isOpen = true }
        let length = isOpen ? filled - start : contentLength(from: start, to: filled)
        if length == 0 { return }
        if length > limits.line {
            // What earlier batches would have dropped is judged as they do, in ignorance of its end.
            let isWhole = filled - start < limits.line + 2
            refuse(
                from: start, length: length, flaw: .tooLong, isUnterminated: isWhole,
                hasOpenQuote: isWhole && isOpen)
            return
        }
        let walk = unquoted.walk(buffer, from: start, measure, delimiter: delimiter)
        var flaw = judge(from: start, length: length, walk)
        if flaw == .none, isOpen { flaw = .badQuote }
        add(
            start: start, length: length, bytes: walk.bytes, ends: walk.ends,
            fields: isOpen ? walk.fields - 1 : walk.fields, first: 0, flaw: flaw,
            isUnterminated: true, hasOpenQuote: isOpen)
    }

    /// Drops a record that is longer than allowed as it comes, so that the buffer stays small.
    private func skipIfTooLong() {
        guard !atEnd, filled - consumed >= limits.line + 2 else { return }
        if !isSkippingLongLine {
            refuse(from: consumed, length: filled - consumed, flaw: .tooLong)
            isSkippingLongLine = true
        }
        // A CR at the end may be the first line end of the file: the next byte says which.
        consumed = lineEnd == nil && buffer[filled - 1] == 13 ? filled - 1 : filled
    }
}
