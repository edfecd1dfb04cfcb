import Delivery
import Settings
import Testing

/// An endpoint as an operator writes it: the lines below its name.
struct EndpointText {
    var lines: String

    init(_ lines: String) { self.lines = lines }

    func terms() throws -> EndpointTerms {
        let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let text = "version: 1\nendpoints:\n  there:\n\(indented)\n"
        let all = try EndpointTerms.file(SettingsSource(name: "endpoints.yaml", text: text))
        return try #require(all.first)
    }

    func endpoint(
        folder: String = "", _ environment: [String: String] = [:]
    ) throws -> any Endpoint {
        try terms().endpoint(folder: folder) { environment[$0] }
    }

    /// What is wrong with it, a line each.
    func errors() throws -> [String] {
        do {
            _ = try terms()
            return []
        } catch let errors as SettingsErrors {
            return errors.errors.map(\.description)
        }
    }
}
