internal import Loyalty

/// A growing text: values as they stand in messages, one behind the other.
struct TextBuffer {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1 << 10) }

    var count: Int { bytes.count }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    mutating func append(_ text: ByteText) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.start, count: text.count))
    }

    /// Takes the last byte away where it is this one.
    mutating func trim(_ byte: UInt8) { if bytes.last == byte { bytes.removeLast() } }

    /// A JSON string with its quotes.
    mutating func quote(_ text: ByteText) {
        append(UInt8(ascii: "\""))
        let start = text.start
        var done = 0
        for at in 0..<text.count {
            let byte = start[at]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(start: start + done, count: at - done))
            done = at + 1
            escape(byte)
        }
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: start + done, count: text.count - done))
        append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 10: append(UInt8(ascii: "n"))
        case 13: append(UInt8(ascii: "r"))
        case 9: append(UInt8(ascii: "t"))
        default:
            append(Array("u00".utf8))
            append(byte < 16 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            append(Array("0123456789abcdef".utf8)[Int(byte & 15)])
        }
    }

    mutating func number(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        digits(value.magnitude, atLeast: 1)
    }

    /// `-12.05`, behind any sign.
    mutating func decimal(_ value: Int64, places: Int, mark: UInt8 = UInt8(ascii: ".")) {
        if value < 0 { append(UInt8(ascii: "-")) }
        guard places > 0 else { return digits(value.magnitude, atLeast: 1) }
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        digits(value.magnitude / scale, atLeast: 1)
        append(mark)
        digits(value.magnitude % scale, atLeast: places)
    }

    /// A number that is not less than zero, with zeros in front.
    mutating func digits(_ value: UInt64, atLeast width: Int) {
        let start = bytes.count
        var rest = value
        var count = 0
        while rest > 0 || count < width {
            bytes.append(48 + UInt8(rest % 10))
            rest /= 10
            count += 1
        }
        bytes[start...].reverse()
    }
}
