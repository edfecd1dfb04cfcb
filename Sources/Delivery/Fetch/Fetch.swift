internal import CCurl
package import Storage

/// Brings the files of a remote place into the inbox, each once, whole or not at all.
///
/// A file comes under a hidden name and is synced; then the store says that it is here; then it gets its own name; then it is
/// removed or moved over there. Killed in between, the next run goes on from what the store says.
package struct Fetch {
    /// The job's name, under which the store knows what was fetched.
    package var job: String
    package var terms: FetchTerms
    /// Whether the job takes a file of that name.
    package var takes: (String) -> Bool
    /// The workspace.
    package var folder: String
    package var inbox: String
    package var store: Store
    /// Seconds since 1970.
    package var clock: () -> Int
    /// Looks a variable up.
    package var environment: (String) -> String?
    /// How many bytes are free in the inbox; nil where nobody says.
    package var freeBytes: () -> Int?
    /// The longest file that is taken.
    package var mostBytes: Int

    package init(
        job: String, terms: FetchTerms, takes: @escaping (String) -> Bool, folder: String,
        inbox: String,
        store: Store, clock: @escaping () -> Int, environment: @escaping (String) -> String?,
        freeBytes: @escaping () -> Int?, mostBytes: Int
    ) {
        self.job = job
        self.terms = terms
        self.takes = takes
        self.folder = folder
        self.inbox = inbox
        self.store = store
        self.clock = clock
        self.environment = environment
        self.freeBytes = freeBytes
        self.mostBytes = mostBytes
    }

    /// What a run of a job came to.
    package struct Outcome: Sendable {
        /// Names in the inbox.
        package var names: [String] = []
        package var bytes = 0
        /// What a person should know, and no run can mend.
        package var remarks: [String] = []
        /// What stands in the way for now: the next run tries again.
        package var troubles: [String] = []

        package init() {}
    }

    /// - Throws: what is wrong with the store or the inbox itself.
    package func run() throws -> Outcome {
        var outcome = Outcome()
        let landing = Landing(job: job, inbox: inbox, store: store)
        try landing.finish(&outcome.troubles)
        do {
            let wire = try Wire(clock: clock)
            let place = try terms.place(wire, folder: folder, environment)
            try run(place, wire, landing, &outcome)
        } catch let error as SecretError {
            outcome.troubles.append("\(error)")
        } catch let error as WireFailure {
            outcome.troubles.append("\(error)")
        } catch let trouble as FetchTrouble {
            outcome.troubles.append("\(terms.from.root): \(trouble.text)")
        }
        return outcome
    }

    private func run(
        _ place: any RemotePlace, _ wire: Wire, _ landing: Landing, _ outcome: inout Outcome
    ) throws {
        var strange: [String] = []
        let items = try place.list { name in
            guard RemoteGroup.isWanted(name, takes) else { return false }
            let isSafe = RemoteGroup.isSafe(name)
            if !isSafe { strange.append(RemoteGroup.shown(name)) }
            return isSafe
        }
        for name in strange {
            outcome.remarks.append(
                "\(name) can't be the name of a file in the inbox; it stays where it is")
        }
        let groups = RemoteGroup.groups(items, takes)
        try landing.removeStale(keeping: groups.flatMap(\.items).map { landing.part($0, path($0)) })
        for group in groups {
            do {
                try bring(group, place, wire, landing, &outcome)
            } catch let trouble as FetchTrouble {
                if trouble.endsJob { throw trouble }
                outcome.troubles.append("\(group.file.name): \(trouble.text)")
            }
        }
    }

    /// What the store knows a file by.
    private func path(_ item: RemoteItem) -> String {
        // A query may hold what nobody should read.
        let place = terms.from.root + terms.from.path
        return terms.isOneFile ? place : place + (place.hasSuffix("/") ? "" : "/") + item.name
    }

    /// Brings a file, with what says that it is finished, and then does there what the job says.
    private func bring(
        _ group: RemoteGroup, _ place: any RemotePlace, _ wire: Wire, _ landing: Landing,
        _ outcome: inout Outcome
    ) throws {
        func state(_ item: RemoteItem) throws -> Bool? {
            try store.read {
                try FetchedFiles($0, job: job).isSettled(path(item), item.version)
            }
        }
        var group = group
        let settled = try state(group.file)
        if settled == nil {
            guard group.isFinished(terms, now: wire.now) else { return }
            var arrived: [Landing.Arrival] = []
            for item in group.items where try state(item) == nil {
                guard let arrival = try arrival(item, place, wire, landing) else { return }
                arrived.append(arrival)
            }
            for item in group.items where try !place.isUnchanged(item) {
                throw FetchTrouble("changed while it was fetched; it comes with the next run")
            }
            try landing.take(arrived, at: wire.now, &outcome.troubles)
            if group.file.version.isEmpty, let first = arrived.first { group.file = first.item }
            for arrival in arrived {
                if arrival.row.local.isEmpty {
                    outcome.remarks.append(
                        "\(arrival.item.name): came before with the same bytes; it is not taken again"
                    )
                } else if !landing.waits(arrival.item, path(arrival.item)) {
                    outcome.names.append(arrival.row.local)
                    outcome.bytes += arrival.row.bytes
                }
            }
        }
        guard settled != true else { return }
        do {
            try settle(group, place, landing)
        } catch let trouble as FetchTrouble where !trouble.endsJob {
            // It has come: nobody needs to wait for it.
            let what = terms.after == .move ? "moved to \(terms.target)" : "deleted"
            outcome.remarks.append(
                "\(group.file.name): it came, and can't be \(what) there: \(trouble.text)")
        }
    }

    /// Does there what the job says, where the files are safe here: the file itself last, so that what is beside it is not
    /// forgotten.
    private func settle(
        _ group: RemoteGroup, _ place: any RemotePlace, _ landing: Landing
    ) throws {
        for item in group.items.reversed() where !landing.waits(item, path(item)) {
            switch terms.after {
            case .keep: break
            case .delete: try place.remove(item)
            case .move: try place.move(item, to: terms.target)
            }
            try store.write {
                try FetchedFiles($0, job: job).settle(path(item), item.version)
            }
        }
    }

    /// Downloads a file under its hidden name, from where an earlier attempt broke off.
    private func arrival(
        _ item: RemoteItem, _ place: any RemotePlace, _ wire: Wire, _ landing: Landing
    ) throws -> Landing.Arrival? {
        let part = landing.part(item, path(item))
        if let bytes = item.bytes, bytes > mostBytes {
            throw FetchTrouble(
                "has \(bytes) bytes, more than \(mostBytes) (limits.expanded); it is not fetched")
        }
        if item.version.isEmpty { landing.drop(part) }
        var have = landing.bytes(of: part)
        if let bytes = item.bytes, have > bytes {
            landing.drop(part)
            have = 0
        }
        try checkRoom(item, have)
        // A file of no bytes is never complete by its size alone: there may be nothing yet.
        var attempts = 0
        while attempts == 0 && have == 0 || have != item.bytes {
            let sink = Request.Sink.file(
                path: part, resumesAt: have, limit: item.bytes ?? mostBytes)
            let reply = wire.ask(place.download(item, to: sink))
            attempts += 1
            let now = landing.bytes(of: part)
            if reply.isCut {
                landing.drop(part)
                throw FetchTrouble(
                    "has more than \(item.bytes ?? mostBytes) bytes, and is not fetched")
            }
            guard let trouble = place.objection(to: item, reply) else { break }
            if have > 0, reply.cannotResume {
                landing.drop(part)
                have = 0
            } else if now > have, reply.failure?.isBreak == true, attempts < Fetch.mostAttempts {
                // It went on before it broke off: it may go on again.
                have = now
            } else {
                throw trouble
            }
        }
        let bytes = landing.bytes(of: part)
        guard item.bytes == nil || item.bytes == bytes else {
            landing.drop(part)
            throw FetchTrouble(
                "came with \(bytes) bytes, not \(item.bytes ?? 0); it comes with the next run")
        }
        return try landing.arrival(item, path: path(item), part: part, bytes: bytes)
    }

    private static let mostAttempts = 100

    /// What must stay free for the night's own work.
    private static let reserve = 64 << 20

    private func checkRoom(_ item: RemoteItem, _ have: Int) throws {
        guard let free = freeBytes() else { return }
        let needed = (item.bytes ?? 0) - have + Fetch.reserve
        guard needed <= free else {
            throw FetchTrouble(
                "\(inbox): needs \(needed) bytes for \(item.name), and \(free) are free; make room",
                endsJob: true)
        }
    }
}

extension Reply {
    /// Whether the other side can't go on from where an earlier attempt broke off.
    fileprivate var cannotResume: Bool {
        status == 416 || failure?.code == Int(CURLE_RANGE_ERROR.rawValue)
            || failure?.code == Int(CURLE_BAD_DOWNLOAD_RESUME.rawValue)
    }
}

extension WireFailure {
    /// Whether the connection broke off, whosever fault it was.
    fileprivate var isBreak: Bool {
        switch kind {
        case .reset, .truncated, .timeout: true
        default: false
        }
    }
}

extension FetchTerms {
    /// Whether there is one file and no listing.
    var isOneFile: Bool {
        if case .web = door { true } else { false }
    }
}
