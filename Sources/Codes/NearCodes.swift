internal import Loyalty
internal import Storage

/// Codes that the register knows and that a till may have meant.
///
/// Spellings are made and looked up; the register is never searched through. What is found is named by the
/// way it differs, so that a report that masks codes gives none away.
struct NearCodes {
    private let register: Register
    private let beginning: Statement

    init(_ register: Register, _ connection: Connection) throws {
        self.register = register
        beginning = try connection.prepare(
            "SELECT 1 FROM code WHERE code >= ? AND code < ? AND length(code) = ? LIMIT 1")
    }

    /// How a known code differs, such as `in capitals`; empty where none is like it.
    func matches(of code: ByteText) throws -> String {
        var found: [String] = []
        let bytes = Array(UnsafeBufferPointer(start: code.start, count: code.count))
        for (name, spelling) in NearCodes.spellings(of: bytes) {
            let isKnown = try spelling.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return false }
                return try !register.find(ByteText(start: start, count: buffer.count)).isEmpty
            }
            if isKnown { found.append(name) }
        }
        if let number = NearCodes.fromSpreadsheet(NearCodes.trim(bytes)), try begins(number) {
            found.append("as a number that a spreadsheet shortened")
        }
        return found.joined(separator: "; ")
    }

    static func spellings(of code: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        let trimmed = trim(code)
        var spellings: [(name: String, bytes: [UInt8])] = []
        var seen: Set<[UInt8]> = [code]
        func add(_ name: String, _ bytes: [UInt8]) {
            guard seen.insert(bytes).inserted, !bytes.isEmpty else { return }
            spellings.append((name, bytes))
        }
        add("without the blanks around it", trimmed)
        let cases: [(String, (UInt8) -> UInt8)] = [
            ("", { $0 }), ("in capitals", upper), ("in small letters", lower),
        ]
        let looks: [(String, (UInt8) -> UInt8)] = [
            ("", { $0 }), ("with 0 for O", { $0 | 32 == 0x6F ? 0x30 : $0 }),
            ("with O for 0", { $0 == 0x30 ? 0x4F : $0 }),
            ("with 1 for I and l", { $0 == 0x49 || $0 == 0x69 || $0 == 0x6C ? 0x31 : $0 }),
            ("with I for 1", { $0 == 0x31 ? 0x49 : $0 }),
            ("with l for 1", { $0 == 0x31 ? 0x6C : $0 }),
        ]
        for (look, change) in looks {
            for (name, fold) in cases {
                let words = [name, look].filter { !$0.isEmpty }.joined(separator: ", ")
                add(words, trimmed.map { change(fold($0)) })
            }
        }
        // Zeros that a spreadsheet dropped; no list has longer codes of digits than 20.
        if trimmed.allSatisfy({ (0x30...0x39).contains($0) }), trimmed.count < 20 {
            for zeros in 1...(20 - trimmed.count) {
                let padded = [UInt8](repeating: 0x30, count: zeros) + trimmed
                add("with \(zeros) more \(zeros == 1 ? "zero" : "zeros") in front", padded)
            }
        }
        return spellings
    }

    /// Whether a code of so many characters begins with what a spreadsheet left of a number.
    private func begins(_ number: (digits: String, length: Int)) throws -> Bool {
        beginning.bind(number.digits, at: 1)
        // ':' comes behind '9'.
        beginning.bind(number.digits + ":", at: 2)
        beginning.bind(Int64(number.length), at: 3)
        defer { beginning.reset() }
        return try beginning.step()
    }

    /// The leading digits, and how many there were, of `4.00638E+12`; nil for other texts.
    static func fromSpreadsheet(_ bytes: [UInt8]) -> (digits: String, length: Int)? {
        let text = String(decoding: bytes, as: UTF8.self).uppercased()
        let parts = text.split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, let exponent = Int(parts[1]), (1...30).contains(exponent) else {
            return nil
        }
        let digits = parts[0].utf8.filter { $0 != 0x2E && $0 != 0x2C }
        guard !digits.isEmpty, digits.count <= exponent + 1,
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (String(decoding: digits, as: UTF8.self), exponent + 1)
    }

    private static func trim(_ code: [UInt8]) -> [UInt8] {
        let rest = code.drop { $0 == 0x20 || $0 == 0x09 }
        return Array(rest.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
    }

    private static func upper(_ byte: UInt8) -> UInt8 {
        (0x61...0x7A).contains(byte) ? byte - 32 : byte
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }
}
