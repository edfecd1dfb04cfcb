package import Settings

/// What settings say of one endpoint.
package struct EndpointTerms: Hashable, Sendable {
    /// What is of its kind alone.
    package enum Details: Hashable, Sendable {
        case http(HTTPTerms)
        case splio(SplioTerms)
        /// SFTP and FTPS.
        case upload(UploadTerms)
        case s3(S3Terms)
        case file(FileTerms)
        case webhook(WebhookTerms)
    }

    package var name: String
    package var location: SettingsLocation
    package var kind: EndpointKind
    package var url: EndpointURL
    package var send: [MessageKind]
    /// Of one that gets files: how the lines of a message look, one layout a kind; without one as we name them.
    package var layouts: [Located<String>]
    /// Of one that gets files.
    package var format: OutgoingFormat
    package var details: Details
    /// Requests under way at once.
    package var inFlight: Int
    /// Requests a second at most; nil for no limit.
    package var rate: Int?
    /// Seconds until a request must be answered.
    package var timeoutSeconds: Int
    /// Seconds after its first attempt until a row is given up.
    package var giveUpSeconds: Int
    package static let usualGiveUpSeconds = 3 * 86_400
    /// Failures in a row that stop the endpoint for a while.
    package var breaker: Int

    /// Reads the map of an endpoint; nil, with the errors noted, where something is wrong.
    package init?(_ entry: SettingsEntry, _ reader: SettingsReader) {
        guard
            let kind = EndpointTerms.kind(entry, reader),
            let map = reader.map(entry.node, entry.key, EndpointTerms.keys(of: kind))
        else { return nil }
        let before = reader.errors.count
        name = entry.key
        location = entry.location
        self.kind = kind
        send = EndpointTerms.send(map, kind)
        layouts = EndpointTerms.layouts(map, kind)
        format = kind.takesFiles ? map.word("format") ?? .csv : .jsonLines
        inFlight = map.integer("in_flight", in: 1...1_000) ?? kind.inFlight
        rate = map.isNone("rate") ? nil : map.integer("rate", in: 1...100_000) ?? kind.rate
        timeoutSeconds = map.seconds("timeout") ?? 30
        giveUpSeconds = map.seconds("give_up_after") ?? EndpointTerms.usualGiveUpSeconds
        breaker = map.integer("breaker", in: 1...1_000) ?? 5
        let url = map.endpointURL("url", schemes: kind.schemes)
        let details = EndpointTerms.details(kind, map)
        guard let url, let details, reader.errors.count == before else { return nil }
        self.url = url
        self.details = details
    }

    private static func kind(_ entry: SettingsEntry, _ reader: SettingsReader) -> EndpointKind? {
        guard let entries = reader.entries(entry.node, entry.key) else { return nil }
        guard let kind = entries.first(where: { $0.key == "kind" }) else {
            let words = EndpointKind.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fail(
                "the endpoint '\(entry.key)' needs a 'kind': one of \(words)", at: entry.location)
            return nil
        }
        return reader.word(kind.node, "kind")
    }

    private static func send(_ map: SettingsMap, _ kind: EndpointKind) -> [MessageKind] {
        guard let items = map.items("send") else { return [] }
        if items.isEmpty {
            map.reader.fail(
                "'send' is empty: the endpoint would get nothing", at: map.location(of: "send"))
        }
        var kinds: [MessageKind] = []
        for item in items {
            guard let message: MessageKind = map.reader.word(item, "send") else { continue }
            if !kind.messages.contains(message) {
                let words = kind.messages.map(\.rawValue).joined(separator: ", ")
                map.reader.fail(
                    "\(kind.rawValue) endpoints can't be sent \(message.rawValue): they take \(words)",
                    at: item.location)
            } else if kinds.contains(message) {
                map.reader.fail("'\(message.rawValue)' stands twice in 'send'", at: item.location)
            }
            kinds.append(message)
        }
        return kinds
    }

    /// One name, or several.
    private static func layouts(_ map: SettingsMap, _ kind: EndpointKind) -> [Located<String>] {
        guard kind.takesFiles, let node = map.node("layout") else { return [] }
        if case .list = node.value { return map.texts("layout") ?? [] }
        return map.text("layout").map { [Located($0, at: node.location)] } ?? []
    }

    /// Those of all that get files.
    private static let fileKeys = ["layout", "format"]

    private static let commonKeys = [
        "kind", "url", "send", "in_flight", "rate", "timeout", "give_up_after", "breaker",
    ]

    /// The keys of a kind; those of the others are known, so that they can be sent there.
    private static func keys(of kind: EndpointKind) -> SettingsKeys {
        func own(_ kind: EndpointKind) -> [String] {
            kind.keys + (kind.takesFiles ? fileKeys.filter { !kind.keys.contains($0) } : [])
        }
        var keys = SettingsKeys(
            commonKeys + own(kind), needed: ["kind", "url", "send"] + kind.neededKeys)
        for other in EndpointKind.allCases {
            for key in own(other) where !keys.known.contains(key) {
                keys.elsewhere[key] =
                    "'\(key)' is a key of \(other.rawValue) endpoints, not of \(kind.rawValue) endpoints"
            }
        }
        return keys
    }

    private static func details(_ kind: EndpointKind, _ map: SettingsMap) -> Details? {
        switch kind {
        case .http: HTTPTerms(map).map { .http($0) }
        case .splio: SplioTerms(map).map { .splio($0) }
        case .sftp, .ftps: UploadTerms(map, kind).map { .upload($0) }
        case .s3: S3Terms(map).map { .s3($0) }
        case .file: FileTerms(map).map { .file($0) }
        case .webhook: WebhookTerms(map).map { .webhook($0) }
        }
    }
}

extension SettingsMap {
    /// A URL without a secret in it.
    func endpointURL(_ key: String, schemes: [String]) -> EndpointURL? {
        guard let text = text(key) else { return nil }
        do throws(EndpointURL.Problem) {
            return try EndpointURL(text, schemes: schemes)
        } catch {
            // Its text may hold a password: it is not repeated.
            reader.fail("'\(key)' \(error.text)", at: location(of: key))
            return nil
        }
    }

    /// Where a secret is kept.
    func secretSource(_ key: String) -> SecretSource? {
        guard let text = text(key) else { return nil }
        guard let source = SecretSource(text) else {
            // Its text may be the secret itself: it is not repeated.
            reader.fail(
                "'\(key)' needs 'env:NAME' or 'file:/path': secrets don't belong in settings",
                at: location(of: key))
            return nil
        }
        return source
    }

    /// A length of time that has a fixed number of seconds.
    func seconds(_ key: String) -> Int? {
        guard let duration = duration(key) else { return nil }
        guard let seconds = duration.seconds, seconds > 0 else {
            reader.fail(
                "'\(key)' needs seconds, minutes, hours, days or weeks, and more than none",
                at: location(of: key))
            return nil
        }
        return seconds
    }
}

extension EndpointTerms {
    /// The endpoints of a map from names to endpoints.
    package static func all(_ map: SettingsMap, _ key: String) -> [EndpointTerms] {
        (map.entries(key) ?? []).compactMap { entry in
            let isName = entry.key.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    || ($0 | 32) >= UInt8(ascii: "a") && ($0 | 32) <= UInt8(ascii: "z")
                    || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
            }
            if !isName || entry.key.isEmpty {
                map.reader.fail(
                    "the name of an endpoint is of letters, digits, - and _, not '\(entry.key)'",
                    at: entry.location)
            }
            return EndpointTerms(entry, map.reader)
        }
    }

    /// Reads endpoints.yaml: an operator may keep endpoints apart from the program.
    ///
    /// - Throws: `SettingsErrors` with all that is wrong.
    package static func file(_ source: SettingsSource) throws -> [EndpointTerms] {
        let reader = try SettingsReader(source)
        let map = try reader.file(SettingsKeys(["endpoints"], needed: ["endpoints"]))
        let endpoints = all(map, "endpoints")
        try reader.finish()
        return endpoints
    }
}
