internal import Settings

/// What settings say of an endpoint of kind s3.
package struct S3Terms: Hashable, Sendable {
    static let keys = ["region", "layout"]

    init?(_ map: SettingsMap) {}
}

/// Puts objects in a bucket.
final class S3Endpoint: Endpoint {
    init(
        _ terms: EndpointTerms, _ details: S3Terms, folder: String,
        _ environment: (String) -> String?
    ) throws(SecretError) {}

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { preconditionFailure("to be written") }
}
