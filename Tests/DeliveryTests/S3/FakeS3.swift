import Delivery
import Foundation
import Synchronization
import TestSupport

/// S3 in memory, as far as single objects go: it keeps what was put, once a key, and fails as it is told.
final class FakeS3: Sendable {
    private struct State {
        var fault: Fault?
        var objects: [String: (bytes: [UInt8], sha256: String)] = [:]
        /// How often each key was written.
        var writes: [String: Int] = [:]
        var redirect = ""
    }

    private let state = Mutex(State())

    func meet(_ fault: Fault?, redirect: String = "") {
        state.withLock {
            $0.fault = fault
            $0.redirect = redirect
        }
    }

    func writes(of key: String) -> Int { state.withLock { $0.writes[key] ?? 0 } }

    func put(_ key: String, _ text: String) {
        state.withLock { $0.objects[key] = (Array(text.utf8), "another") }
    }

    static func error(_ status: Int, _ code: String, _ more: String = "") -> ScriptedAnswer {
        .status(
            status,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>It says &quot;no&quot;.</Message>\(more)</Error>
            """, headers: [("Content-Type", "application/xml")])
    }

    func answer(_ request: ScriptedRequest) -> ScriptedAnswer {
        state.withLock { state in
            let key = String(request.path.prefix { $0 != "?" })
            switch request.method {
            case "GET":
                return .status(200, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
            case "HEAD":
                guard let object = state.objects[key] else { return .status(404) }
                return .status(
                    200,
                    headers: [
                        ("Content-Length", "\(object.bytes.count)"), ("ETag", "\"1\""),
                        ("x-amz-meta-sha256", object.sha256),
                    ])
            case "PUT":
                return put(request, key, &state)
            default:
                return .status(405)
            }
        }
    }

    private func put(
        _ request: ScriptedRequest, _ key: String, _ state: inout State
    ) -> ScriptedAnswer {
        guard let fault = state.fault else { return store(request, key, &state) }
        switch fault {
        case .timeout: return .broken(.hang)
        case .tooManySeconds:
            return .status(429, "slow down", headers: [("Retry-After", "7")])
        case .tooManyDate:
            return .status(429, headers: [("Retry-After", "Fri, 16 Jan 2026 00:01:30 GMT")])
        case .serverError: return FakeS3.error(500, "InternalError")
        case .resetBefore: return .broken(.resetUnanswered)
        case .refusedLogin: return FakeS3.error(403, "InvalidAccessKeyId")
        case .redirect: return .redirect(to: state.redirect)
        case .page: return .page
        case .full: return FakeS3.error(507, "XMinioStorageFull")
        case .timeoutBehind, .serverErrorBehind, .resetInAnswer, .truncated, .drip, .endlessAnswer:
            var answer = store(request, key, &state)
            switch fault {
            case .timeoutBehind: answer.way = .hang
            case .serverErrorBehind: answer.status = 500
            case .resetInAnswer: answer.way = .resetHalfway
            case .truncated: answer.way = .truncated
            case .drip: answer.way = .drip
            default: answer.way = .long(1 << 30)
            }
            return answer
        case .nobody, .wrongCertificate, .wrongHostKey, .someRefused:
            return store(request, key, &state)
        }
    }

    private func store(
        _ request: ScriptedRequest, _ key: String, _ state: inout State
    ) -> ScriptedAnswer {
        guard state.objects[key] == nil else { return FakeS3.error(412, "PreconditionFailed") }
        let sha256 = TestSupport.sha256(request.body)
        guard Data(sha256).base64EncodedString() == request.header("x-amz-checksum-sha256") else {
            return FakeS3.error(400, "BadDigest")
        }
        state.objects[key] = (request.body, request.header("x-amz-meta-sha256") ?? "")
        state.writes[key, default: 0] += 1
        return .status(200, headers: [("ETag", "\"1\"")])
    }
}
