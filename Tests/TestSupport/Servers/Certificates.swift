internal import Foundation

/// Certificates of a test's own authority, made by openssl in a folder, each `NAME.pem` with `NAME.key`.
package struct Certificates: Sendable {
    /// What a certificate is good for; raw values are the names of its files.
    package enum Name: String, CaseIterable, Sendable {
        /// For localhost and 127.0.0.1.
        case right
        /// For another host.
        case other
        /// For localhost, and out of date.
        case expired
        /// Our own, to show to a server.
        case client
    }

    private let folder: String

    /// Makes all of them.
    package init(_ folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        func openssl(_ arguments: [String]) throws {
            try ServerProcess.run("/usr/bin/openssl", arguments, package: "openssl")
        }
        try openssl(
            ["req", "-x509", "-days", "30", "-subj", "/CN=Authority of a test"] + key + [
                "-keyout", "\(folder)/authority.key", "-out", authority,
            ])
        for (number, name) in Name.allCases.enumerated() {
            let hosts = name == .other ? "DNS:other.example" : "DNS:localhost,IP:127.0.0.1"
            try Data("subjectAltName=\(hosts)\n".utf8).write(
                to: URL(filePath: "\(folder)/\(name).names"))
            let request = "\(folder)/\(name).request"
            try openssl(
                ["req", "-subj", "/CN=\(name)", "-out", request] + key
                    + ["-keyout", self.key(name)])
            try openssl([
                "x509", "-req", "-in", request, "-CA", authority,
                "-CAkey", "\(folder)/authority.key", "-set_serial", "\(number + 1)",
                "-days", name == .expired ? "-1" : "30", "-extfile", "\(folder)/\(name).names",
                "-out", certificate(name),
            ])
        }
        // The same key behind a password.
        try openssl([
            "ec", "-in", self.key(.client), "-aes128", "-passout", "pass:\(Certificates.password)",
            "-out", lockedKey,
        ])
    }

    /// What to trust.
    package var authority: String { "\(folder)/authority.pem" }

    package func certificate(_ name: Name) -> String { "\(folder)/\(name).pem" }

    package func key(_ name: Name) -> String { "\(folder)/\(name).key" }

    /// The client's key behind `password`.
    package var lockedKey: String { "\(folder)/client.locked.key" }

    package static let password = "open sesame"
}
