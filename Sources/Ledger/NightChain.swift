internal import Loyalty
package import Storage

/// The hash over postings and the hash before them: whoever changes a night changes all that follow.
///
/// Of each member a token, HMAC-SHA-256 of his identity by the store's key, and a digest, SHA-256 over
/// his lines `account,kind,source,lot,points` (CSV, each with LF) sorted by bytes. The hash is SHA-256
/// over the hash before it and the token and digest of every member, sorted by bytes. It binds what one
/// sorted list of all lines, each behind its token, would bind; but it is made member by member while
/// the fold runs, with 64 bytes a member and nothing to sort but these.
package final class NightChain {
    /// Bytes of a hash.
    package static let hashBytes = Digest.bytes
    private static let memberBytes = 2 * hashBytes

    private let members = Members()
    /// Where members go that memory shouldn't hold.
    private let runs: SortedRuns?
    private let tokens: MemberTokens
    private let empty = Digest()
    private var whole = Digest()

    /// The lines of the member at hand, and where each ends.
    private let lines = ChainLines()
    private var ends: [Int] = []
    private var texts: [ByteText] = []

    /// Begins a link of the chain.
    ///
    /// - Parameters:
    ///   - before: the hash of the link before it; empty for the first one.
    ///   - runs: sort the members, where memory shouldn't.
    package init(
        _ connection: Connection, after before: [UInt8], sortedBy runs: SortedRuns? = nil
    ) throws {
        self.runs = runs
        tokens = try MemberTokens(connection)
        whole.add(before)
    }

    /// Adds a member with his postings; one without any leaves no trace.
    func add(_ postings: [Posting], token: UnsafePointer<UInt8>) throws {
        for posting in postings { add(posting) }
        guard !ends.isEmpty else { return }
        members.next.update(from: token, count: NightChain.hashBytes)
        try end()
    }

    /// Adds a posting of the member at hand.
    private func add(_ posting: Posting) {
        lines.add(posting)
        ends.append(lines.count)
    }

    private func end(keeping kept: [UInt8]? = nil) throws {
        let token = members.next
        if members.wants(token) {
            if let kept {
                (token + NightChain.hashBytes).update(from: kept, count: kept.count)
            } else {
                writeDigest(to: token + NightChain.hashBytes)
            }
            if let runs {
                try runs.add(
                    ByteText(start: token, count: NightChain.memberBytes), bodyBytes: 0
                ) { _ in }
            } else {
                members.keep()
            }
        }
        lines.removeAll()
        ends.removeAll(keepingCapacity: true)
    }

    private func writeDigest(to target: UnsafeMutablePointer<UInt8>) {
        let sorted = sortedLines()
        empty.hash(lines.open(sorted), sorted.count, into: target)
    }

    /// The hash, once all members are there.
    package func hash() throws -> [UInt8] {
        try flush()
        return [UInt8](unsafeUninitializedCapacity: NightChain.hashBytes) { bytes, count in
            if let target = bytes.baseAddress { whole.finish(into: target) }
            count = NightChain.hashBytes
        }
    }

    private func flush() throws {
        if let run = try runs?.finish().reader() {
            while try run.next() { whole.add(run.key) }
        }
        for member in members.sorted() {
            whole.add(ByteText(start: member, count: NightChain.memberBytes))
        }
        members.removeAll()
    }

    // MARK: From the store

    /// The hash of a link whose postings are in the store.
    ///
    /// Very many are read several times, each time for the members of some of the tokens, so that memory
    /// has a limit.
    package static func hash(
        _ connection: Connection, of ids: ClosedRange<Int64>, after before: [UInt8],
        membersAtOnce: Int = 1 << 21
    ) throws -> [UInt8] {
        let chain = try NightChain(connection, after: before)
        let postings = try connection.prepare(
            """
            SELECT p.member, p.account, p.kind, p.source, p.lot, p.points, \(MemberIdentity.columns), p.id
            FROM posting p LEFT JOIN member m ON m.id = p.member
            WHERE p.id BETWEEN ? AND ? ORDER BY p.id
            """)
        var kept: [Int64: [UInt8]] = [:]
        try connection.forEach("SELECT first, digest FROM kept_digest") {
            kept[$0.integer(0)] = Array($0.blob(1))
        }
        let passes = min(256, 1 + ids.count / membersAtOnce)
        for pass in 0..<passes {
            chain.members.tokens = pass * 256 / passes..<(pass + 1) * 256 / passes
            postings.reset()
            postings.bind(ids.lowerBound, at: 1)
            postings.bind(ids.upperBound, at: 2)
            try chain.read(postings, kept)
            try chain.flush()
        }
        return try chain.hash()
    }

    /// What a link makes of postings of one member.
    static func digest(_ connection: Connection, of ids: ClosedRange<Int64>) throws -> [UInt8] {
        let chain = try NightChain(connection, after: [])
        try connection.forEach(
            """
            SELECT member, account, kind, source, lot, points FROM posting WHERE id BETWEEN ? AND ?
            """, .integer(ids.lowerBound), .integer(ids.upperBound)
        ) { chain.add(chain.posting($0)) }
        return [UInt8](unsafeUninitializedCapacity: hashBytes) { bytes, count in
            if let target = bytes.baseAddress { chain.writeDigest(to: target) }
            count = hashBytes
        }
    }

    /// Reads postings in the order of their members, with the digests of those whose lines are not whole.
    private func read(_ rows: Statement, _ kept: [Int64: [UInt8]]) throws {
        var member: Int64?
        var digest: [UInt8]?
        while try rows.step() {
            if rows.integer(0) != member {
                if !ends.isEmpty { try end(keeping: digest) }
                member = rows.integer(0)
                digest = kept[rows.integer(8)]
                tokens.write(rows, at: 6, to: members.next)
            }
            add(posting(rows))
        }
        if !ends.isEmpty { try end(keeping: digest) }
    }

    /// What the chain reads of a posting.
    private func posting(_ rows: Statement) -> Posting {
        let date = CivilDate(days: 0)
        return Posting(
            account: rows.integer(1) == 0 ? .spend : .status,
            kind: Posting.Kind(rawValue: UInt8(rows.integer(2))) ?? .accrue, system: 0,
            source: rows.text(3), lotSystem: 0, lot: rows.text(4), points: rows.integer(5),
            date: date, activeOn: date, expiresOn: date)
    }

    // MARK: Lines

    /// Where the lines stand sorted by bytes, with nothing behind them.
    private func sortedLines() -> Range<Int> {
        if ends.count == 1 { return 0..<lines.count }
        // They must not move while they are copied.
        lines.makeRoom(lines.count)
        texts.removeAll(keepingCapacity: true)
        var start = 0
        var isSorted = true
        for end in ends {
            let text = lines.text(start..<end)
            if let last = texts.last, text < last { isSorted = false }
            texts.append(text)
            start = end
        }
        if isSorted { return 0..<lines.count }
        // Together behind the others: one long text is hashed faster than many short ones.
        texts.sort()
        return lines.add(texts)
    }
}

/// Token and digest of every member, side by side.
private final class Members {
    private static let bytes = 2 * NightChain.hashBytes
    /// Keeps only members whose token begins with one of these bytes.
    var tokens = 0..<256
    private var start: UnsafeMutablePointer<UInt8>
    private var room = 1 << 10
    private var count = 0

    init() { start = UnsafeMutablePointer.allocate(capacity: room * Members.bytes) }

    deinit { start.deallocate() }

    /// Where the next one goes.
    var next: UnsafeMutablePointer<UInt8> { start + count * Members.bytes }

    func wants(_ token: UnsafeMutablePointer<UInt8>) -> Bool { tokens.contains(Int(token[0])) }

    func keep() {
        count += 1
        guard count == room else { return }
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * room * Members.bytes)
        larger.update(from: start, count: room * Members.bytes)
        start.deallocate()
        start = larger
        room *= 2
    }

    func removeAll() { count = 0 }

    func sorted() -> [UnsafeMutablePointer<UInt8>] {
        sortedTexts(count) { ByteText(start: start + $0 * Members.bytes, count: Members.bytes) }
            .map { start + Int($0) * Members.bytes }
    }
}

/// Whom the night chain knows a member as: his member_id or else his card, as they first were.
///
/// A later member_id or card makes no other person of him.
enum MemberIdentity {
    static let sql = "coalesce(chained_as, member_id, card)"
    /// The identity, and the token of one who was forgotten, side by side.
    static let columns = "\(sql), token"

    /// Keeps him known when an update gives him this member_id.
    static func pin(_ memberID: String) -> String {
        "chained_as = CASE WHEN \(memberID) IS member_id THEN chained_as ELSE \(sql) END"
    }
}
