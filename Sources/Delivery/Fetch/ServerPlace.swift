/// A folder of an SFTP or FTP server.
final class ServerPlace: RemotePlace {
    private let folder: RemoteFolder
    private let wire: Wire
    private let isSSH: Bool

    init(_ terms: FetchTerms, _ access: Access, _ wire: Wire) {
        var patience = Patience()
        patience.totalSeconds = terms.timeoutSeconds
        patience.stallSeconds = terms.timeoutSeconds
        folder = RemoteFolder(terms.from, access: access, patience: patience)
        isSSH = terms.from.scheme == "sftp"
        self.wire = wire
    }

    private func trouble(_ reply: Reply, endsJob: Bool = false) -> FetchTrouble? {
        guard let failure = reply.failure else { return nil }
        var trouble = FetchTrouble(failure.verdict(mayHaveArrived: false))
        if endsJob { trouble?.endsJob = true }
        return trouble
    }

    func list(where isWanted: (String) -> Bool) throws(FetchTrouble) -> [RemoteItem] {
        let reply = wire.ask(folder.list())
        if let trouble = trouble(reply, endsJob: true) { throw trouble }
        var items: [RemoteItem] = []
        for file in RemoteListing.files(reply.body, now: wire.now)
        where !file.isFolder && isWanted(file.name) {
            // What can be listed is a folder, and no file to bring.
            if file.isLink, wire.ask(folder.list(file.name)).failure == nil { continue }
            // A listing tells the time to the minute, by a clock that nobody knows.
            if let item = try look(file.name) { items.append(item) }
        }
        return items
    }

    /// Nil for a file that is gone.
    private func look(_ name: String) throws(FetchTrouble) -> RemoteItem? {
        let reply = wire.ask(folder.look(at: name))
        switch reply.found {
        case .nothing: return nil
        case .failure(let failure):
            throw FetchTrouble(failure.verdict(mayHaveArrived: false))
                ?? FetchTrouble("\(name): \(failure)")
        case .file(let bytes):
            let time = reply.modified.map { "\($0)" } ?? ""
            return RemoteItem(
                name: name, bytes: bytes, modifiedAt: reply.modified,
                version: "\(bytes ?? -1)-\(time)")
        }
    }

    func download(_ item: RemoteItem, to sink: Request.Sink) -> Request {
        folder.fetch(item.name, to: sink)
    }

    func objection(to item: RemoteItem, _ reply: Reply) -> FetchTrouble? { trouble(reply) }

    func isUnchanged(_ item: RemoteItem) throws(FetchTrouble) -> Bool {
        try look(item.name) == item
    }

    func remove(_ item: RemoteItem) throws(FetchTrouble) {
        guard try isUnchanged(item) else { return }
        if let trouble = trouble(wire.ask(folder.remove([item.name], isNeeded: true))) {
            throw trouble
        }
    }

    func move(_ item: RemoteItem, to target: String) throws(FetchTrouble) {
        guard try isUnchanged(item) else { return }
        let path = target + item.name
        // Over FTP a rename takes the place of what is there.
        if !isSSH, try look(path) != nil {
            throw FetchTrouble("\(path) is there already; it is not written over")
        }
        if let trouble = trouble(wire.ask(folder.rename(item.name, to: path))) { throw trouble }
    }
}
