internal import Foundation

/// A call of the API.
struct SplioCall {
    var method: Request.Method
    /// With its query, percent-encoded.
    var path: String
    var body: [UInt8]?

    init(_ method: Request.Method, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Whether it changes something there.
    var isChange: Bool { method != .get }

    /// One JSON object, keys sorted.
    static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Texts and numbers always encode.
        return (try? encoder.encode(value)).map { Array($0) } ?? []
    }

    /// A path with an identity in it, percent-encoded whole, slashes too.
    ///
    /// - Returns: nil where it can't stand in a path: an empty one would name the whole list, and dots the
    ///   folder above.
    static func path(_ before: String, _ identity: String, _ after: String = "") -> String? {
        if ["", ".", ".."].contains(identity) { return nil }
        return before + "/" + encoded(identity) + after
    }

    /// Percent-encoded, byte by byte.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let isPlain =
                (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z")
                || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                || [UInt8]("-._~".utf8).contains(byte)
            if isPlain {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return encoded
    }

    /// `2026-01-31 18:30:00`, as Splio writes times, of `2026-01-31T18:30:00`.
    static func time(_ text: String) -> String { text.replacing("T", with: " ") }
}

/// What Splio answered to a call.
struct SplioAnswer {
    var status: Int
    /// Nil where the body is empty.
    var value: SplioValue?
    var refusal: SplioRefusal

    init(status: Int, value: SplioValue?, _ refusal: SplioRefusal) {
        self.status = status
        self.value = value
        self.refusal = refusal
    }

    var isTaken: Bool { 200...299 ~= status }
}

/// A value of JSON as Splio writes it: what is a number in one call is a text in another, so both are texts
/// here.
enum SplioValue: Decodable, Hashable {
    case null
    case text(String)
    case list([SplioValue])
    case object([String: SplioValue])

    /// Reads an answer; nil for what is no JSON.
    init?(_ body: [UInt8]) {
        guard let value = try? JSONDecoder().decode(SplioValue.self, from: Data(body)) else {
            return nil
        }
        self = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .text(String(flag))
        } else if let number = try? container.decode(Int64.self) {
            self = .text(String(number))
        } else if let number = try? container.decode(Double.self) {
            self = .text(String(number))
        } else if let list = try? container.decode([SplioValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: SplioValue].self))
        }
    }

    subscript(key: String) -> SplioValue? {
        if case .object(let values) = self { return values[key] }
        return nil
    }

    var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    var list: [SplioValue]? {
        if case .list(let list) = self { return list }
        return nil
    }

    /// A moment; nil for the several ways to say that there is none.
    var moment: String? {
        guard let text, !text.isEmpty, !text.hasPrefix("0000-00-00") else { return nil }
        return SplioCall.time(text)
    }
}

/// What Splio says against a call, in whichever of its forms.
///
/// A list of errors with a status; one error with or without it; a bare text; a message.
struct SplioRefusal {
    struct Complaint: Hashable {
        var field: String
        var slug: String
        var description: String
    }

    var status: Int
    var complaints: [Complaint] = []

    init(_ reply: Reply) {
        status = reply.status
        guard let value = SplioValue(reply.body) else { return }
        let errors = value["errors"]
        if let text = value.text ?? value["message"]?.text {
            complaints = [Complaint(field: "", slug: "", description: text)]
        } else {
            complaints = (errors?.list ?? [errors ?? value]).compactMap { error in
                let found = Complaint(
                    field: error["error_key"]?.text ?? "", slug: error["error"]?.text ?? "",
                    description: error["error_description"]?.text ?? "")
                let isEmpty = (found.field + found.slug + found.description).isEmpty
                return isEmpty ? nil : found
            }
        }
    }

    /// One line.
    var text: String {
        let words = complaints.prefix(3).map { complaint in
            let what = [complaint.field, complaint.slug].filter { !$0.isEmpty }
                .joined(separator: " ")
            let parts = [what, complaint.description].filter { !$0.isEmpty }
            return Reply.line(parts.joined(separator: ": "), limit: 200)
        }
        return (["answered \(status)"] + words).joined(separator: ", ")
    }

    /// Whether it says that what was asked for is so already.
    var saysAlready: Bool { status == 409 || complaints.contains { Self.saysAlready($0) } }

    private static func saysAlready(_ complaint: Complaint) -> Bool {
        saysAlready(complaint.slug) || saysAlready(complaint.description)
    }

    static func saysAlready(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["already", "duplicate"].contains { text.contains($0) }
    }

    /// What it says against our key, if that is what it is about.
    var aboutKey: Complaint? {
        complaints.first { complaint in
            (complaint.field + complaint.slug + complaint.description).lowercased()
                .contains("idempotency")
        }
    }
}
