/// How a file writes characters as bytes.
package enum TextEncoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// The encoding whose byte order mark a file begins with, and its length.
    package static func mark(_ start: UnsafeRawBufferPointer) -> (
        encoding: TextEncoding, bytes: Int
    )? {
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            return (.utf16, 2)
        }
        return nil
    }

    /// The characters of windows-1252 from 0x80 to 0x9F; 0 where it has none.
    fileprivate static let windows: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]
}

/// Turns text of one encoding into UTF-8, block by block, so that all readers know UTF-8 only.
///
/// What the encoding has no character for becomes the UTF-8 of a lone surrogate, which is no UTF-8: the
/// line is refused for it, and its bytes can still be told and written as they came. Of a lone surrogate
/// of UTF-16 it is itself; of an undefined byte of windows-1252 U+DC00 and the byte.
package struct Transcoder {
    private let encoding: TextEncoding
    private var isStart = true
    private var isBigEndian = false
    /// UTF-16: the byte of a unit whose other one has not come yet, and a high surrogate likewise.
    private var half: UInt8?
    private var high: UInt32?

    package init(_ encoding: TextEncoding) { self.encoding = encoding }

    /// Room that so many bytes need at most.
    package static func room(_ count: Int) -> Int { 3 * count + 6 }

    /// Turns bytes into UTF-8 and says how many bytes it made; a byte order mark at the start is dropped.
    package mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var bytes = bytes
        if isStart {
            isStart = false
            if let mark = TextEncoding.mark(bytes), mark.encoding == encoding {
                isBigEndian = bytes[0] == 0xFE
                bytes = UnsafeRawBufferPointer(rebasing: bytes[mark.bytes...])
            }
        }
        switch encoding {
        case .utf16: return decodeUTF16(bytes, output)
        case .utf8, .latin1, .windows1252: return decodeSingle(bytes, output)
        }
    }

    /// Turns what is left at the end into UTF-8; nil where the file ends within a character's bytes.
    package mutating func finish(into output: UnsafeMutablePointer<UInt8>) -> Int? {
        guard half == nil else { return nil }
        guard let left = high else { return 0 }
        high = nil
        return UTF8Point.put(left, output)
    }

    private func decodeSingle(
        _ bytes: UnsafeRawBufferPointer, _ output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        for byte in bytes {
            if byte < 0x80 || encoding == .utf8 {
                output[count] = byte
                count += 1
                continue
            }
            var character = UInt32(byte)
            if encoding == .windows1252, byte < 0xA0 {
                let mapped = TextEncoding.windows[Int(byte) - 0x80]
                character = mapped == 0 ? 0xDC00 + UInt32(byte) : UInt32(mapped)
            }
            count += UTF8Point.put(character, output + count)
        }
        return count
    }

    private mutating func decodeUTF16(
        _ bytes: UnsafeRawBufferPointer, _ output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let unit =
                isBigEndian
                ? UInt32(first) << 8 | UInt32(byte) : UInt32(byte) << 8 | UInt32(first)
            if let left = high {
                high = nil
                if unit & 0xFC00 == 0xDC00 {
                    let character = 0x10000 + (left & 0x3FF) << 10 + unit & 0x3FF
                    count += UTF8Point.put(character, output + count)
                    continue
                }
                count += UTF8Point.put(left, output + count)
            }
            if unit & 0xFC00 == 0xD800 {
                high = unit
            } else {
                count += UTF8Point.put(unit, output + count)
            }
        }
        return count
    }

    // MARK: And back

    /// What was turned into UTF-8, as it came; UTF-16 is written little endian.
    ///
    /// - Parameter isStart: whether the file begins here: UTF-16 then begins with its mark.
    package static func encode(
        _ text: UnsafeRawBufferPointer, as encoding: TextEncoding, isStart: Bool
    ) -> [UInt8] {
        guard encoding != .utf8 else { return Array(text) }
        var bytes: [UInt8] = encoding == .utf16 && isStart ? [0xFF, 0xFE] : []
        bytes.reserveCapacity(2 * text.count)
        forEachPoint(of: text) { append($0, to: &bytes, encoding) }
        return bytes
    }

    /// Whether an encoding has a character for each of a text: what it has none for is written as a question mark.
    package static func canEncode(
        _ text: UnsafeRawBufferPointer, as encoding: TextEncoding
    ) -> Bool {
        guard encoding == .latin1 || encoding == .windows1252 else { return true }
        var isAll = true
        forEachPoint(of: text) { isAll = isAll && byte(of: $0, encoding) != nil }
        return isAll
    }

    @inline(__always)
    private static func forEachPoint(
        of text: UnsafeRawBufferPointer, _ body: (UInt32) -> Void
    ) {
        var at = 0
        while at < text.count {
            let lead = text[at]
            let more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3
            var point = more == 0 ? UInt32(lead) : UInt32(lead) & (0x3F >> UInt32(more))
            for index in 0..<more where at + 1 + index < text.count {
                point = point << 6 | UInt32(text[at + 1 + index] & 0x3F)
            }
            at += more + 1
            body(point)
        }
    }

    private static func append(_ point: UInt32, to bytes: inout [UInt8], _ encoding: TextEncoding) {
        if encoding == .utf16 {
            var units = [point]
            if point >= 0x10000 {
                units = [0xD800 + (point - 0x10000) >> 10, 0xDC00 + (point - 0x10000) & 0x3FF]
            }
            for unit in units { bytes += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
        } else {
            bytes.append(byte(of: point, encoding) ?? UInt8(ascii: "?"))
        }
    }

    /// What a code point is in an encoding of one byte a character.
    private static func byte(of point: UInt32, _ encoding: TextEncoding) -> UInt8? {
        if (0xDC80...0xDCFF).contains(point) { return UInt8(truncatingIfNeeded: point) }
        if encoding == .windows1252, point > 0xFF || (0x80..<0xA0).contains(point) {
            return TextEncoding.windows.firstIndex { UInt32($0) == point }.map { UInt8($0 + 0x80) }
        }
        return UInt8(exactly: point)
    }
}

/// One code point in UTF-8.
enum UTF8Point {
    /// Writes a code point, surrogates included, as UTF-8 does; says how many bytes it has.
    static func put(_ point: UInt32, _ output: UnsafeMutablePointer<UInt8>) -> Int {
        func low(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(point >> shift & 0x3F) }
        switch point {
        case ..<0x80:
            output[0] = UInt8(point)
            return 1
        case ..<0x800:
            output[0] = 0xC0 | UInt8(point >> 6)
            output[1] = low(0)
            return 2
        case ..<0x10000:
            output[0] = 0xE0 | UInt8(point >> 12)
            (output[1], output[2]) = (low(6), low(0))
            return 3
        default:
            output[0] = 0xF0 | UInt8(point >> 18)
            (output[1], output[2], output[3]) = (low(12), low(6), low(0))
            return 4
        }
    }
}
