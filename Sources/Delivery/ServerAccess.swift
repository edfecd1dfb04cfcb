internal import Foundation
internal import Settings

/// What settings say of how an SFTP or FTPS server lets us in: endpoints and fetch jobs say it alike.
package struct ServerAccess: Hashable, Sendable {
    /// A private key, and hosts that are known: files, from the workspace's folder on where they don't begin with a slash.
    package var key: String?
    package var keyPassword: SecretSource?
    package var knownHosts: String?
    package var password: SecretSource?
    /// An authority to trust beside the system's: a file in PEM form.
    package var authority: String?
    package var verifiesPeer = true

    static let sftpKeys = ["password", "key", "key_password", "known_hosts"]
    static let ftpsKeys = ["password", "ca", "verify"]

    /// - Parameters:
    ///   - urlKey: the key of the URL that all this is for.
    ///   - schemes: what it may begin with.
    init?(_ map: SettingsMap, urlKey: String, schemes: [String]) {
        let before = map.reader.errors.count
        password = map.secretSource("password")
        let url = ServerAccess.url(map, urlKey, schemes)
        if schemes.contains("sftp") {
            key = map.path("key")
            keyPassword = map.secretSource("key_password")
            knownHosts = map.path("known_hosts")
            if (map.node("key") == nil) == (map.node("password") == nil) {
                map.reader.fail(
                    "sftp logs in by 'key' or by 'password': say one of them", at: map.location)
            }
            if map.node("key_password") != nil, map.node("key") == nil {
                map.reader.fail(
                    "'key_password' opens a 'key', and there is none",
                    at: map.location(of: "key_password"))
            }
        } else {
            authority = map.path("ca")
            verifiesPeer = map.boolean("verify") ?? true
            if !verifiesPeer, url?.isLoopback == false {
                map.reader.fail(
                    "'verify: false' is for loopback only: anybody could pose as the server; "
                        + "where it has an authority of its own, name that in 'ca'",
                    at: map.location(of: "verify"))
            }
        }
        guard map.reader.errors.count == before else { return nil }
    }

    /// The URL, which others have read already, for what is asked of it here alone.
    private static func url(
        _ map: SettingsMap, _ key: String, _ schemes: [String]
    ) -> EndpointURL? {
        guard let text = map.node(key)?.text,
            let url = try? EndpointURL(text, schemes: schemes)
        else { return nil }
        if url.user == nil {
            map.reader.fail(
                "'\(key)' says no user: \(url.scheme)://USER@\(url.host)/folder/",
                at: map.location(of: key))
        }
        if url.path.removingPercentEncoding == nil || !url.query.isEmpty {
            map.reader.fail(
                "'\(key)' needs the path of a folder, in UTF-8, percent-encoded (? is %3F)",
                at: map.location(of: key))
        }
        return url
    }

    /// What lets us in, secrets included.
    ///
    /// - Parameter folder: the workspace.
    /// - Throws: `SecretError` where a secret or a file can't be had.
    func access(
        _ url: EndpointURL, folder: String, _ environment: (String) -> String?
    ) throws(SecretError) -> Access {
        var access = Access()
        access.user = url.user.map { $0.removingPercentEncoding ?? $0 }
        access.password = try password?.secret(environment)
        access.keyPassword = try keyPassword?.secret(environment)
        if let key {
            let path = ServerAccess.whole(key, folder)
            try SSHKey.check(path, isOpened: access.keyPassword != nil)
            access.keyFile = path
        }
        if let knownHosts {
            access.knownHostsFile = try ServerAccess.readable(
                knownHosts, folder, "make it with: ssh-keyscan \(url.host)")
        }
        if let authority {
            access.authorityFile = try ServerAccess.readable(authority, folder, "check 'ca'")
        }
        access.verifiesPeer = verifiesPeer
        return access
    }

    private static func whole(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func readable(
        _ path: String, _ folder: String, _ advice: String
    ) throws(SecretError) -> String {
        let path = whole(path, folder)
        guard Foundation.access(path, R_OK) == 0 else {
            throw SecretError(text: "\(path): \(String(cString: strerror(errno))); \(advice)")
        }
        return path
    }
}

extension SettingsMap {
    /// A file, as `file:/path` or without `file:`.
    func path(_ key: String) -> String? {
        parse(key, as: "a file: '/path' or 'file:/path'") { text in
            guard text.hasPrefix("file:") else { return text.hasPrefix("env:") ? nil : text }
            let path = text.dropFirst(5)
            return path.isEmpty ? nil : String(path.hasPrefix("//") ? path.dropFirst(2) : path)
        }
    }
}
