internal import CCrypto

/// The key of an effect on another system: a UUID of version 5 (RFC 9562), so that the same effect has the
/// same key wherever and however often it is made.
package enum EffectKey {
    /// The project's own namespace, f3b7c1d2-6a0e-4c58-9b1d-2e7a5c90d841; it never changes.
    static let namespace: [UInt8] = [
        0xF3, 0xB7, 0xC1, 0xD2, 0x6A, 0x0E, 0x4C, 0x58, 0x9B, 0x1D, 0x2E, 0x7A, 0x5C, 0x90, 0xD8,
        0x41,
    ]

    /// The key of what is told to an endpoint in a night: told again in another night it is another effect.
    package static func key(_ parts: [String]) -> String {
        key(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    /// The key of an effect whose parts are joined already, with `separator` between them.
    package static func key(_ name: [UInt8]) -> String { text(uuid(of: name, in: namespace)) }

    /// No text of a file holds it.
    package static let separator: UInt8 = 0x1F

    static func uuid(of name: [UInt8], in namespace: [UInt8]) -> [UInt8] {
        let bytes = namespace + name
        var digest = [UInt8](repeating: 0, count: 20)
        SHA1(bytes, bytes.count, &digest)
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        return Array(digest[..<16])
    }

    /// As UUIDs are written: `6ba7b812-9dad-11d1-80b4-00c04fd430c8`.
    static func text(_ uuid: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in uuid.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
