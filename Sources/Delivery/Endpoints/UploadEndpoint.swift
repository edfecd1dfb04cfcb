internal import Settings

/// What settings say of an endpoint of kind sftp or ftps.
package struct UploadTerms: Hashable, Sendable {
    static let keys = ["key", "password", "known_hosts", "layout", "done_marker"]

    init?(_ map: SettingsMap, _ kind: EndpointKind) {}
}

/// Puts files on an SFTP or FTPS server.
final class UploadEndpoint: Endpoint {
    init(
        _ terms: EndpointTerms, _ details: UploadTerms, folder: String,
        _ environment: (String) -> String?
    ) throws(SecretError) {}

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { preconditionFailure("to be written") }
}
