internal import Foundation
package import Settings

/// What a fetch job says: where files come from, which are finished, and what becomes of them there.
package struct FetchTerms: Hashable, Sendable {
    /// What becomes of a file there once it is safe here.
    package enum After: String, CaseIterable, Sendable { case keep, move, delete }

    /// What shows that a file there is finished.
    package enum Evidence: String, CaseIterable, Sendable {
        /// Whatever there is.
        case any
        /// `NAME.done`, or a manifest.
        case marker
        /// `NAME.manifest`.
        case manifest
    }

    /// The kinds of places, each with keys of its own.
    enum Kind: String, CaseIterable {
        case sftp, ftps, s3, https, file

        var keys: [String] {
            switch self {
            case .sftp: ServerAccess.sftpKeys
            case .ftps: ServerAccess.ftpsKeys
            case .s3: S3Access.keys
            case .https: ["auth"] + HTTPTrust.keys
            case .file: []
            }
        }
    }

    /// What lets us in.
    package enum Door: Hashable, Sendable {
        case server(ServerAccess)
        case bucket(S3Access)
        case web(WebAccess)
        case folder
    }

    package var from: EndpointURL
    package var door: Door
    package var after: After
    /// Where `move` puts files, from their folder on or, with a slash at its beginning, from the root; with a slash at its end.
    package var target: String
    /// How long a file must have been left alone.
    package var quietSeconds: Int
    package var requiredEvidence: Evidence
    package var timeoutSeconds: Int

    package static let keys =
        ["from", "pattern", "to", "settle", "timeout"]
        + Set(Kind.allCases.flatMap(\.keys)).sorted()

    private static let schemes = ["sftp", "https", "ftps", "ftp", "http", "file"]

    /// Reads the keys of a fetch job; nil, with the errors noted, where something is wrong.
    package init?(_ map: SettingsMap) {
        let before = map.reader.errors.count
        after = map.word("after") ?? .keep
        target = map.text("to").map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        let settle = map.map("settle", SettingsKeys(["quiet", "require"]))
        quietSeconds = settle?.secondsOrNone("quiet") ?? 60
        requiredEvidence = settle?.word("require") ?? .any
        timeoutSeconds = map.seconds("timeout") ?? 30
        guard let from = map.endpointURL("from", schemes: FetchTerms.schemes) else { return nil }
        self.from = from
        let kind = FetchTerms.kind(from, map)
        door = .folder
        check(kind, map)
        let door: Door? =
            switch kind {
            case .sftp, .ftps: FetchTerms.server(map, from).map { .server($0) }
            case .s3: S3Access(map, urlKey: "from").map { .bucket($0) }
            case .https: WebAccess(map).map { .web($0) }
            case .file: .folder
            }
        guard let door, map.reader.errors.count == before else { return nil }
        self.door = door
    }

    private static func kind(_ from: EndpointURL, _ map: SettingsMap) -> Kind {
        switch from.scheme {
        case "sftp": .sftp
        case "ftps", "ftp": .ftps
        case "file": .file
        default: map.node("region") == nil ? .https : .s3
        }
    }

    private static func server(_ map: SettingsMap, _ from: EndpointURL) -> ServerAccess? {
        let needed = from.scheme == "sftp" ? "known_hosts" : "password"
        if map.node(needed) == nil {
            map.reader.fail("'\(needed)' is needed for \(from.scheme)", at: map.location)
        }
        return ServerAccess(map, urlKey: "from", schemes: [from.scheme])
    }

    /// Keys of other kinds of places, and those that don't go together.
    private func check(_ kind: Kind, _ map: SettingsMap) {
        for other in Kind.allCases {
            for key in other.keys where !kind.keys.contains(key) && map.node(key) != nil {
                map.reader.fail(
                    "'\(key)' is for \(other.rawValue), not for \(kind.rawValue)",
                    at: map.location(of: key))
            }
        }
        if (after == .move) != (map.node("to") != nil) {
            map.reader.fail(
                after == .move
                    ? "'after: move' needs 'to', the folder that files are moved to"
                    : "'to' is for 'after: move'",
                at: map.location(of: after == .move ? "after" : "to"))
        }
        guard kind == .https else {
            if map.node("pattern") == nil {
                map.reader.fail(
                    "'pattern' is needed: the names of the files to fetch", at: map.location)
            }
            return
        }
        if after != .keep {
            map.reader.fail(
                "a URL can only be read: 'after' is keep for https", at: map.location(of: "after"))
        }
        for key in ["pattern", "settle"] where map.node(key) != nil {
            map.reader.fail(
                "'\(key)' is for places that list files; a URL is one file (for S3 say its 'region')",
                at: map.location(of: key))
        }
        if from.path.hasSuffix("/") {
            map.reader.fail("'from' names no file", at: map.location(of: "from"))
        }
    }

    /// The place itself, with its secrets.
    ///
    /// - Parameter folder: the workspace.
    func place(
        _ wire: Wire, folder: String, _ environment: (String) -> String?
    ) throws(SecretError) -> any RemotePlace {
        switch door {
        case .server(let access):
            ServerPlace(self, try access.access(from, folder: folder, environment), wire)
        case .bucket(let access): try BucketPlace(self, access, wire, environment)
        case .web(let access): WebPlace(self, try access.access(environment), wire)
        case .folder: FolderPlace(self, workspace: folder)
        }
    }
}

extension FetchTerms {
    /// The name under which the one file of a URL comes.
    package var fileName: String {
        let name = String(from.path.split(separator: "/").last ?? "")
        return name.removingPercentEncoding ?? name
    }

    /// Why what lets us in can't be had; nil where it can.
    package func missingSecret(
        folder: String, _ environment: (String) -> String?
    ) -> SecretError? {
        do {
            _ = try place(Wire(clock: { 0 }), folder: folder, environment)
            return nil
        } catch {
            return error as? SecretError
        }
    }
}

/// What lets us in at a web server.
package struct WebAccess: Hashable, Sendable {
    package var bearer: SecretSource?
    package var user: String?
    package var password: SecretSource?
    package var trust: HTTPTrust

    init?(_ map: SettingsMap) {
        trust = HTTPTrust(map, urlKey: "from")
        guard map.node("auth") != nil else { return }
        guard let auth = map.map("auth", SettingsKeys(["bearer", "basic"])) else { return nil }
        bearer = auth.secretSource("bearer")
        let keys = SettingsKeys(["user", "password"], needed: ["user", "password"])
        if let basic = auth.map("basic", keys) {
            user = basic.text("user")
            password = basic.secretSource("password")
        }
        if (bearer == nil) == (user == nil) {
            map.reader.fail(
                "'auth' needs one of bearer and basic", at: map.location(of: "auth"))
        }
    }

    func access(_ environment: (String) -> String?) throws(SecretError) -> Access {
        var access = try trust.access(environment)
        access.bearer = try bearer?.secret(environment)
        access.user = user
        access.password = try password?.secret(environment)
        return access
    }
}

extension SettingsMap {
    /// A length of time that may be none at all.
    fileprivate func secondsOrNone(_ key: String) -> Int? {
        guard let duration = duration(key) else { return nil }
        if duration.seconds == nil {
            reader.fail(
                "'\(key)' needs seconds, minutes, hours, days or weeks", at: location(of: key))
        }
        return duration.seconds
    }
}

extension EndpointURL {
    /// The folder of a `file:` URL, with a slash at its end.
    var filePath: String {
        let plain = path.removingPercentEncoding ?? path
        return plain.hasSuffix("/") ? plain : plain + "/"
    }
}
