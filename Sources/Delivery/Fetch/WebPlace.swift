internal import Foundation

/// One file at a URL.
final class WebPlace: RemotePlace {
    private let url: EndpointURL
    private let name: String
    private let access: Access
    private let timeoutSeconds: Int
    private let wire: Wire

    init(_ terms: FetchTerms, _ access: Access, _ wire: Wire) {
        url = terms.from
        name = terms.fileName
        self.access = access
        timeoutSeconds = terms.timeoutSeconds
        self.wire = wire
    }

    private func request(_ method: Request.Method) -> Request {
        var request = Request(method, url.text)
        request.access = access
        // Shops hand files out from elsewhere; what lets us in stays with the first host.
        request.followsRedirects = true
        request.patience.stallSeconds = timeoutSeconds
        request.patience.totalSeconds = timeoutSeconds
        return request
    }

    func list(where isWanted: (String) -> Bool) throws(FetchTrouble) -> [RemoteItem] {
        guard isWanted(name) else {
            throw FetchTrouble("'\(name)' can't be the name of a file in the inbox", endsJob: true)
        }
        let reply = wire.ask(request(.head))
        var item = RemoteItem(name: name, bytes: nil, modifiedAt: nil, version: "")
        // Servers that know no HEAD, and places that allow nothing but GET.
        if reply.failure == nil, [400, 403, 405, 501].contains(reply.status) { return [item] }
        if let trouble = FetchTrouble(reply.verdict(now: wire.now)) {
            throw FetchTrouble(trouble.text, endsJob: true)
        }
        item.bytes = reply.header("content-length").flatMap { Int($0) }
        item.version = WebPlace.version(reply)
        return [item]
    }

    /// What changes with the bytes; empty where the server says nothing of the kind.
    private static func version(_ reply: Reply) -> String {
        reply.header("etag") ?? reply.header("last-modified") ?? ""
    }

    func download(_ item: RemoteItem, to sink: Request.Sink) -> Request {
        var request = request(.get)
        request.sink = sink
        request.patience.totalSeconds = nil
        // What is resumed must be what was begun; a weak tag can't promise that.
        if case .file(_, let start, _) = sink, start > 0 {
            request.headers = [("If-Range", item.version)]
        }
        return request
    }

    func objection(to item: RemoteItem, _ reply: Reply) -> FetchTrouble? {
        if let trouble = FetchTrouble(reply.verdict(now: wire.now)) { return trouble }
        guard WebPlace.version(reply) == item.version || item.version.isEmpty else {
            return FetchTrouble("changed while it was fetched; it comes with the next run")
        }
        let head = String(decoding: reply.head, as: UTF8.self)
        let saysItsEnd =
            !head.hasPrefix("HTTP/1") || reply.header("content-length") != nil
            || reply.header("transfer-encoding") != nil
        return saysItsEnd
            ? nil
            : FetchTrouble(
                "the server doesn't say how long the file is, so that nobody knows whether it is whole"
            )
    }

    func isUnchanged(_ item: RemoteItem) -> Bool { true }

    // Settings refuse both for a URL.
    func remove(_ item: RemoteItem) throws(FetchTrouble) { throw WebPlace.readOnly }

    func move(_ item: RemoteItem, to folder: String) throws(FetchTrouble) {
        throw WebPlace.readOnly
    }

    private static let readOnly = FetchTrouble("a URL can only be read")
}
