import Delivery
import Foundation
import TestSupport

/// A vsftpd that lets nobody in without TLS, before an endpoint of kind ftps.
final class FTPSPeer: FilesServer {
    let server: VsftpdServer
    let wire: FaultyWire
    let certificates: Certificates
    var files: FilesPeer
    private let folder: ScratchFolder
    private let other: VsftpdServer
    private let disk: SmallDisk?
    var isFailing = false
    var port: Int { server.port }

    init() throws {
        folder = try ScratchFolder()
        certificates = try Certificates(folder.path + "/certificates")
        server = try VsftpdServer(certificates)
        other = try VsftpdServer(certificates, .other)
        wire = try FaultyWire(to: server.port)
        let root = server.folder.path + "/files"
        disk = SmallDisk.isPossible ? try SmallDisk(root + "/small", kibibytes: 64) : nil
        files = try FilesPeer(target: root + "/in", small: root + "/small")
    }

    var faults: Set<Fault> {
        let all: Set<Fault> = [
            .timeout, .timeoutBehind, .resetBefore, .resetInAnswer, .truncated, .drip, .nobody,
            .wrongCertificate, .refusedLogin,
        ]
        return disk == nil ? all : all.union([.full])
    }

    let secrets = [VsftpdServer.password, "a wr0ng password"]

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        let usual = try way(meeting: fault)
        let port = fault == .wrongCertificate ? other.port : usual
        return try EndpointText(
            """
            kind: ftps
            url: ftp://\(VsftpdServer.user)@localhost:\(port)/\(fault == .full ? "small" : "in")/
            password: env:PASSWORD
            ca: \(certificates.authority)
            send: [code-changes]
            done_marker: true
            timeout: \(files.timeout(fault))
            """
        ).endpoint(
            folder: files.workspace.path,
            ["PASSWORD": secrets[fault == .refusedLogin ? 1 : 0]])
    }
}
