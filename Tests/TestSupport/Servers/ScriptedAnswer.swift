/// A request as a scripted server got it.
package struct ScriptedRequest: Sendable {
    package var method: String
    /// With its query.
    package var path: String
    /// Names in lower case, in the order in which they came.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Counts the server's connections from 1 on.
    package var connection: Int

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header, by its name in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// What a scripted server answers, and how badly.
package struct ScriptedAnswer: Sendable {
    /// What becomes of the answer on its way.
    package enum Way: Sendable {
        case whole
        /// The connection is reset before a byte of the request is read.
        case resetUnread
        /// The request is read, then the connection is reset.
        case resetUnanswered
        /// The connection is reset behind half of the answer.
        case resetHalfway
        /// The connection is closed before all that Content-Length promises has come.
        case truncated
        /// A byte a second.
        case drip
        /// Nothing comes; the connection stays.
        case hang
        /// The body is of that many bytes, whatever it begins with.
        case long(Int)
    }

    package var status = 200
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    package var way = Way.whole
    /// Whether what was asked is done, however the answer fares.
    package var counts = true

    package init() {}

    package static let ok = ScriptedAnswer.status(200, #"{"ok":true}"#)

    /// A status alone counts where it is one of success.
    package static func status(
        _ status: Int, _ body: String = "", headers: [(name: String, value: String)] = []
    ) -> ScriptedAnswer {
        var answer = ScriptedAnswer()
        answer.status = status
        answer.headers = headers
        answer.body = Array(body.utf8)
        answer.counts = 200..<300 ~= status
        return answer
    }

    /// A success whose answer fares badly; what was asked is done where it was read.
    package static func broken(_ way: Way) -> ScriptedAnswer {
        var answer = ScriptedAnswer.ok
        answer.way = way
        if case .resetUnread = way { answer.counts = false }
        return answer
    }

    package static func redirect(to url: String) -> ScriptedAnswer {
        .status(307, headers: [("Location", url)])
    }

    /// 500, though it is done.
    package static var doneAnd500: ScriptedAnswer {
        var answer = ScriptedAnswer.status(500, "lost its head")
        answer.counts = true
        return answer
    }

    /// What a server says that is no API.
    package static var page: ScriptedAnswer {
        var answer = ScriptedAnswer.status(
            200, "<!DOCTYPE html>\n<html><body>Welcome</body></html>",
            headers: [("Content-Type", "text/html")])
        answer.counts = false
        return answer
    }
}
