internal import CScan
internal import Loyalty

/// Reads JSON Lines as records: one flat object a line, its values in the order of given columns.
///
/// Strings are unescaped, numbers and booleans keep their text, null is an empty field, as is a key that
/// isn't there. A key that is no column may hold anything and is noted. Blank lines are skipped; a UTF-8
/// byte order mark is dropped.
package final class JSONLinesReader {
    /// The keys that a rejects file puts before an object's own.
    package static let rejectKeys = ["line", "reason", "hint"]

    private let source: ByteSource
    private let limits: CSVReader.Limits
    private let names: [[UInt8]]
    private let made: TextRecord

    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var filled = 0
    private var consumed = 0
    private var bufferOffset = 0
    private var atStart = true
    private var atEnd = false
    private var nextLine = 1
    private var isSkippingLongLine = false

    private var records: [CSVRecord] = []
    private let texts = TextArena(blockBytes: 1 << 18)
    private var ends: UnsafeMutablePointer<UInt32>
    private var endCapacity = 0
    private var usedEnds = 0

    /// The value of each column in the object that is read, and whether it has one.
    private var values: [JSONScanner.Token?]
    /// The column of each key of the object before: objects mostly have their keys in one order.
    private var order: [Int] = []
    private var strangers: [JSONScanner.Token] = []
    /// A key that is no column, the first one that was met.
    package private(set) var unknown: (name: String, line: Int)?
    /// Whether an object had the keys of a rejects file before its own.
    package private(set) var isCorrected = false

    /// - Parameters:
    ///   - columns: the keys that are read, each once.
    ///   - batchBytes: how much is read at a time, 16 or more; a longer line makes it more.
    package init(
        columns: [String], limits: CSVReader.Limits = .init(), batchBytes: Int = 256 * 1024,
        source: @escaping ByteSource
    ) {
        self.source = source
        self.limits = CSVReader.Limits(line: min(limits.line, 1 << 30), fields: limits.fields)
        names = columns.map { Array($0.utf8) }
        made = TextRecord(columns, delimiter: 44)
        values = Array(repeating: nil, count: columns.count)
        capacity = batchBytes
        buffer = .allocate(capacity: capacity)
        ends = .allocate(capacity: 1)
    }

    deinit {
        buffer.deallocate()
        ends.deallocate()
    }

    /// The names of the columns, as a record.
    package var header: CSVRecord { made.record }

    /// The next records, in file order, valid until the next call; nil at the end.
    package func next() throws -> [CSVRecord]? {
        while true {
            try fill()
            records.removeAll(keepingCapacity: true)
            texts.removeAll()
            collect()
            if !records.isEmpty { return records }
            if atEnd, consumed == filled { return nil }
        }
    }

    private func fill() throws {
        if consumed > 0 {
            buffer.update(from: buffer + consumed, count: filled - consumed)
            bufferOffset += consumed
            filled -= consumed
            consumed = 0
        }
        if filled == capacity {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
            larger.update(from: buffer, count: filled)
            buffer.deallocate()
            buffer = larger
            capacity *= 2
        }
        while !atEnd, filled < capacity {
            let room = UnsafeMutableRawBufferPointer(
                start: buffer + filled, count: capacity - filled)
            let count = try source(room)
            if count == 0 { atEnd = true }
            filled += count
        }
        guard atStart else { return }
        atStart = false
        if filled >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { consumed = 3 }
    }

    /// Cuts the buffer into lines and leaves an unfinished one for the next batch.
    private func collect() {
        reserveEnds()
        while consumed < filled {
            let start = consumed
            let stop = lineEnd(from: start)
            guard let stop = stop ?? (atEnd ? filled : nil) else { break }
            consumed = min(filled, stop + 1)
            defer { nextLine += 1 }
            if isSkippingLongLine {
                isSkippingLongLine = false
                continue
            }
            let isPair = stop > start && buffer[stop - 1] == 13
            read(
                from: start, to: isPair ? stop - 1 : stop,
                isUnterminated: stop == filled && stop - start < limits.line + 2)
        }
        // A line that is longer than allowed is dropped as it comes, so that the buffer stays small.
        guard !atEnd, filled - consumed >= limits.line + 2 else { return }
        if !isSkippingLongLine {
            refuse(.tooLong, from: consumed, length: limits.line)
            isSkippingLongLine = true
        }
        consumed = filled
    }

    private func lineEnd(from start: Int) -> Int? {
        var at = start
        while at < filled, buffer[at] != 10 { at += 1 }
        return at < filled ? at : nil
    }

    /// Room for the fields of all lines of the buffer.
    private func reserveEnds() {
        var lines = 1
        for at in consumed..<max(consumed, filled) where buffer[at] == 10 { lines += 1 }
        usedEnds = 0
        let needed = lines * names.count
        guard needed > endCapacity else { return }
        ends.deallocate()
        ends = .allocate(capacity: needed)
        endCapacity = needed
    }

    private func read(from start: Int, to stop: Int, isUnterminated: Bool) {
        let length = stop - start
        // Blanks beyond the limit are refused as well: where a batch ends among them, nobody sees that they are all.
        guard
            length > limits.line
                || (start..<stop).contains(where: { !JSONLinesReader.isSpace(buffer[$0]) })
        else { return }
        var flaw = CSVRecord.Flaw.none
        if length > limits.line {
            flaw = .tooLong
        } else if nightjar_is_text(buffer + start, length) == 0 {
            flaw = .badEncoding
        } else {
            flaw = scan(from: start, to: stop)
        }
        guard flaw == .none else {
            refuse(
                flaw, from: start, length: min(length, limits.line), isUnterminated: isUnterminated)
            return
        }
        var room = values.count + 1
        for case let value? in values { room += value.end - value.start }
        let text = texts.reserve(room)
        let fields = ends + usedEnds
        usedEnds += values.count
        let scanner = JSONScanner(buffer, from: start, to: stop)
        var count = 0
        for (index, value) in values.enumerated() {
            if let value, value.kind != .null { count += scanner.text(value, into: text + count) }
            fields[index] = UInt32(count)
            text[count] = 44
            count += 1
        }
        // An escaped NUL is one all the same.
        if (0..<count).contains(where: { text[$0] == 0 }) {
            refuse(.badEncoding, from: start, length: length)
            return
        }
        add(
            from: start, length: length, bytes: text, ends: fields, fields: values.count, .none,
            isUnterminated)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

    private func refuse(
        _ flaw: CSVRecord.Flaw, from start: Int, length: Int, isUnterminated: Bool = false
    ) {
        add(
            from: start, length: length, bytes: buffer, ends: ends, fields: 0, flaw,
            isUnterminated)
    }

    private func add(
        from start: Int, length: Int, bytes: UnsafePointer<UInt8>, ends: UnsafePointer<UInt32>,
        fields: Int, _ flaw: CSVRecord.Flaw, _ isUnterminated: Bool
    ) {
        records.append(
            CSVRecord(
                line: nextLine, offset: bufferOffset + start, length: length, fieldCount: fields,
                flaw: flaw, isUnterminated: isUnterminated, hasOpenQuote: false,
                rawBytes: UnsafeRawBufferPointer(start: buffer + start, count: length),
                bytes: bytes, ends: ends, start: 0))
    }

    // MARK: One object

    /// Finds the values of an object's columns.
    private func scan(from start: Int, to stop: Int) -> CSVRecord.Flaw {
        for index in values.indices { values[index] = nil }
        strangers.removeAll(keepingCapacity: true)
        var scanner = JSONScanner(buffer, from: start, to: stop)
        guard scanner.take(UInt8(ascii: "{")) else { return .badJSON }
        if let own = JSONLinesReader.behindReject(scanner) {
            isCorrected = true
            scanner = own
        }
        var position = 0
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                guard let key = scanner.key(), let value = scanner.value() else { return .badJSON }
                guard position < limits.fields else { return .tooManyFields }
                let column = column(key, position, scanner)
                position += 1
                guard column >= 0 else {
                    guard note(key, scanner) else { return .badJSON }
                    continue
                }
                guard values[column] == nil, value.kind != .nested else { return .badJSON }
                values[column] = value
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "}")) else { return .badJSON }
        }
        return scanner.isAtEnd() ? .none : .badJSON
    }

    /// The column that a key names; -1 where it is none.
    private func column(
        _ key: JSONScanner.Token, _ position: Int, _ scanner: JSONScanner
    ) -> Int {
        if key.hasEscapes {
            let name = Array(scanner.string(key).utf8)
            return names.firstIndex(of: name) ?? -1
        }
        if position < order.count, order[position] >= 0, isName(order[position], key) {
            return order[position]
        }
        let column = names.indices.first { isName($0, key) } ?? -1
        while order.count <= position { order.append(-1) }
        order[position] = column
        return column
    }

    private func isName(_ column: Int, _ key: JSONScanner.Token) -> Bool {
        let count = key.end - key.start
        guard names[column].count == count else { return false }
        for index in 0..<count where names[column][index] != buffer[key.start + index] {
            return false
        }
        return true
    }

    /// Notes a key that is no column; false where the object has it twice, as it is written.
    private func note(_ key: JSONScanner.Token, _ scanner: JSONScanner) -> Bool {
        if unknown == nil { unknown = (scanner.string(key), nextLine) }
        let text = ByteText(start: buffer + key.start, count: key.end - key.start)
        for other in strangers
        where ByteText(start: buffer + other.start, count: other.end - other.start) == text {
            return false
        }
        strangers.append(key)
        return true
    }

    // MARK: Rejects

    /// A scanner behind the keys of a rejects file and the comma after them; nil where they don't stand
    /// first.
    private static func behindReject(_ scanner: JSONScanner) -> JSONScanner? {
        var scanner = scanner
        for (index, name) in rejectKeys.enumerated() {
            if index > 0 { guard scanner.take(UInt8(ascii: ",")) else { return nil } }
            guard let key = scanner.key(), scanner.string(key) == name, scanner.value() != nil
            else {
                return nil
            }
        }
        _ = scanner.take(UInt8(ascii: ","))
        return scanner
    }

    /// A line behind the brace that opens its object and what a rejects file put there; nil where it
    /// opens none.
    package static func original(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        var scanner = JSONScanner(base, to: line.count)
        guard scanner.take(UInt8(ascii: "{")) else { return nil }
        let own = behindReject(scanner) ?? scanner
        return UnsafeRawBufferPointer(rebasing: line[own.at...])
    }
}
