internal import Foundation
internal import Loyalty
internal import Tabular

/// What `NAME.manifest` says of the file beside it, as one JSON object: `bytes`, `sha256`, `rows`, by
/// column `sums`, and `as_of`, the moment that it shows; at least one of them.
struct Manifest {
    static let ending = ".manifest"

    private(set) var bytes: Int?
    private(set) var sha256: [UInt8]?
    private(set) var rows: Int?
    /// Exact decimal numbers by canonical column.
    private(set) var sums: [String: String] = [:]
    private var asOf: LocalTime?

    private static let mostBytes = 1 << 16

    /// - Throws: `FileRefusal` where it says nothing that can be held against a file.
    init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileRefusal(.badManifest, String(cString: strerror(errno)))
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileRefusal(.badManifest, "it is no file")
        }
        let text: Data
        do {
            text = try file.read(upToCount: Manifest.mostBytes + 1) ?? Data()
        } catch {
            throw FileRefusal(.badManifest, "\(error)")
        }
        guard !text.isEmpty else { throw FileRefusal(.badManifest, "it is empty") }
        guard text.count <= Manifest.mostBytes else {
            throw FileRefusal(.badManifest, "it has more than \(Manifest.mostBytes) bytes")
        }
        guard String(validating: text, as: UTF8.self) != nil else {
            throw FileRefusal(.badManifest, "it is not UTF-8")
        }
        try text.withUnsafeBytes { text in
            guard let base = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            try read(JSONScanner(base, to: text.count))
        }
        guard bytes != nil || sha256 != nil || rows != nil || !sums.isEmpty || asOf != nil else {
            throw FileRefusal(.badManifest, "it has none of bytes, sha256, rows, sums, as_of")
        }
    }

    /// Holds the bytes of a file against it.
    func check(_ fingerprint: FileFingerprint) throws {
        if let bytes, bytes != fingerprint.bytes {
            throw FileRefusal(
                .controlTotal, "the manifest says \(bytes) bytes, there are \(fingerprint.bytes)")
        }
        if let sha256, sha256 != fingerprint.sha256 {
            throw FileRefusal(.controlTotal, "the manifest's sha256 is not the file's")
        }
    }

    /// The moment that the file shows, on the clocks of its sender where it has no offset.
    func asOf(_ context: FileContext) throws -> LocalSeconds? {
        guard let asOf else { return nil }
        let system = context.constants.lazy.compactMap { $0["system"] }.first
        var times = try LocalTimes(
            zone: system.flatMap { context.systemZone($0) } ?? context.program.timezone,
            program: context.program.timezone)
        return times.seconds(asOf)
    }

    private mutating func read(_ scanner: JSONScanner) throws {
        var own: [String: JSONScanner.Token] = [:]
        try Manifest.object(scanner) { own[$0] = $1 }
        bytes = try own["bytes"].map { try count($0, "bytes", scanner) }
        rows = try own["rows"].map { try count($0, "rows", scanner) }
        if let token = own["sha256"] {
            let digits = Array(scanner.string(token).utf8)
            let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard token.kind == .string, digits.count == 64, values.count == 64 else {
                throw FileRefusal(.badManifest, "'sha256' is not 64 hexadecimal digits")
            }
            sha256 = (0..<32).map { UInt8(values[2 * $0] << 4 | values[2 * $0 + 1]) }
        }
        if let token = own["as_of"] {
            let patterns = [Layout.timePattern, Layout.timePattern + "X"].compactMap {
                DatePattern($0)
            }
            let text = scanner.string(token)
            asOf = patterns.lazy.compactMap { $0.time(of: text) }.first
            guard token.kind == .string, asOf != nil else {
                throw FileRefusal(.badManifest, "'as_of' is no time like 2026-01-31T18:30:00")
            }
        }
        if let token = own["sums"] {
            let inner = JSONScanner(scanner.bytes, from: token.start, to: token.end)
            var found: [String: String] = [:]
            try Manifest.object(inner) { name, value in
                guard value.kind == .string || value.kind == .number else {
                    throw FileRefusal(.badManifest, "the sum of '\(name)' is no number")
                }
                found[name] = scanner.string(value)
            }
            sums = found
        }
    }

    private func count(
        _ token: JSONScanner.Token, _ name: String, _ scanner: JSONScanner
    ) throws -> Int {
        guard token.kind == .number, let count = Int(scanner.string(token)), count >= 0 else {
            throw FileRefusal(.badManifest, "'\(name)' is no whole number")
        }
        return count
    }

    /// Walks an object; a key that stands twice is an error.
    private static func object(
        _ start: JSONScanner, each: (String, JSONScanner.Token) throws -> Void
    ) throws {
        var scanner = start
        var seen: Set<String> = []
        guard scanner.take(UInt8(ascii: "{")) else {
            throw FileRefusal(.badManifest, "it is no JSON object")
        }
        if scanner.take(UInt8(ascii: "}")) { return }
        repeat {
            guard let key = scanner.key(), let value = scanner.value() else {
                throw FileRefusal(.badManifest, "its JSON is damaged at byte \(scanner.at)")
            }
            let name = scanner.string(key)
            guard seen.insert(name).inserted else {
                throw FileRefusal(.badManifest, "'\(name)' stands twice")
            }
            try each(name, value)
        } while scanner.take(UInt8(ascii: ","))
        guard scanner.take(UInt8(ascii: "}")), scanner.isAtEnd() else {
            throw FileRefusal(.badManifest, "its JSON is damaged at byte \(scanner.at)")
        }
    }
}

extension DatePattern {
    fileprivate func time(of text: String) -> LocalTime? {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.flatMap { self(ByteText(start: $0, count: bytes.count)) }
        }
    }
}
