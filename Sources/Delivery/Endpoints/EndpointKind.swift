/// The kinds of endpoints that there are: a new one is a file of its own and a line in each list here.
package enum EndpointKind: String, CaseIterable, Sendable {
    case http, splio, sftp, ftps, s3, file, webhook

    /// What its URL may begin with; the first is the usual one.
    var schemes: [String] {
        switch self {
        case .http, .splio, .s3, .webhook: ["https", "http"]
        case .sftp: ["sftp"]
        case .ftps: ["ftps", "ftp"]
        case .file: ["file"]
        }
    }

    /// Its keys beside those that all have.
    var keys: [String] {
        switch self {
        case .http: HTTPTerms.keys
        case .splio: SplioTerms.keys
        case .sftp, .ftps: UploadTerms.keys(of: self)
        case .s3: S3Terms.keys
        case .file: FileTerms.keys
        case .webhook: WebhookTerms.keys
        }
    }

    /// Those of them that must be there.
    var neededKeys: [String] {
        switch self {
        case .http, .file: []
        case .splio: ["auth"]
        case .sftp: ["known_hosts"]
        case .ftps: ["password"]
        case .s3: ["region"]
        case .webhook: ["secret"]
        }
    }

    /// Requests under way at once, where nothing else is said.
    var inFlight: Int {
        switch self {
        case .http, .splio, .webhook: 8
        case .sftp, .ftps, .s3, .file: 1
        }
    }

    /// Requests a second, where nothing else is said; nil for no limit.
    var rate: Int? {
        switch self {
        case .splio: 10
        default: nil
        }
    }

    /// What can be sent to it.
    var messages: [MessageKind] {
        switch self {
        case .splio: [.orders, .points, .grants, .burns, .codes]
        // A report is a file, and too long for a message.
        case .http, .webhook: MessageKind.allCases.filter { $0 != .reports && $0 != .codes }
        case .sftp, .ftps, .s3, .file: MessageKind.allCases.filter { $0 != .codes }
        }
    }

    /// Whether it gets files, not messages.
    package var takesFiles: Bool {
        switch self {
        case .sftp, .ftps, .s3, .file: true
        case .http, .splio, .webhook: false
        }
    }
}

extension EndpointTerms {
    /// The endpoint itself, with its secrets.
    ///
    /// - Parameters:
    ///   - folder: the workspace, in which the files to send are.
    ///   - environment: looks a variable up.
    /// - Throws: `SecretError` where a secret can't be had.
    package func endpoint(
        folder: String, _ environment: (String) -> String?
    ) throws(SecretError) -> any Endpoint {
        switch details {
        case .http(let details): try HTTPEndpoint(self, details, environment)
        case .splio(let details): try SplioEndpoint(self, details, environment)
        case .upload(let details): try UploadEndpoint(self, details, folder: folder, environment)
        case .s3(let details): try S3Endpoint(self, details, folder: folder, environment)
        case .file(let details): FileEndpoint(self, details, folder: folder)
        case .webhook(let details): try WebhookEndpoint(self, details, environment)
        }
    }
}
