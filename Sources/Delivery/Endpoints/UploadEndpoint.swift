internal import Foundation
internal import Settings

/// What settings say of an endpoint of kind sftp or ftps.
package struct UploadTerms: Hashable, Sendable {
    /// A private key, and hosts that are known: files, from the workspace's folder on where they don't begin with a slash.
    package var key: String?
    package var keyPassword: SecretSource?
    package var knownHosts: String?
    package var password: SecretSource?
    /// An authority to trust beside the system's: a file in PEM form.
    package var authority: String?
    package var verifiesPeer = true
    package var file: FileForm

    static func keys(of kind: EndpointKind) -> [String] {
        FileForm.keys + ["password"]
            + (kind == .sftp ? ["key", "key_password", "known_hosts"] : ["ca", "verify"])
    }

    init?(_ map: SettingsMap, _ kind: EndpointKind) {
        let before = map.reader.errors.count
        file = FileForm(map)
        password = map.secretSource("password")
        let url = UploadTerms.url(map, kind)
        if kind == .sftp {
            key = map.path("key")
            keyPassword = map.secretSource("key_password")
            knownHosts = map.path("known_hosts")
            if (map.node("key") == nil) == (map.node("password") == nil) {
                map.reader.fail(
                    "an sftp endpoint logs in by 'key' or by 'password': say one of them",
                    at: map.location)
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
    private static func url(_ map: SettingsMap, _ kind: EndpointKind) -> EndpointURL? {
        guard let text = map.node("url")?.text,
            let url = try? EndpointURL(text, schemes: kind.schemes)
        else { return nil }
        if url.user == nil {
            map.reader.fail(
                "'url' says no user: \(url.scheme)://USER@\(url.host)/folder/",
                at: map.location(of: "url"))
        }
        if url.path.removingPercentEncoding == nil || !url.query.isEmpty {
            map.reader.fail(
                "'url' needs the path of a folder, in UTF-8, percent-encoded (? is %3F)",
                at: map.location(of: "url"))
        }
        return url
    }
}

/// Puts files on an SFTP or FTPS server.
final class UploadEndpoint: Endpoint {
    private let remote: RemoteFolder
    private let folder: String
    private let doneMarker: Bool

    init(
        _ terms: EndpointTerms, _ details: UploadTerms, folder: String,
        _ environment: (String) -> String?
    ) throws(SecretError) {
        var access = Access()
        access.user = terms.url.user.map { $0.removingPercentEncoding ?? $0 }
        access.password = try details.password?.secret(environment)
        access.keyPassword = try details.keyPassword?.secret(environment)
        if let key = details.key {
            let path = UploadEndpoint.whole(key, folder)
            try SSHKey.check(path, isOpened: access.keyPassword != nil)
            access.keyFile = path
        }
        if let hosts = details.knownHosts {
            access.knownHostsFile = try UploadEndpoint.readable(
                hosts, folder, "make it with: ssh-keyscan \(terms.url.host)")
        }
        if let authority = details.authority {
            access.authorityFile = try UploadEndpoint.readable(authority, folder, "check 'ca'")
        }
        access.verifiesPeer = details.verifiesPeer
        var patience = Patience()
        patience.connectSeconds = min(patience.connectSeconds, terms.timeoutSeconds)
        patience.totalSeconds = patience.connectSeconds + terms.timeoutSeconds
        patience.stallSeconds = terms.timeoutSeconds
        remote = RemoteFolder(terms.url, access: access, patience: patience)
        self.folder = folder
        doneMarker = details.file.doneMarker
    }

    func capacity(of kind: String) -> Int { 1 }

    func login(now: Int) -> (any Errand)? { LeftoversErrand(remote: remote) }

    func errand(for parcel: Parcel) -> any Errand {
        UploadErrand(remote: remote, parcel: parcel, folder: folder, doneMarker: doneMarker)
    }

    private static func whole(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func readable(
        _ path: String, _ folder: String, _ advice: String
    ) throws(SecretError) -> String {
        let path = whole(path, folder)
        guard access(path, R_OK) == 0 else {
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
