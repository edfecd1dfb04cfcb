/// Walks JSON text (RFC 8259) byte by byte and says where things are; it makes no values.
///
/// The text must be valid UTF-8. A lone surrogate in an escape is no text and refused.
package struct JSONScanner {
    package enum Kind: Sendable {
        case string, number, boolean, null
        /// An object or a list.
        case nested
    }

    /// A key or value of the text.
    package struct Token {
        package var kind: Kind
        /// A string's text without its quotes; all of anything else.
        package var start: Int
        package var end: Int
        /// Whether a string must be unescaped.
        package var hasEscapes = false
    }

    package let bytes: UnsafePointer<UInt8>
    private let end: Int
    package private(set) var at: Int
    private static let deepest = 64

    package init(_ bytes: UnsafePointer<UInt8>, from start: Int = 0, to end: Int) {
        self.bytes = bytes
        self.end = end
        at = start
    }

    /// Whether nothing but space is left.
    package mutating func isAtEnd() -> Bool {
        skipSpace()
        return at == end
    }

    /// Takes one byte of punctuation, with the space before it.
    package mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard at < end, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// Takes a key and its colon; nil where there is none.
    package mutating func key() -> Token? {
        skipSpace()
        guard let token = string(), take(UInt8(ascii: ":")) else { return nil }
        return token
    }

    /// Takes a value; nil where there is none.
    package mutating func value(depth: Int = 0) -> Token? {
        skipSpace()
        guard at < end else { return nil }
        let start = at
        switch bytes[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true") ? token(.boolean, start) : nil
        case UInt8(ascii: "f"): return word("false") ? token(.boolean, start) : nil
        case UInt8(ascii: "n"): return word("null") ? token(.null, start) : nil
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return nested(depth: depth + 1) ? token(.nested, start) : nil
        default: return number() ? token(.number, start) : nil
        }
    }

    private func token(_ kind: Kind, _ start: Int) -> Token {
        Token(kind: kind, start: start, end: at)
    }

    private mutating func skipSpace() {
        while at < end {
            switch bytes[at] {
            case 32, 9, 10, 13: at += 1
            default: return
            }
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else { return false }
        for index in 0..<count where bytes[at + index] != word.utf8Start[index] { return false }
        at += count
        return true
    }

    private mutating func nested(depth: Int) -> Bool {
        guard depth <= JSONScanner.deepest else { return false }
        let isObject = bytes[at] == UInt8(ascii: "{")
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        at += 1
        if take(close) { return true }
        while true {
            if isObject { guard key() != nil else { return false } }
            guard value(depth: depth) != nil else { return false }
            if take(close) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func digits() -> Bool {
        let start = at
        while at < end, bytes[at] &- 48 <= 9 { at += 1 }
        return at > start
    }

    private mutating func number() -> Bool {
        if at < end, bytes[at] == UInt8(ascii: "-") { at += 1 }
        let start = at
        guard digits(), bytes[start] != 48 || at == start + 1 else { return false }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() else { return false }
        }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
                at += 1
            }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func string() -> Token? {
        guard at < end, bytes[at] == UInt8(ascii: "\"") else { return nil }
        at += 1
        let start = at
        var hasEscapes = false
        while at < end {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return Token(kind: .string, start: start, end: at - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard escape() else { return nil }
            case ..<32: return nil
            default: at += 1
            }
        }
        return nil
    }

    /// Takes one escape, or two that are a surrogate pair.
    private mutating func escape() -> Bool {
        guard at + 1 < end else { return false }
        guard bytes[at + 1] == UInt8(ascii: "u") else {
            let isKnown = JSONScanner.plain(bytes[at + 1]) != nil
            at += 2
            return isKnown
        }
        guard let unit = JSONScanner.unit(bytes + at, end - at) else { return false }
        at += 6
        guard unit & 0xF800 == 0xD800 else { return true }
        guard unit < 0xDC00, let low = JSONScanner.unit(bytes + at, end - at),
            low & 0xFC00 == 0xDC00
        else { return false }
        at += 6
        return true
    }

    /// What a short escape stands for.
    private static func plain(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    /// The UTF-16 unit of `\uXXXX`.
    private static func unit(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
        guard count >= 6, bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for index in 2..<6 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Writes a token's text, unescaped, and says how many bytes it has: at most those it came with.
    package func text(_ token: Token, into output: UnsafeMutablePointer<UInt8>) -> Int {
        guard token.hasEscapes else {
            output.update(from: bytes + token.start, count: token.end - token.start)
            return token.end - token.start
        }
        var count = 0
        var at = token.start
        while at < token.end {
            guard bytes[at] == UInt8(ascii: "\\") else {
                output[count] = bytes[at]
                count += 1
                at += 1
                continue
            }
            if let byte = JSONScanner.plain(bytes[at + 1]) {
                output[count] = byte
                count += 1
                at += 2
                continue
            }
            var point = JSONScanner.unit(bytes + at, token.end - at) ?? 0
            at += 6
            if point & 0xFC00 == 0xD800 {
                let low = JSONScanner.unit(bytes + at, token.end - at) ?? 0
                point = 0x10000 + (point & 0x3FF) << 10 + low & 0x3FF
                at += 6
            }
            count += UTF8Point.put(point, output + count)
        }
        return count
    }

    /// A token's text, off the path of a line.
    package func string(_ token: Token) -> String {
        let room = max(1, token.end - token.start)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            let count = text(token, into: base)
            return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
        }
    }
}
