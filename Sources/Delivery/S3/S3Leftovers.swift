internal import Loyalty

/// Aborts uploads in parts that were never completed: each is paid for until somebody does.
///
/// A bucket that doesn't let us look keeps its own: files can be sent all the same.
struct S3Leftovers: Errand {
    private let bucket: S3Bucket
    private let prefix: String
    /// The only key that is meant; nil for all right below the prefix.
    private let key: String?
    /// Uploads that began later than so many seconds ago may still be under way elsewhere.
    private let leastAge: Int
    private var found: [(key: String, id: String)] = []
    private var pages = 0
    private var isListing = true

    /// Those of one object: only we send it, and only once at a time.
    init(_ bucket: S3Bucket, key: String) {
        self.bucket = bucket
        prefix = key
        self.key = key
        leastAge = 0
    }

    /// Those of a day ago and more.
    init(_ bucket: S3Bucket) {
        self.bucket = bucket
        prefix = bucket.prefix
        key = nil
        leastAge = 86_400
    }

    private static let mostPages = 100

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let reply else { return list([], now) }
        guard isListing else { return abortNext(now) }
        let answer = bucket.answer(reply)
        guard !answer.isError else {
            switch answer.verdict(now: now) {
            case .halted where answer.code == "AccessDenied": return .end(.acknowledged())
            case .refused, .acknowledged: return .end(.acknowledged())
            case let trouble: return .end(trouble)
            }
        }
        guard let page = XMLElement(reply.text), page.name == "ListMultipartUploadsResult" else {
            // A server that has no such list.
            return .end(.acknowledged())
        }
        for upload in page.all("Upload") {
            guard let name = upload["Key"], let id = upload["UploadId"], isOurs(name),
                now - (S3Leftovers.moment(upload["Initiated"] ?? "") ?? now) >= leastAge
            else { continue }
            found.append((name, id))
        }
        pages += 1
        if page["IsTruncated"] == "true", let key = page["NextKeyMarker"],
            let id = page["NextUploadIdMarker"], pages < S3Leftovers.mostPages
        {
            return list([("key-marker", key), ("upload-id-marker", id)], now)
        }
        isListing = false
        return abortNext(now)
    }

    /// What lies deeper is somebody else's.
    private func isOurs(_ name: String) -> Bool {
        key.map { $0 == name }
            ?? (name.hasPrefix(prefix) && !name.dropFirst(prefix.count).contains("/"))
    }

    private func list(_ from: [(String, String)], _ now: Int) -> Step {
        .ask(bucket.request(.get, query: [("uploads", ""), ("prefix", prefix)] + from, now: now))
    }

    private mutating func abortNext(_ now: Int) -> Step {
        guard let (key, id) = found.popLast() else { return .end(.acknowledged()) }
        return .ask(bucket.request(.delete, key: key, query: [("uploadId", id)], now: now))
    }

    /// A moment like `2026-01-31T18:30:00.000Z` in seconds since 1970; nil for another text.
    static func moment(_ text: String) -> Int? {
        guard let day = CivilDate(String(text.prefix(10))) else { return nil }
        let time = text.dropFirst(11).prefix(8).split(separator: ":").compactMap { Int($0) }
        guard time.count == 3 else { return nil }
        return Int(day.days) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    }
}
