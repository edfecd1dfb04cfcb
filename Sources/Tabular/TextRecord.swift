/// A record that no file holds, made of texts.
package final class TextRecord {
    package let record: CSVRecord
    private let bytes: UnsafeMutablePointer<UInt8>
    private let ends: UnsafeMutablePointer<UInt32>

    /// - Parameter delimiter: what its text has between the fields, none of which may hold it.
    package init(_ fields: [String], delimiter: UInt8, line: Int = 1) {
        let text = fields.map { Array($0.utf8) }
        let joined = Array(text.joined(separator: [delimiter]))
        bytes = .allocate(capacity: joined.count + 1)
        bytes.update(from: joined, count: joined.count)
        ends = .allocate(capacity: fields.count + 1)
        var end = -1
        for (index, field) in text.enumerated() {
            end += field.count + 1
            ends[index] = UInt32(end)
        }
        record = CSVRecord(
            line: line, offset: 0, length: joined.count, fieldCount: fields.count, flaw: .none,
            isUnterminated: false, hasOpenQuote: false,
            rawBytes: UnsafeRawBufferPointer(start: bytes, count: joined.count), bytes: bytes,
            ends: ends, start: 0)
    }

    deinit {
        bytes.deallocate()
        ends.deallocate()
    }
}

extension CSVRecord {
    /// The record without its first fields; its text stays as it came.
    package func dropping(_ fields: Int) -> CSVRecord {
        let left = max(0, fieldCount - fields)
        return CSVRecord(
            line: line, offset: offset, length: length, fieldCount: left, flaw: flaw,
            isUnterminated: isUnterminated, hasOpenQuote: hasOpenQuote, rawBytes: rawBytes,
            bytes: bytes, ends: left > 0 ? ends + fields : ends,
            start: left > 0 ? ends[fields - 1] + 1 : start)
    }

    /// The record's text behind its first fields.
    package func text(behind fields: Int, delimiter: UInt8) -> UnsafeRawBufferPointer {
        var left = fields
        var isQuoted = false
        var atFieldStart = true
        for (index, byte) in rawBytes.enumerated() where left > 0 {
            if byte == 34, isQuoted || atFieldStart {
                // A doubled quote closes and opens again.
                isQuoted.toggle()
                atFieldStart = isQuoted ? false : true
            } else if byte == delimiter, !isQuoted {
                left -= 1
                atFieldStart = true
                if left == 0 { return UnsafeRawBufferPointer(rebasing: rawBytes[(index + 1)...]) }
            } else {
                atFieldStart = false
            }
        }
        return UnsafeRawBufferPointer(rebasing: rawBytes[rawBytes.endIndex...])
    }
}
