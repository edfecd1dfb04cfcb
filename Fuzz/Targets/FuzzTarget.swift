import Foundation

/// One reader of what comes from outside, and what must hold of all that it may be given.
struct FuzzTarget: Sendable {
    var name: String
    /// What it begins with, beside files.
    var seeds: [String] = []
    /// What stands in the paths of those files of the samples and of the corpus that it begins with.
    var files: [String] = []
    /// What is put behind each of these, one after the other: the ways to read it.
    var dials: [[UInt8]] = [[]]
    /// The one of them that a file is read best with; none: it is begun with in all of these ways.
    var bestDial: (@Sendable ([UInt8]) throws -> [UInt8])?
    /// Reads an input; what it throws is a finding.
    var run: @Sendable (FuzzInput) throws -> Void

    /// All targets: a new one is an extension of its own and a line here.
    static let all: [FuzzTarget] = [
        .csv, .jsonLines, .records, .encodings, .packed, .manifest, .cards, .names, .amounts,
        .dates,
        .settings, .cron, .answers, .fetching, .listings, .xml, .addresses, .secrets,
    ]

    /// The largest file that is worth beginning with.
    private static let mostBytes = 4096
    /// So many files of one target, spread over all of its: reading what it begins with shouldn't take its time.
    private static let mostFiles = 200

    func writeSeeds(to folder: String, files: String?) throws {
        var inputs = seeds.map { Array($0.utf8) }
        let all =
            files.flatMap { FileManager.default.enumerator(atPath: $0) }?
            .compactMap { $0 as? String } ?? []
        let paths = all.sorted().filter { path in self.files.contains { path.contains($0) } }
        let count = min(paths.count, FuzzTarget.mostFiles)
        for path in (0..<count).map({ paths[$0 * paths.count / count] }) {
            let bytes = FileManager.default.contents(atPath: "\(files ?? "")/\(path)") ?? Data()
            if !bytes.isEmpty { inputs.append(Array(bytes.prefix(FuzzTarget.mostBytes))) }
        }
        for (number, input) in inputs.enumerated() {
            for (way, dial) in try (bestDial.map { [try $0(input)] } ?? dials).enumerated() {
                try Data(input + dial).write(to: URL(filePath: "\(folder)/\(number)-\(way)"))
            }
        }
    }
}

/// Bytes that libFuzzer made: what is read, and behind it a few that say how.
///
/// They are at the end, so that any file of the samples is an input as it is.
struct FuzzInput {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes as text, damage repaired.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A number below another one, of the last byte.
    mutating func number(below end: Int) -> Int { Int(bytes.popLast() ?? 0) % end }

    /// One of a few, by the last byte.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(below: values.count)] }

    /// The text in so many parts, one a line; the last one has all that is left.
    func lines(_ count: Int) -> [String] {
        let lines = bytes.split(
            separator: 10, maxSplits: count - 1, omittingEmptySubsequences: false)
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        return texts + Array(repeating: "", count: count - texts.count)
    }
}

/// What must hold.
func require(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
    if !holds { fail(otherwise()) }
}

/// Ends the program with what didn't hold: a finding.
func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data("\nnightjar-fuzz: \(text)\n".utf8))
    abort()
}

/// A file that is written anew for each input, in memory where the machine has a folder there.
enum ScratchFile {
    static let path: String = {
        let folder = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
        let path = "\(folder)/nightjar-fuzz-\(getpid())"
        atexit { unlink(ScratchFile.path) }
        return path
    }()

    /// A file of hosts that SSH knows; nobody looks into it.
    static let hosts = write([10], ending: ".hosts")

    static func write(_ bytes: [UInt8], ending: String = "") -> String {
        let path = path + ending
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        require(
            descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            "\(path) can't be written")
        close(descriptor)
        return path
    }
}
