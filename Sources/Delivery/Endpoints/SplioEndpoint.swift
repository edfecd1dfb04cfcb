internal import Settings

/// What settings say of an endpoint of kind splio.
package struct SplioTerms: Hashable, Sendable {
    static let keys = ["auth"]

    init?(_ map: SettingsMap) {}
}

/// Speaks the API of Splio.
final class SplioEndpoint: Endpoint {
    init(
        _ terms: EndpointTerms, _ details: SplioTerms, _ environment: (String) -> String?
    ) throws(SecretError) {}

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { preconditionFailure("to be written") }
}
