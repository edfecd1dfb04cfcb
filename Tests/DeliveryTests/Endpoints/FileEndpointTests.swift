import Delivery
import Foundation
import TestSupport
import Testing

@Suite struct FileEndpointTests {
    private let peer: FilePeer

    init() throws { peer = try FilePeer() }

    @Test func `an endpoint of folders gets everything right that can go wrong`() throws {
        try exercise(peer)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a full disk is told, and holds no half of a file`() throws {
        let verdict = try deliver(try peer.files.parcel(), in: peer.files.small)
        guard case .later(let trouble) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(trouble.text.contains("No space left on device; make room there"))
        #expect(try peer.strays() == [])
    }

    /// What a kill leaves behind each step.
    @Test(arguments: ["half", "whole", "linked", "named"])
    func `begun again behind a kill it ends with one file and one marker`(left: String) throws {
        var parcel = try peer.files.parcel()
        let name = peer.files.name(of: parcel.rows[0])
        let source = "\(peer.files.workspace.path)/outgoing/2026-01-15/\(name)"
        let data = try Data(contentsOf: URL(filePath: source))
        let temporary = "\(peer.files.target)/.\(name).0f8fad5bd9cb.nightjar.part"
        if left != "named" {
            try (left == "half" ? data.prefix(1_000) : data).write(to: URL(filePath: temporary))
        }
        if left == "linked" || left == "named" {
            try data.write(to: URL(filePath: "\(peer.files.target)/\(name)"))
        }
        parcel.isRepeated = true
        #expect(try deliver(parcel) == .acknowledged())
        #expect(try peer.count(of: parcel.rows[0]) == 1)
        #expect(try peer.strays() == [])
    }

    @Test func `another file of that name stays as it is`() throws {
        let parcel = try peer.files.parcel()
        let other = "\(peer.files.target)/\(peer.files.name(of: parcel.rows[0]))"
        try Data("other".utf8).write(to: URL(filePath: other))
        guard case .refused(let text) = try deliver(parcel) else {
            Issue.record("was not refused")
            return
        }
        #expect(text.contains("is there already"))
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "other")
        #expect(try FileManager.default.contentsOfDirectory(atPath: peer.files.target).count == 1)
    }

    @Test func `a file that changed since it was written is not sent`() throws {
        let parcel = try peer.files.parcel()
        let name = peer.files.name(of: parcel.rows[0])
        for (data, reason) in [
            (Data(count: FilesPeer.size), "is not what was written"),
            (Data(count: 5), "has 5 bytes and was written with"),
        ] {
            try peer.files.workspace.write(data, to: "outgoing/2026-01-15/\(name)")
            guard case .refused(let text) = try deliver(parcel) else {
                Issue.record("was not refused")
                return
            }
            #expect(text.contains(reason))
            #expect(text.contains("nightjar deliver --retry"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: peer.files.target) == [])
    }

    @Test func `a folder that isn't there stops the endpoint, and is not made`() throws {
        let place = peer.files.target + "/not mounted"
        let url = place.replacing(" ", with: "%20").replacing("ü", with: "%C3%BC")
        guard case .halted(let trouble) = try deliver(try peer.files.parcel(), in: url) else {
            Issue.record("was not halted")
            return
        }
        #expect(trouble.text.contains("not mounted/: No such file or directory"))
        #expect(trouble.text.contains("is it mounted?"))
        #expect(!FileManager.default.fileExists(atPath: place))
    }

    @Test(arguments: [
        ("file://mnt/pos/", "is no URL like file:///path"),
        ("file:///mnt/%FF/", "needs the path of a folder, in UTF-8"),
        ("file:///mnt/a?b", "needs the path of a folder"),
        ("https://mnt/pos", "must begin with file://"),
    ])
    func `a URL that names no folder is refused`(url: String, reason: String) throws {
        let errors = try EndpointText("kind: file\nurl: \(url)\nsend: [reports]").errors()
        #expect(errors.count == 1)
        #expect(errors.first?.contains(reason) ?? false)
    }

    private func deliver(_ parcel: Parcel, in path: String? = nil) throws -> Verdict {
        var drive = try Drive(
            try path.map { try peer.endpoint(in: $0) } ?? peer.endpoint(meeting: nil))
        return try #require(drive.deliver(parcel)?.first)
    }
}
