/// A place in a settings file.
package struct SettingsLocation: Hashable, Comparable, Sendable {
    /// The file as the operator knows it, relative to the workspace.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package static func < (left: SettingsLocation, right: SettingsLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

extension SettingsLocation: CustomStringConvertible {
    /// `program.yaml:12:5`.
    package var description: String { "\(file):\(line):\(column)" }
}

/// One thing wrong with a settings file, or, as a warning, one that can't do what it says.
package struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    package var location: SettingsLocation
    /// A sentence without its full stop; a hint follows after a semicolon.
    package var message: String

    package init(_ message: String, at location: SettingsLocation) {
        self.location = location
        self.message = message
    }

    package var file: String { location.file }
    package var line: Int { location.line }
    package var column: Int { location.column }

    /// As an operator reads it: `program.yaml:12:5: unknown key 'roundng'`.
    package var description: String { "\(location): \(message)" }
}

/// All that is wrong with the settings: an operator wants to mend it in one go.
package struct SettingsErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// By file, line and column, each once; never empty.
    package var errors: [SettingsError]

    package init(_ errors: [SettingsError]) {
        precondition(!errors.isEmpty, "no error to report")
        let ordered = errors.enumerated().sorted {
            ($0.element.location, $0.offset) < ($1.element.location, $1.offset)
        }
        // An alias stands where its anchor does: once said is enough.
        var seen: Set<SettingsError> = []
        self.errors = ordered.map(\.element).filter { seen.insert($0).inserted }
    }

    /// One error a line.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Why a text can't be what its key needs; thrown by the `parse` hooks, located by the reader.
package struct SettingsProblem: Error, Hashable, Sendable {
    package var message: String

    package init(_ message: String) { self.message = message }
}

/// A value and where it was written.
package struct Located<Value: Hashable & Sendable>: Hashable, Sendable {
    package var value: Value
    package var location: SettingsLocation

    package init(_ value: Value, at location: SettingsLocation) {
        self.value = value
        self.location = location
    }
}
