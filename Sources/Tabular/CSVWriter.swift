package import Loyalty

/// Writes CSV after RFC 4180: LF line ends, quotes only where a field needs them.
///
/// Bytes gather in one buffer; the owner takes them out when it is full.
package struct CSVWriter: ~Copyable {
    private let delimiter: UInt8
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes written and not yet taken.
    package private(set) var count = 0
    private var atLineStart = true
    /// Where the record's first field starts; negative once there is another, or its bytes are taken.
    private var onlyField = -1

    package init(delimiter: UInt8 = 44, capacity: Int = 1 << 18) {
        self.delimiter = delimiter
        self.capacity = capacity
        buffer = .allocate(capacity: capacity)
    }

    deinit { buffer.deallocate() }

    /// The bytes so far; valid until the next write.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: buffer, count: count)
    }

    package mutating func removeAll() {
        count = 0
        onlyField = -1
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: buffer, count: count)
        buffer.deallocate()
        buffer = moved
        capacity = larger
    }

    private mutating func separate() {
        reserve(1)
        if atLineStart {
            onlyField = count
        } else {
            buffer[count] = delimiter
            count += 1
            onlyField = -1
        }
        atLineStart = false
    }

    /// Writes a text field, quoted where it holds a delimiter, a quote or a line end.
    ///
    /// - Parameter defused: a leading `'` where a spreadsheet would take the text for a formula.
    package mutating func text(_ field: ByteText, defused: Bool = false) {
        separate()
        let isFormula = defused && CSVWriter.isFormula(field)
        var quotes = 0
        var needsQuotes = false
        // Straight from the pointer: the subscript is a call into another module for every byte.
        let start = field.start
        for index in 0..<field.count {
            let byte = start[index]
            if byte == 34 { quotes += 1 }
            if byte == 34 || byte == delimiter || byte == 10 || byte == 13 { needsQuotes = true }
        }
        reserve(field.count + quotes + 3)
        if needsQuotes { put(34) }
        if isFormula { put(39) }
        if quotes == 0 {
            (buffer + count).update(from: field.start, count: field.count)
            count += field.count
        } else {
            for index in 0..<field.count {
                if field[index] == 34 { put(34) }
                put(field[index])
            }
        }
        if needsQuotes { put(34) }
    }

    package mutating func text(_ field: String, defused: Bool = false) {
        var field = field
        field.withUTF8 { bytes in
            guard let base = bytes.baseAddress else {
                empty()
                return
            }
            text(ByteText(start: base, count: bytes.count), defused: defused)
        }
    }

    /// An empty field.
    package mutating func empty() { separate() }

    package mutating func number(_ value: Int64) {
        separate()
        digits(value)
    }

    /// Money as a decimal number: `-12.05`.
    package mutating func money(_ value: MinorUnits, decimals: Int) {
        guard decimals > 0 else { return number(value) }
        separate()
        reserve(24 + decimals)
        if value < 0 { put(45) }
        let magnitude = value.magnitude
        var scale: UInt64 = 1
        for _ in 0..<decimals { scale *= 10 }
        digits(Int64(magnitude / scale))
        put(46)
        var rest = magnitude % scale
        for _ in 0..<decimals {
            scale /= 10
            put(48 + UInt8(rest / scale))
            rest %= scale
        }
    }

    /// A date as `yyyy-MM-dd`.
    package mutating func date(_ date: CivilDate) {
        separate()
        put(date: date)
    }

    /// A local time as `yyyy-MM-dd'T'HH:mm:ss`.
    package mutating func time(_ local: LocalSeconds) {
        separate()
        let date = CivilDate(local: local)
        put(date: date)
        reserve(12)
        let second = local - date.midnight
        for (mark, number) in [
            (UInt8(84), second / 3600), (58, second / 60 % 60), (58, second % 60),
        ] {
            put(mark)
            put(48 + UInt8(number / 10))
            put(48 + UInt8(number % 10))
        }
    }

    private mutating func put(date: CivilDate) {
        reserve(12)
        let (year, month, day) = date.civil
        put(48 + UInt8(year / 1000 % 10))
        put(48 + UInt8(year / 100 % 10))
        put(48 + UInt8(year / 10 % 10))
        put(48 + UInt8(year % 10))
        put(45)
        put(48 + UInt8(month / 10))
        put(48 + UInt8(month % 10))
        put(45)
        put(48 + UInt8(day / 10))
        put(48 + UInt8(day % 10))
    }

    /// Bytes that are already CSV, without their line end; they end the record.
    package mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        separate()
        reserve(bytes.count)
        if let base = bytes.baseAddress {
            (buffer + count).update(
                from: base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        }
        count += bytes.count
    }

    package mutating func endRecord() {
        reserve(3)
        if !atLineStart, onlyField == count {
            // One empty field: a blank line would be skipped by whoever reads it.
            put(34)
            put(34)
        }
        put(10)
        atLineStart = true
    }

    private mutating func put(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }

    private mutating func digits(_ value: Int64) {
        reserve(24)
        if value < 0 { put(45) }
        var magnitude = value.magnitude
        let start = count
        repeat {
            put(48 + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        var low = start
        var high = count - 1
        while low < high {
            swap(&buffer[low], &buffer[high])
            low += 1
            high -= 1
        }
    }

    /// Whether a spreadsheet would run the text: OWASP's list of leading bytes (CSV injection), bare
    /// or behind quotes.
    ///
    /// So whoever takes one leading `'` off a text that would be run behind it has the text again.
    private static func isFormula(_ field: ByteText) -> Bool {
        for index in 0..<field.count {
            switch field.start[index] {
            case 61, 43, 45, 64, 9, 10, 13: return true
            case 34, 39: continue
            default: return false
            }
        }
        return false
    }

    /// Whether a spreadsheet would run the text.
    package static func isFormula(_ field: String) -> Bool {
        var field = field
        return field.withUTF8 { bytes in
            bytes.baseAddress.map { isFormula(ByteText(start: $0, count: bytes.count)) } ?? false
        }
    }
}
