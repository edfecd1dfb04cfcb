import Delivery
import Foundation
import TestSupport

/// A folder of this machine, before an endpoint of kind file.
final class FilePeer: Peer {
    var files: FilesPeer
    private let folder: ScratchFolder
    private let disk: SmallDisk?

    init() throws {
        folder = try ScratchFolder()
        let target = folder.path + "/till ü"
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: true)
        disk = SmallDisk.isPossible ? try SmallDisk(folder.path + "/small", kibibytes: 64) : nil
        files = try FilesPeer(target: target, small: folder.path + "/small")
    }

    var faults: Set<Fault> { disk == nil ? [] : [.full] }

    let secrets: [String] = []

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        try endpoint(in: fault == .full ? files.small : folder.path + "/till%20%C3%BC/")
    }

    func endpoint(in path: String) throws -> any Endpoint {
        try EndpointText(
            """
            kind: file
            url: file://\(path)
            send: [code-changes]
            done_marker: true
            """
        ).endpoint(folder: files.workspace.path)
    }

    func parcel(rows: Int) throws -> Parcel { try files.parcel() }

    func count(of row: OutboxRow) throws -> Int { try files.count(of: row, marked: true) }

    func strays() throws -> [String] { try files.strays() }
}
