import CCrypto
import Delivery
import Foundation
import Loyalty
import TestSupport

/// What peers of all endpoints of files share: files to send, and the folder where they must arrive.
struct FilesPeer {
    let workspace: ScratchFolder
    /// Where files arrive, on this machine.
    let target: String
    /// Another such folder that is too small for any.
    let small: String
    private var last = 0

    /// 200 KiB and odd.
    static let size = 200 << 10 | 7

    init(target: String, small: String) throws {
        workspace = try ScratchFolder()
        self.target = target
        self.small = small
    }

    mutating func parcel(name: String? = nil, bytes: Int = size, key: String? = nil) throws
        -> Parcel
    {
        last += 1
        let name = name ?? "codes 2026-01-15 \(last).csv"
        // Bytes that no two files share.
        let data = Data(repeating: UInt8(truncatingIfNeeded: last), count: bytes)
        try workspace.write(data, to: "outgoing/2026-01-15/\(name)")
        let file = OutgoingFile(
            file: "outgoing/2026-01-15/\(name)", name: name, bytes: bytes,
            sha256: FilesPeer.sha256(data), rows: 3)
        let row = OutboxRow(
            id: Int64(last), night: CivilDate(days: 20_468), kind: "code-changes", subject: "",
            key: key ?? "0f8fad5b-d9cb-469f-a165-70867728\(9_000 + last)",
            payload: Array(file.payload.utf8))
        return Parcel(key: row.key, rows: [row], isRepeated: false)
    }

    private static func sha256(_ data: Data) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        data.withUnsafeBytes { _ = SHA256($0.baseAddress, $0.count, &digest) }
        return digest.map { String(format: "%02x", $0) }.joined()
    }

    func name(of row: OutboxRow) -> String {
        OutgoingFile(payload: row.payload)?.name ?? ""
    }

    /// Whether a file has arrived, under its own name.
    func hasArrived(_ row: OutboxRow) -> Bool {
        FileManager.default.fileExists(atPath: target + "/" + name(of: row))
    }

    /// How often a file counts: once where it is whole, and, where it must be, marked.
    func count(of row: OutboxRow, marked: Bool) throws -> Int {
        guard hasArrived(row), let file = OutgoingFile(payload: row.payload) else { return 0 }
        let data = try Data(contentsOf: URL(filePath: "\(target)/\(file.name)"))
        guard FilesPeer.sha256(data) == file.sha256 else { return 99 }
        guard marked else { return 1 }
        let marker = FileManager.default.contents(atPath: "\(target)/\(file.name).done")
        return marker?.count == 0 ? 1 : 0
    }

    /// What has arrived and is neither a whole file nor its marker.
    func strays() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: target)
        let wrong = names.filter { name in
            name.hasPrefix(".")
                || name.hasSuffix(".done") && !names.contains(String(name.dropLast(5)))
        }
        let halves = (try? FileManager.default.contentsOfDirectory(atPath: small)) ?? []
        return wrong + halves
    }
}

extension FilesPeer {
    /// What the way to the server does: of what happens behind the deed, the deed is that a file gets its name.
    func wire(_ fault: Fault?) -> FaultyWire.Fault {
        let target = target
        let before = Set((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? [])
        let isDone: @Sendable () -> Bool = {
            let now = (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []
            return now.contains { !$0.hasPrefix(".") && !before.contains($0) }
        }
        return switch fault {
        case .timeout: .silence
        case .timeoutBehind: .cut(.silence, when: isDone)
        case .resetBefore: .reset
        case .resetInAnswer: .cut(.reset, when: isDone)
        case .truncated: .cut(.close, when: isDone)
        case .drip: .drip
        default: .none
        }
    }

    /// A second where something must not be waited for; else as long as a busy machine may need.
    func timeout(_ fault: Fault?) -> String {
        switch fault {
        case .timeout, .timeoutBehind, .drip: "1 second"
        default: "30 seconds"
        }
    }
}
