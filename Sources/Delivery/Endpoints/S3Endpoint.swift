internal import Settings

/// What settings say of an endpoint of kind s3.
package struct S3Terms: Hashable, Sendable {
    static let keys = S3Access.keys

    package var access: S3Access

    init?(_ map: SettingsMap) {
        guard let access = S3Access(map, urlKey: "url") else { return nil }
        self.access = access
    }
}

/// Puts objects in a bucket, each under a key of its own that is written once.
final class S3Endpoint: Endpoint {
    private let bucket: S3Bucket
    private let folder: String

    init(
        _ terms: EndpointTerms, _ details: S3Terms, folder: String,
        _ environment: (String) -> String?
    ) throws(SecretError) {
        bucket = try S3Bucket(
            url: terms.url, access: details.access, stallSeconds: terms.timeoutSeconds, environment)
        self.folder = folder
    }

    func capacity(of kind: String) -> Int { 1 }

    func login(now: Int) -> (any Errand)? { S3Leftovers(bucket) }

    func errand(for parcel: Parcel) -> any Errand {
        guard let row = parcel.rows.first, let file = OutgoingFile(payload: row.payload) else {
            return Refusal("names no file to send")
        }
        return S3Upload(
            bucket, file, path: folder + "/" + file.file, isRepeated: parcel.isRepeated)
    }
}
