import Delivery
import Foundation

/// Requests of the tests' own to moto, which gives nothing to who doesn't say who he is.
enum MotoBucket {
    static func sign(_ request: inout Request) {
        request.headers.append(("content-type", "application/octet-stream"))
        Signer(accessKey: Secret("AKID"), secretKey: Secret("s"), region: "us-east-1")
            .sign(&request, sha256: "UNSIGNED-PAYLOAD", now: Int(Date().timeIntervalSince1970))
    }
}
