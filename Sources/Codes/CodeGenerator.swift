internal import CCrypto
internal import Storage

/// Makes codes that nobody can guess and everybody can read.
///
/// Twelve characters of an alphabet without look-alikes (no 0 and O, 1, I and L, 5 and S, U and V), which are
/// some 58 bits of a cryptographic random source, and one that checks them: the sum of all of them, each
/// times its place, divides by 29, so that no single wrong character and no two that changed places get
/// through. The night stays a function of its files all the same: codes are stored in the transaction that
/// makes them, nobody sees them before, and whoever runs the night again reads them.
struct CodeGenerator {
    /// Fills a buffer with random bytes.
    typealias Source = (inout [UInt8]) throws -> Void

    static let alphabet = Array("23456789ABCDEFGHJKMNPQRTVWXYZ".utf8)
    static let length = 13

    private let source: Source
    private var bytes: [UInt8] = []

    /// - Parameter source: for tests; the operating system's generator, through libcrypto, without it.
    init(source: @escaping Source = CodeGenerator.random) { self.source = source }

    /// The next code.
    mutating func next() throws -> [UInt8] {
        let count = CodeGenerator.alphabet.count
        var digits: [Int] = []
        while digits.count < CodeGenerator.length - 1 {
            if bytes.isEmpty {
                bytes = [UInt8](repeating: 0, count: 256)
                try source(&bytes)
            }
            let byte = Int(bytes.removeLast())
            // The last few values would make some characters likelier than others.
            if byte < 256 / count * count { digits.append(byte % count) }
        }
        digits.append(CodeGenerator.check(digits))
        return digits.map { CodeGenerator.alphabet[$0] }
    }

    /// The character that makes the sum divide: its own place is the last, with weight 1.
    private static func check(_ digits: [Int]) -> Int {
        let sum = digits.enumerated().reduce(0) { $0 + $1.element * (length - $1.offset) }
        return (alphabet.count - sum % alphabet.count) % alphabet.count
    }

    /// Whether a code has its check character.
    static func isRight(_ code: [UInt8]) -> Bool {
        let digits = code.compactMap { alphabet.firstIndex(of: $0) }
        guard code.count == length, digits.count == length else { return false }
        return check(Array(digits.dropLast())) == digits[length - 1]
    }

    static func random(_ bytes: inout [UInt8]) throws {
        guard RAND_bytes(&bytes, Int32(bytes.count)) == 1 else {
            throw StorageError.failed(
                path: "libcrypto", reason: "it has no random numbers to make codes of", sql: nil)
        }
    }
}
