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
        /// Longer than the limit; its fields are empty.
        case tooLong
        /// Text after a closing quote, or a quote that nothing closes.
        case badQuote
        /// More fields than the limit.
        case tooManyFields
    }

    /// The physical line on which the record starts, from 1.
    package let line: Int
    /// Bytes before the record in the expanded file.
    package let offset: Int
    /// Bytes of the record as it came, without its line end.
    package let length: Int
    package let fieldCount: Int
    package let flaw: Flaw
    /// The file ended before this record's line end.
    package let isUnterminated: Bool
    /// The file ended inside quotes.
    package let hasOpenQuote: Bool
    /// The record as it came, quotes and all, without its line end.
    package let rawBytes: UnsafeRawBufferPointer
    /// Where the unquoted fields are, and the offset in `bytes` at which each ends.
    public let bytes: UnsafePointer<UInt8>
    public let ends: UnsafePointer<UInt32>

    init(
        line: Int, offset: Int, length: Int, fieldCount: Int, flaw: Flaw, isUnterminated: Bool,
        hasOpenQuote: Bool, rawBytes: UnsafeRawBufferPointer, bytes: UnsafePointer<UInt8>,
        ends: UnsafePointer<UInt32>, start: UInt32
    ) {
        self.line = line
        self.offset = offset
        self.length = length
        self.fieldCount = fieldCount
        self.flaw = flaw
        self.isUnterminated = isUnterminated
        self.hasOpenQuote = hasOpenQuote
        self.rawBytes = rawBytes
        self.bytes = bytes
        self.ends = ends
        self.start = start
    }
    /// Offset in `bytes` of the first field.
    public let start: UInt32

    /// A field by its position, unquoted. The position must be below `fieldCount`.
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
/// inside an unquoted field is text; blank lines are skipped; a UTF-8 byte order mark is dropped. The
/// separators are found with byte masks, and only records that hold a quote are walked byte by byte.
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
    private let delimiter: UInt8
    private let limits: Limits
    private var lineEnd: UInt8?

    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes in the buffer, and those of them that earlier batches gave out.
    private var filled = 0
    private var consumed = 0
    private var atEnd = false
    /// Offset in the file of the buffer's first byte.
    private var bufferOffset = 0
    private var nextLine = 1
    private var isSkippingLongLine = false

    private var ends: UnsafeMutablePointer<UInt32>
    private var lines: UnsafeMutablePointer<UInt32>
    private var quotes: UnsafeMutablePointer<UInt32>
    private var records: [CSVRecord] = []
    private let unquoted = QuotedRecords()

    /// Spare bytes behind the buffer's content, so that masks may read past it.
    private static let slack = 64
    private static let batchBytes = 256 * 1024

    package init(delimiter: UInt8, limits: Limits = Limits(), source: @escaping ByteSource) {
        self.source = source
        self.delimiter = delimiter
        self.limits = limits
        capacity = CSVReader.batchBytes
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

    /// The next records, in file order; nil at the end. They are valid until the next call.
    package func next() throws -> [CSVRecord]? {
        while true {
            try fill()
            if filled == 0 { return nil }
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
            if bufferOffset == 0, filled == 0 { skipByteOrderMark(count) } else { filled += count }
        }
        if lineEnd == nil { lineEnd = findLineEnd() }
    }

    private func skipByteOrderMark(_ count: Int) {
        filled = count
        guard count >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF else { return }
        filled -= 3
        bufferOffset = 3
        buffer.update(from: buffer + 3, count: filled)
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
        for at in 0..<filled {
            if buffer[at] == 10 { return 10 }
            if buffer[at] == 13 {
                guard at + 1 < filled else { return atEnd ? 13 : nil }
                return buffer[at + 1] == 10 ? 10 : 13
            }
        }
        return atEnd ? 10 : nil
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
                guard let after = collectQuoted(from: start, firstLineEnd: stop) else { break }
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
        if atEnd { collectLast(firstEnd: firstEnd, count: found.ends, isPlain: isPlain) }
        skipIfTooLong()
    }

    /// A record without quotes, or the end of one that was too long.
    private func append(start: Int, stop: Int, firstEnd: Int, lastEnd: Int, isPlain: Bool) {
        if isSkippingLongLine {
            isSkippingLongLine = false
            return
        }
        var length = stop - start
        if length > 0, buffer[stop - 1] == 13 {
            length -= 1
            ends[lastEnd] -= 1
        }
        if length == 0 { return }
        var flaw = CSVRecord.Flaw.none
        if !isPlain, nightjar_is_text(buffer + start, length) == 0 { flaw = .badEncoding }
        if length > limits.line { flaw = .tooLong }
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
                rawBytes: UnsafeRawBufferPointer(start: buffer + start, count: length), bytes: bytes,
                ends: ends, start: first))
    }

    /// A record that holds a quote; gives the offset behind its line end, nil where it goes on
    /// behind the buffer.
    private func collectQuoted(from start: Int, firstLineEnd: Int) -> Int? {
        let walk = unquoted.walk(
            buffer, from: start, to: filled, delimiter: delimiter, lineEnd: lineEnd ?? 10)
        switch walk.end {
        case .noLineEnd: return nil
        case .insideQuotes where filled - start <= limits.line: return nil
        case .insideQuotes:
            // Nothing closes the quote within the limit: the line is refused, the next one read.
            add(
                start: start, length: firstLineEnd - start, bytes: buffer, ends: ends, fields: 0,
                first: 0, flaw: .badQuote)
            return firstLineEnd + 1
        case .lineEnd(let stop):
            let length = stop - start
            var flaw = walk.isMalformed ? CSVRecord.Flaw.badQuote : .none
            if nightjar_is_text(buffer + start, length) == 0 { flaw = .badEncoding }
            if length > limits.line { flaw = .tooLong }
            if walk.fields > limits.fields { flaw = .tooManyFields }
            add(
                start: start, length: length, bytes: walk.bytes, ends: walk.ends,
                fields: walk.fields, first: 0, flaw: flaw)
            return stop + 1
        }
    }

    /// The record behind the last line end of the file.
    private func collectLast(firstEnd: Int, count: Int, isPlain: Bool) {
        guard consumed < filled else { return }
        let start = consumed
        consumed = filled
        if isSkippingLongLine { return }
        let walk = unquoted.walk(
            buffer, from: start, to: filled, delimiter: delimiter, lineEnd: lineEnd ?? 10)
        var flaw = walk.isMalformed ? CSVRecord.Flaw.badQuote : .none
        if nightjar_is_text(buffer + start, filled - start) == 0 { flaw = .badEncoding }
        if filled - start > limits.line { flaw = .tooLong }
        if walk.fields > limits.fields { flaw = .tooManyFields }
        var hasOpenQuote = false
        if case .insideQuotes = walk.end { hasOpenQuote = true }
        add(
            start: start, length: filled - start, bytes: walk.bytes, ends: walk.ends,
            fields: walk.fields, first: 0, flaw: flaw, isUnterminated: true,
            hasOpenQuote: hasOpenQuote)
        nextLine += 1
    }

    /// Drops a record that is longer than allowed as it comes, so that the buffer stays small.
    private func skipIfTooLong() {
        guard !atEnd, filled - consumed > limits.line else { return }
        if !isSkippingLongLine {
            add(
                start: consumed, length: filled - consumed, bytes: buffer, ends: ends, fields: 0,
                first: 0, flaw: .tooLong)
            isSkippingLongLine = true
        }
        consumed = filled
    }
}
