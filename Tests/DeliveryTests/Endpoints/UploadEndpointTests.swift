import Delivery
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct UploadEndpointTests {
    @Test func `an endpoint of SFTP gets everything right that can go wrong`() throws {
        try exercise(SFTPPeer())
    }

    @Test func `an endpoint of FTPS gets everything right that can go wrong`() throws {
        try exercise(FTPSPeer())
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `SFTP tells how much room a full disk lacks`() throws {
        let peer = try SFTPPeer()
        let verdict = try deliver(try peer.parcel(rows: 1), by: peer.endpoint(meeting: .full))
        #expect(
            verdict
                == .later(
                    Trouble("no room at the other side: 0 bytes are free, 204807 are needed")))
        #expect(try peer.strays() == [])
    }

    @Test func `names with blanks, quotes and backslashes arrive as they are`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            for name in ["a b 'c' \"d\" \\e\\.csv", "-rf ü%41;type=a?#.csv", "\\\".csv"] {
                let parcel = try peer.parcel(name: name)
                #expect(try deliver(parcel, by: peer.endpoint(meeting: nil)) == .acknowledged())
                #expect(try peer.count(of: parcel.rows[0]) == 1, "\(name)")
            }
            #expect(try peer.strays() == [])
        }
    }

    @Test(arguments: ["", "..", "a/b.csv", "a\nDELE b.csv"])
    func `a name that is a path or a command is refused`(name: String) throws {
        let peer = try SFTPPeer()
        let safe = try peer.parcel(rows: 1)
        var file = try #require(OutgoingFile(payload: safe.rows[0].payload))
        file.name = name
        var parcel = safe
        parcel.rows[0].payload = Array(file.payload.utf8)
        #expect(
            try deliver(parcel, by: peer.endpoint(meeting: nil))
                == .refused("the row names no file that can be sent"))
    }

    @Test func `another file of that name stays as it is`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            var parcel = try peer.parcel(rows: 1)
            let other = peer.files.target + "/" + peer.files.name(of: parcel.rows[0])
            try Data("other".utf8).write(to: URL(filePath: other))
            for isRepeated in [false, true] {
                parcel.isRepeated = isRepeated
                guard
                    case .refused(let text) = try deliver(parcel, by: peer.endpoint(meeting: nil))
                else {
                    Issue.record("was not refused")
                    return
                }
                #expect(text.contains("a file of 5 bytes"))
            }
            #expect(try String(contentsOfFile: other, encoding: .utf8) == "other")
            #expect(try peer.strays() == [])
        }
    }

    @Test func `an empty file arrives too`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            var parcel = try peer.parcel(bytes: 0)
            for isRepeated in [false, true] {
                parcel.isRepeated = isRepeated
                #expect(try deliver(parcel, by: peer.endpoint(meeting: nil)) == .acknowledged())
                #expect(try peer.count(of: parcel.rows[0]) == 1)
            }
        }
    }

    @Test func `what a broken upload left is removed when it is old, and nothing else is`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            let names = [
                ".a b.csv.0123456789ab.nightjar.part", ".young.csv.0123456789ab.nightjar.part",
                ".other.part", "old.csv",
            ]
            for name in names {
                let path = peer.files.target + "/" + name
                try Data("x".utf8).write(to: URL(filePath: path))
                let age: TimeInterval = name.contains("young") ? 3_600 : 3 * 86_400
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
            }
            let parcel = try peer.parcel(rows: 1)
            let now = Int(Date().timeIntervalSince1970)
            var drive = try Drive(peer.endpoint(meeting: nil), now: now)
            #expect(drive.deliver(parcel) == [.acknowledged()])
            let left = try FileManager.default.contentsOfDirectory(atPath: peer.files.target)
            #expect(names.filter { left.contains($0) } == Array(names.dropFirst()))
        }
    }

    @Test func `an upload that breaks in the middle leaves no half under the name`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            let target = peer.files.target
            let parcel = try peer.parcel(bytes: 8 << 20)
            let endpoint = try peer.endpoint(meeting: .resetInAnswer)
            peer.wire.fail(
                .cut(
                    .reset,
                    when: {
                        let names = try? FileManager.default.contentsOfDirectory(atPath: target)
                        return names?.contains { $0.hasPrefix(".codes") } ?? false
                    }))
            let verdict = try deliver(parcel, by: endpoint)
            guard case .later(let trouble) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(!trouble.mayHaveArrived)
            #expect(try peer.count(of: parcel.rows[0]) == 0)
            #expect(try deliver(parcel, by: peer.endpoint(meeting: nil)) == .acknowledged())
            #expect(try peer.count(of: parcel.rows[0]) == 1)
            #expect(try peer.strays() == [])
        }
    }

    @Test func `a folder that isn't there stops the endpoint, and is not made`() throws {
        for peer in try [SFTPPeer(), FTPSPeer()] as [any FilesServer] {
            try FileManager.default.removeItem(atPath: peer.files.target)
            let verdict = try deliver(
                try peer.parcel(rows: 1), by: peer.endpoint(meeting: nil))
            guard case .halted(let trouble) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(trouble.text.contains("the folder in 'url' is not there"))
            #expect(!FileManager.default.fileExists(atPath: peer.files.target))
        }
    }

    private func deliver(_ parcel: Parcel, by endpoint: any Endpoint) throws -> Verdict {
        var drive = try Drive(endpoint)
        return try #require(drive.deliver(parcel)?.first)
    }
}

/// The peers of both kinds: a real server, and a way to it that fails.
protocol FilesServer: Peer {
    var files: FilesPeer { get set }
    var wire: FaultyWire { get }
    /// The server's own.
    var port: Int { get }
    /// Whether what is sent now meets a fault.
    var isFailing: Bool { get set }
}

extension FilesServer {
    /// Makes what comes next meet a fault, and says at which port.
    func way(meeting fault: Fault?) throws -> Int {
        isFailing = fault != nil
        wire.fail(files.wire(fault))
        return switch fault {
        case .nobody: try Loopback.freePort()
        case .timeout, .timeoutBehind, .resetBefore, .resetInAnswer, .truncated, .drip: wire.port
        default: port
        }
    }

    func parcel(rows: Int) throws -> Parcel { try files.parcel() }

    func count(of row: OutboxRow) throws -> Int {
        try files.count(of: row, marked: !isFailing)
    }

    func strays() throws -> [String] { try files.strays() }

    func parcel(name: String? = nil, bytes: Int = FilesPeer.size) throws -> Parcel {
        try files.parcel(name: name, bytes: bytes)
    }
}
