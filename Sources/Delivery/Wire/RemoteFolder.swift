internal import CCurl
internal import Foundation

/// A folder of an SFTP or FTP server: the requests for what is done there, alike for both.
///
/// A name has no line end in it: `isSafe` says so.
package struct RemoteFolder: Sendable {
    package let url: EndpointURL
    package var access: Access
    /// For all but transfers of files, which may take hours as long as they move.
    package var patience: Patience
    /// SFTP; else FTP.
    let isSSH: Bool
    /// How commands of SFTP name the folder; those of FTP run within it.
    private let path: String

    package init(_ url: EndpointURL, access: Access, patience: Patience) {
        self.url = url
        self.access = access
        self.patience = patience
        // libcurl counts the login as connecting, and of FTP all that comes before the data connection stands:
        // a server that looks up our name first may take longer than any connection.
        self.patience.connectSeconds += patience.stallSeconds
        isSSH = url.scheme == "sftp"
        // ftp:// begins in the clear; ftps:// is TLS from its first byte.
        self.access.requiresFTPS = url.scheme == "ftp"
        let decoded = url.path.removingPercentEncoding ?? url.path
        let ended = decoded.hasSuffix("/") ? decoded : decoded + "/"
        // A path without a slash at its beginning starts from the user's home.
        path = ended.hasPrefix("/~/") ? String(ended.dropFirst(3)) : ended
    }

    /// Whether a name can be one of a file: nothing in it that is a path or ends a command.
    package static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 >= 32 && $0 != 127 && $0 != UInt8(ascii: "/") }
    }

    /// Asks whether a file is there, and how long: `Reply.found` reads the answer.
    package func look(at name: String) -> Request { request(.head, name) }

    /// Asks what is there, or in a folder there, for people to read; hidden files may be left out.
    package func list(_ name: String = "") -> Request {
        var request = request(.list, name.isEmpty ? "" : name + "/")
        // 10,000 files take about a megabyte.
        request.sink = .memory(limit: 64 << 20)
        return request
    }

    /// Asks for the facts of what is there: FTP only, and not every server knows it.
    package func listFacts() -> Request {
        var request = list()
        request.method = .facts
        return request
    }

    /// Asks what is there, hidden files too: FTP only, and some servers take it for the name of a file.
    package func listAll() -> Request {
        var request = list()
        request.method = .listAll
        return request
    }

    /// Brings a file here.
    package func fetch(_ name: String, to sink: Request.Sink) -> Request {
        var request = request(.get, name)
        request.sink = sink
        request.patience.totalSeconds = nil
        return request
    }

    /// Puts a file there, over one of that name.
    package func store(_ name: String, _ body: Request.Body) -> Request {
        var request = request(.upload, name)
        request.body = body
        request.patience.totalSeconds = nil
        return request
    }

    /// Gives a file another name, in the folder or, with slashes in it, in another.
    ///
    /// Over FTP it takes the place of one that has that name already.
    package func rename(_ name: String, to target: String) -> Request {
        commands(
            isSSH
                ? ["rename \(quoted(name)) \(quoted(target))"] : ["RNFR \(name)", "RNTO \(target)"])
    }

    /// Removes files; one that isn't there is no fault where `isNeeded` is false.
    package func remove(_ names: [String], isNeeded: Bool) -> Request {
        commands(
            names.map { name in
                (isNeeded ? "" : "*") + (isSSH ? "rm \(quoted(name))" : "DELE \(name)")
            })
    }

    /// Removes a file, if it is there, and asks over SFTP how much room there was with it: `Reply.room` reads the answer.
    package func removeAndTellRoom(_ name: String) -> Request {
        var request = remove([name], isNeeded: false)
        if isSSH { request.commandsBefore.insert("*statvfs \(quoted("."))", at: 0) }
        return request
    }

    private func commands(_ lines: [String]) -> Request {
        var request = request(.commands, "")
        // FTP changes into the folder between those that run before and after.
        if isSSH { request.commandsBefore = lines } else { request.commandsAfter = lines }
        return request
    }

    private func request(_ method: Request.Method, _ name: String) -> Request {
        var request = Request(method, url.appending(name))
        request.access = access
        request.patience = patience
        return request
    }

    private func quoted(_ name: String) -> String {
        let whole = name.hasPrefix("/") ? name : path + name
        return "\"\(whole.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

extension Reply {
    /// What `RemoteFolder.look` saw.
    package enum Found: Hashable, Sendable {
        /// With its size, where the server says it.
        case file(Int?)
        case nothing
        case failure(WireFailure)
    }

    /// What the answer to `RemoteFolder.look` says.
    package var found: Found {
        guard let failure else { return .file(contentLength) }
        return failure.isMissing ? .nothing : .failure(failure)
    }

    /// Free bytes, by the answer to `RemoteFolder.removeAndTellRoom`; nil where the server doesn't say.
    package var room: Int? {
        var numbers: [String: Int] = [:]
        for line in String(decoding: head, as: UTF8.self).split(separator: "\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            if pair.count == 2 { numbers[String(pair[0])] = Int(pair[1].drop { $0 == " " }) }
        }
        guard let blocks = numbers["f_bavail"], let size = numbers["f_frsize"] else { return nil }
        return blocks.multipliedReportingOverflow(by: size).partialValue
    }
}

extension WireFailure {
    /// Whether the file, or its folder, is not there.
    package var isMissing: Bool { code == Int(CURLE_REMOTE_FILE_NOT_FOUND.rawValue) }
}
