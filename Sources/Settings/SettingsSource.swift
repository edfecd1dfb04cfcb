import Foundation

/// The bytes of one settings file and the name that its errors bear.
package struct SettingsSource: Sendable {
    /// The file as the operator knows it, relative to the workspace: `Jobs/ingest-orders.yaml`.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, text: String) {
        self.name = name
        bytes = Array(text.utf8)
    }

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Reads a file.
    ///
    /// - Throws: `SettingsErrors` when the file is missing or can't be read.
    package init(name: String, path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw SettingsSource.failure("the file is missing", name)
        }
        guard !isFolder.boolValue, let data = FileManager.default.contents(atPath: path) else {
            throw SettingsSource.failure(
                "can't be read; is it a file that this user may read?", name)
        }
        self.init(name: name, bytes: Array(data))
    }

    private static func failure(_ message: String, _ name: String) -> SettingsErrors {
        SettingsErrors([
            SettingsError(message, at: SettingsLocation(file: name, line: 1, column: 1))
        ])
    }

    /// The bytes as text, without a byte order mark.
    ///
    /// - Throws: `SettingsError` at the first byte that isn't UTF-8 or not a printable character.
    func text() throws(SettingsError) -> String {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let body = isMarked ? bytes[3...] : bytes[...]
        var decoder = UTF8()
        var iterator = body.makeIterator()
        var place = SettingsLocation(file: name, line: 1, column: 1)
        var text = String.UnicodeScalarView()
        while true {
            switch decoder.decode(&iterator) {
            case .emptyInput:
                return String(text)
            case .error:
                throw SettingsError("not UTF-8; save the file in that encoding", at: place)
            case .scalarValue(let scalar):
                guard SettingsSource.isPrintable(scalar) else {
                    let code = String(scalar.value, radix: 16, uppercase: true)
                    throw SettingsError("a control character (U+\(code)) stands here", at: place)
                }
                text.append(scalar)
                place.column += 1
                if scalar == "\n" {
                    place.line += 1
                    place.column = 1
                }
            }
        }
    }

    /// Whether YAML allows the character.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF: true
        case 0xE000...0xFFFD: scalar.value != 0xFEFF
        case 0x10000...0x10FFFF: true
        default: false
        }
    }
}
