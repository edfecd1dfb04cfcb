/// The objects of a bucket under a prefix, down to the next slash.
final class BucketPlace: RemotePlace {
    private let bucket: S3Bucket
    private let wire: Wire
    private(set) var unusable: [String] = []

    init(
        _ terms: FetchTerms, _ access: S3Access, _ wire: Wire, _ environment: (String) -> String?
    ) throws(SecretError) {
        bucket = try S3Bucket(
            url: terms.from, access: access, stallSeconds: terms.timeoutSeconds, environment)
        self.wire = wire
    }

    /// Ten million objects.
    private static let mostPages = 10_000

    func list(where isWanted: (String) -> Bool) throws(FetchTrouble) -> [RemoteItem] {
        var items: [RemoteItem] = []
        var token: String?
        for _ in 0..<BucketPlace.mostPages {
            var query = [("list-type", "2"), ("prefix", bucket.prefix), ("delimiter", "/")]
            if let token { query.append(("continuation-token", token)) }
            let reply = wire.ask(bucket.request(.get, query: query, now: wire.now))
            if var trouble = FetchTrouble(bucket.answer(reply).verdict(now: wire.now)) {
                trouble.endsJob = true
                throw trouble
            }
            guard let page = XMLElement(reply.text), page.name == "ListBucketResult" else {
                throw FetchTrouble(
                    "answered as no server of S3 does; check that 'from' is the URL of its API",
                    endsJob: true)
            }
            for object in page.all("Contents") {
                guard let key = object["Key"], key.hasPrefix(bucket.prefix) else { continue }
                let name = String(key.dropFirst(bucket.prefix.count))
                guard isWanted(name) else { continue }
                // The tag goes back in a header: one with a line end would write another header.
                guard let tag = object["ETag"], tag.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }),
                    let bytes = object["Size"].flatMap({ Int($0) }), bytes >= 0
                else {
                    unusable.append(name)
                    continue
                }
                // An object is there whole or not at all: its age says nothing.
                items.append(
                    RemoteItem(name: name, bytes: bytes, modifiedAt: nil, version: tag))
            }
            guard page["IsTruncated"] == "true", let next = page["NextContinuationToken"] else {
                return items
            }
            token = next
        }
        throw FetchTrouble(
            "has more than \(BucketPlace.mostPages) thousand objects; narrow the prefix in 'from'",
            endsJob: true)
    }

    private func key(_ item: RemoteItem) -> String { bucket.prefix + item.name }

    func download(_ item: RemoteItem, to sink: Request.Sink) -> Request {
        var request = bucket.request(
            .get, key: key(item), headers: [("if-match", item.version)], now: wire.now)
        request.sink = sink
        request.patience.totalSeconds = nil
        return request
    }

    func objection(to item: RemoteItem, _ reply: Reply) -> FetchTrouble? {
        let answer = bucket.answer(reply)
        guard answer.objection == .taken else { return FetchTrouble(answer.verdict(now: wire.now)) }
        return FetchTrouble("changed while it was fetched; it comes with the next run")
    }

    /// Each object is there whole or not at all, and a download asks for one version.
    func isUnchanged(_ item: RemoteItem) -> Bool { true }

    func remove(_ item: RemoteItem) throws(FetchTrouble) {
        // Another version may have come meanwhile, which nobody has fetched yet.
        let there = wire.ask(bucket.request(.head, key: key(item), now: wire.now))
        guard there.failure != nil || there.status != 404 else { return }
        if let trouble = FetchTrouble(bucket.answer(there).verdict(now: wire.now)) { throw trouble }
        guard there.header("etag") == item.version else { return }
        let reply = wire.ask(bucket.request(.delete, key: key(item), now: wire.now))
        if let trouble = FetchTrouble(bucket.answer(reply).verdict(now: wire.now)) { throw trouble }
    }

    func move(_ item: RemoteItem, to folder: String) throws(FetchTrouble) {
        let target =
            folder.hasPrefix("/")
            ? folder.dropFirst() + item.name : bucket.prefix + folder + item.name
        let there = wire.ask(bucket.request(.head, key: String(target), now: wire.now))
        if there.failure != nil || there.status != 404 {
            if let trouble = FetchTrouble(bucket.answer(there).verdict(now: wire.now)) {
                throw trouble
            }
            // What a move that was broken off has copied has another tag where the file came in parts.
            let bytes = there.header("content-length").flatMap { Int($0) }
            guard there.header("etag") == item.version || bytes == item.bytes else {
                throw FetchTrouble("\(target) is there already; it is not written over")
            }
        }
        let copy = bucket.request(
            .put, key: String(target),
            headers: [
                ("x-amz-copy-source", bucket.source(key(item))),
                ("x-amz-copy-source-if-match", item.version),
            ], body: .bytes([]), now: wire.now)
        let reply = wire.ask(copy)
        if let trouble = FetchTrouble(bucket.answer(reply).verdict(now: wire.now)) { throw trouble }
        try remove(item)
    }
}
