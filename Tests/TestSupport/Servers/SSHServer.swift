internal import Foundation

/// A real sshd that gives SFTP alone, as the tests' own user, on a loopback port.
package final class SSHServer {
    package let folder: ScratchFolder
    package let port: Int
    private let process: ServerProcess
    /// Who may log in.
    package let user: String

    /// Keys of users; each has its file of that name.
    package enum Key: String, CaseIterable {
        case ed25519, ecdsa, rsa
        /// ed25519 behind `passphrase`.
        case locked
        /// One that the server doesn't know.
        case stranger
    }

    package static let passphrase = "open sesame"

    /// - Parameters:
    ///   - keys: those that are made.
    ///   - password: lets a user of this server in, who has no account of the machine; nil for none.
    package init(keys: Set<Key> = [.ed25519, .stranger], password: String? = nil) throws {
        let folder = try ScratchFolder()
        port = try Loopback.freePort()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/in", withIntermediateDirectories: true)
        func keygen(_ name: String, _ type: String, _ passphrase: String = "") throws {
            try ServerProcess.run(
                "/usr/bin/ssh-keygen",
                ["-q", "-t", type, "-N", passphrase, "-C", name, "-f", "\(folder.path)/\(name)"],
                package: "openssh-client")
        }
        try keygen("host", "ed25519")
        for key in keys {
            let type = key == .ecdsa || key == .rsa ? key.rawValue : "ed25519"
            try keygen(key.rawValue, type, key == .locked ? Self.passphrase : "")
        }
        let known = try keys.filter { $0 != .stranger }.map {
            try folder.read("\($0).pub")
        }
        try folder.write(known.joined(), to: "authorized")
        // The program must do with the private key alone.
        for key in keys {
            try FileManager.default.moveItem(
                atPath: "\(folder.path)/\(key).pub", toPath: "\(folder.path)/\(key).public")
        }
        try folder.write(
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder.path)/host
            PidFile none
            AuthorizedKeysFile \(folder.path)/authorized
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            MaxStartups 1000
            Subsystem sftp internal-sftp
            ForceCommand internal-sftp
            """, to: "sshd.conf")
        let user =
            password == nil ? String(cString: getpwuid(geteuid()).pointee.pw_name) : "teller"
        // Debian makes this folder only where sshd is run as a service.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        process = try ServerProcess(
            "/usr/sbin/sshd", ["-D", "-e", "-f", folder.path + "/sshd.conf"], port: port,
            log: folder.path + "/sshd.log", package: "openssh-server",
            environment: try password.map { try Self.account(user, $0, in: folder) } ?? [:])
        self.folder = folder
        self.user = user
        try writeKnownHosts()
    }

    /// What makes sshd find a user in files of ours, under our own number.
    private static func account(
        _ user: String, _ password: String, in folder: ScratchFolder
    ) throws -> [String: String] {
        let library = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
            .map { "/usr/lib/\($0)/libnss_wrapper.so" }
            .first { FileManager.default.fileExists(atPath: $0) }
        guard let library else {
            throw ServerProcess.Failure(
                description: "libnss_wrapper.so is missing (libnss-wrapper): run scripts/setup")
        }
        let hash =
            try ServerProcess.run(
                "/usr/bin/openssl", ["passwd", "-6", password], package: "openssl"
            ).split(separator: "\n").first ?? ""
        let users = try String(contentsOfFile: "/etc/passwd", encoding: .utf8)
        let groups = try String(contentsOfFile: "/etc/group", encoding: .utf8)
        return [
            "LD_PRELOAD": library,
            "NSS_WRAPPER_PASSWD": try folder.write(
                "\(users)\(user):x:\(geteuid()):\(getegid())::\(folder.path):/bin/sh\n",
                to: "passwd"),
            "NSS_WRAPPER_GROUP": try folder.write(groups, to: "group"),
            "NSS_WRAPPER_SHADOW": try folder.write(
                "\(user):\(hash):19000:0:99999:7:::\n", to: "shadow"),
        ]
    }

    /// What it said of logins.
    package func said() throws -> String { try folder.read("sshd.log") }

    /// Ends it.
    package func stop() { process.stop() }

    package func key(_ key: Key) -> String { "\(folder.path)/\(key)" }

    /// Knows the server at its own port and at others that lead to it.
    package func writeKnownHosts(alsoAt ports: [Int] = []) throws {
        let key = try hostKey("host")
        try folder.write(
            ([port] + ports).map { "[127.0.0.1]:\($0) \(key)\n" }.joined(), to: "known_hosts")
        let wrong = try String(contentsOfFile: "\(folder.path)/stranger.public", encoding: .utf8)
        try folder.write("[127.0.0.1]:\(port) \(wrong)", to: "known_hosts.wrong")
    }

    private func hostKey(_ name: String) throws -> String {
        try folder.read(name + ".pub").split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// Right, and with another key for the host.
    package var knownHosts: String { folder.path + "/known_hosts" }
    package var wrongHosts: String { folder.path + "/known_hosts.wrong" }
}
