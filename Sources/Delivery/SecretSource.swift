internal import Foundation

/// Where a secret is kept: `env:NAME` or `file:/path`, never the settings themselves.
package enum SecretSource: Hashable, Sendable, CustomStringConvertible {
    case environment(String)
    case file(String)

    /// Nil for a text of another form, a secret itself perhaps.
    package init?(_ text: String) {
        if text.hasPrefix("env:"), text.count > 4 {
            self = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.count > 5 {
            let path = text.dropFirst(5)
            let name = path.drop { $0 == "/" }
            let slashes = path.count - name.count
            // Cron's folder is not the one in which it was tried; behind two slashes stands a host.
            guard !name.isEmpty, slashes == 1 || slashes > 2 else { return nil }
            self = .file("/" + name)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        }
    }

    /// Reads the secret; of a file the first line.
    ///
    /// - Parameter environment: looks a variable up.
    /// - Throws: `SecretError` where it isn't there, is empty, or can be read by others.
    package func secret(_ environment: (String) -> String?) throws(SecretError) -> Secret {
        switch self {
        case .environment(let name):
            guard let text = environment(name) else {
                throw SecretError(text: "the environment variable \(name) is not set")
            }
            guard !text.isEmpty else {
                throw SecretError(text: "the environment variable \(name) is empty")
            }
            return try SecretSource.plain(text, "the environment variable \(name)")
        case .file(let path):
            try SecretSource.checkPrivate(path)
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SecretError(text: "\(path): can't be read")
            }
            let line = data.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            guard !line.isEmpty else { throw SecretError(text: "\(path): its first line is empty") }
            return try SecretSource.plain(String(decoding: line, as: UTF8.self), path)
        }
    }

    /// Refuses a text that would end the header in which it is sent, and begin another.
    private static func plain(_ text: String, _ place: String) throws(SecretError) -> Secret {
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw SecretError(text: "\(place): has a line end or another control character in it")
        }
        return Secret(text)
    }

    /// Refuses a file that others can read.
    package static func checkPrivate(_ path: String) throws(SecretError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SecretError(text: "\(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretError(text: "\(path): others can read it; chmod 600 \(path)")
        }
    }
}

/// Why a secret can't be had.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    package var text: String
    package var description: String { text }
}
