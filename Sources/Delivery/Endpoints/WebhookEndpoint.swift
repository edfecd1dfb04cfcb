internal import Settings

/// What settings say of an endpoint of kind webhook.
package struct WebhookTerms: Hashable, Sendable {
    static let keys = ["secret"]

    init?(_ map: SettingsMap) {}
}

/// Calls a hook, signed after Standard Webhooks.
final class WebhookEndpoint: Endpoint {
    init(
        _ terms: EndpointTerms, _ details: WebhookTerms, _ environment: (String) -> String?
    ) throws(SecretError) {}

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { preconditionFailure("to be written") }
}
