internal import Settings

/// What settings say of an endpoint of kind file.
package struct FileTerms: Hashable, Sendable {
    static let keys = ["layout", "done_marker"]

    init?(_ map: SettingsMap) {}
}

/// Puts files in a folder.
final class FileEndpoint: Endpoint {
    init(
        _ terms: EndpointTerms, _ details: FileTerms, folder: String
    ) {}

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { preconditionFailure("to be written") }
}
