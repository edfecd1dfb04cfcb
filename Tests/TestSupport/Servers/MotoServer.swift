/// A server of S3 by moto: objects in memory, signatures that it doesn't look at.
package final class MotoServer {
    package let port: Int
    private let folder: ScratchFolder
    private let process: ServerProcess

    package init() throws {
        folder = try ScratchFolder()
        port = try Loopback.freePort()
        process = try ServerProcess(
            try MotoTools.path("moto_server"), ["-H", "127.0.0.1", "-p", "\(port)"], port: port,
            log: folder.path + "/moto.log", package: "moto")
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    package func stop() { process.stop() }
}
