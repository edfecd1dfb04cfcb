/// Records with quotes, unquoted into memory of their own.
final class QuotedRecords {
    enum End {
        /// The offset of the record's line end.
        case lineEnd(Int)
        /// The bytes ended before the record did.
        case noLineEnd
        case insideQuotes
    }

    /// Where a record ends: the offset behind its last byte, or where the bytes end.
    struct Measure {
        let end: End
        let stop: Int
        let fields: Int
    }

    struct Walk {
        let fields: Int
        /// Text between a closing quote and the next separator.
        let isMalformed: Bool
        let bytes: UnsafePointer<UInt8>
        let ends: UnsafePointer<UInt32>
    }

    // One block a record keeps the records of a batch where they are.
    private var texts: [UnsafeMutablePointer<UInt8>] = []
    private var offsets: [UnsafeMutablePointer<UInt32>] = []

    deinit { removeAll() }

    func removeAll() {
        for text in texts { text.deallocate() }
        for offset in offsets { offset.deallocate() }
        texts.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
    }

    /// Walks what is there of one record.
    func walk(
        _ source: UnsafePointer<UInt8>, from start: Int, to limit: Int, delimiter: UInt8,
        lineEnd: UInt8
    ) -> Walk {
        let measure = QuotedRecords.measure(
            source, from: start, to: limit, delimiter: delimiter, lineEnd: lineEnd)
        return walk(source, from: start, measure, delimiter: delimiter)
    }

    /// Walks one measured record byte by byte and copies its fields, unquoted.
    func walk(
        _ source: UnsafePointer<UInt8>, from start: Int, _ measure: Measure, delimiter: UInt8
    ) -> Walk {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: measure.stop - start + 1)
        let ends = UnsafeMutablePointer<UInt32>.allocate(capacity: measure.fields)
        texts.append(bytes)
        offsets.append(ends)
        var written = 0
        var fields = 0
        var isQuoted = false
        var isMalformed = false
        var atFieldStart = true
        var at = start
        while at < measure.stop {
            let byte = source[at]
            if isQuoted {
                if byte == 34, at + 1 < measure.stop, source[at + 1] == 34 {
                    bytes[written] = 34
                    written += 1
                    at += 1
                } else if byte == 34 {
                    isQuoted = false
                    let next = at + 1
                    let isLast = next == measure.stop
                    let isBeforeEnd = next == measure.stop - 1 && source[next] == 13
                    if !isLast, source[next] != delimiter, !isBeforeEnd { isMalformed = true }
                } else {
                    bytes[written] = byte
                    written += 1
                }
            } else if byte == 34, atFieldStart {
                isQuoted = true
                atFieldStart = false
            } else if byte == delimiter {
                ends[fields] = UInt32(written)
                fields += 1
                bytes[written] = delimiter
                written += 1
                atFieldStart = true
            } else {
                bytes[written] = byte
                written += 1
                atFieldStart = false
            }
            at += 1
        }
        if !isQuoted, written > 0, measure.stop > start, source[measure.stop - 1] == 13 {
            written -= 1
        }
        ends[fields] = UInt32(written)
        return Walk(fields: fields + 1, isMalformed: isMalformed, bytes: bytes, ends: ends)
    }

    /// Measures one record, and copies nothing: quotes open at the start of a field only.
    static func measure(
        _ source: UnsafePointer<UInt8>, from start: Int, to limit: Int, delimiter: UInt8,
        lineEnd: UInt8
    ) -> Measure {
        var isQuoted = false
        var hasJustClosed = false
        var atFieldStart = true
        var fields = 1
        var at = start
        while at < limit {
            let byte = source[at]
            if byte == 34, isQuoted {
                isQuoted = false
                hasJustClosed = true
            } else if byte == 34, atFieldStart || hasJustClosed {
                isQuoted = true
                hasJustClosed = false
                atFieldStart = false
            } else if !isQuoted {
                if byte == lineEnd { return Measure(end: .lineEnd(at), stop: at, fields: fields) }
                atFieldStart = byte == delimiter
                if atFieldStart { fields += 1 }
                hasJustClosed = false
            }
            at += 1
        }
        return Measure(end: isQuoted ? .insideQuotes : .noLineEnd, stop: limit, fields: fields)
    }
}
