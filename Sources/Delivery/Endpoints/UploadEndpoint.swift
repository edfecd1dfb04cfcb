internal import Settings

/// What settings say of an endpoint of kind sftp or ftps.
package struct UploadTerms: Hashable, Sendable {
    package var access: ServerAccess
    package var file: FileForm

    static func keys(of kind: EndpointKind) -> [String] {
        FileForm.keys + (kind == .sftp ? ServerAccess.sftpKeys : ServerAccess.ftpsKeys)
    }

    init?(_ map: SettingsMap, _ kind: EndpointKind) {
        file = FileForm(map)
        guard let access = ServerAccess(map, urlKey: "url", schemes: kind.schemes) else {
            return nil
        }
        self.access = access
    }
}

/// Puts files on an SFTP or FTPS server.
final class UploadEndpoint: Endpoint {
    private let remote: RemoteFolder
    private let folder: String
    private let doneMarker: Bool

    init(
        _ terms: EndpointTerms, _ details: UploadTerms, folder: String,
        _ environment: (String) -> String?
    ) throws(SecretError) {
        var patience = Patience()
        patience.connectSeconds = min(patience.connectSeconds, terms.timeoutSeconds)
        patience.totalSeconds = patience.connectSeconds + terms.timeoutSeconds
        patience.stallSeconds = terms.timeoutSeconds
        remote = RemoteFolder(
            terms.url,
            access: try details.access.access(terms.url, folder: folder, environment),
            patience: patience)
        self.folder = folder
        doneMarker = details.file.doneMarker
    }

    func capacity(of kind: String) -> Int { 1 }

    func login(now: Int) -> (any Errand)? { LeftoversErrand(remote: remote) }

    func errand(for parcel: Parcel) -> any Errand {
        UploadErrand(remote: remote, parcel: parcel, folder: folder, doneMarker: doneMarker)
    }
}
