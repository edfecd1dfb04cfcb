internal import CCrypto
package import Loyalty
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
    package static let hashBytes = 32
    private static let memberBytes = 2 * hashBytes
    /// The length that HMAC-SHA-256 pads its key to.
    private static let blockBytes = 64

    private let members = Members()
    /// A digest that has read nothing, and the two of HMAC that have read their padded key: copied a
    /// member, they cost a fraction of starting anew.
    private let empty = Digest()
    private var inner = Digest()
    private var outer = Digest()
    private var digest = Digest()
    private var whole = Digest()

    /// The lines of the member at hand, and where each ends.
    private let lines = ChainLines()
    private var ends: [Int] = []

    /// Begins a link of the chain.
    ///
    /// - Parameter before: the hash of the link before it; empty for the first one.
    package init(_ connection: Connection, after before: [UInt8]) throws {
        var key = [UInt8](repeating: 0, count: NightChain.blockBytes)
        try connection.forEach("SELECT key FROM store_key") { row in
            for (index, byte) in row.blob(0).enumerated() { key[index] = byte }
        }
        inner.add(key.map { $0 ^ 0x36 })
        outer.add(key.map { $0 ^ 0x5C })
        whole.add(before)
    }

    /// Adds a posting of the member at hand.
    package func add(_ posting: Posting) {
        lines.add(posting)
        ends.append(lines.count)
    }

    /// Ends the member at hand; one without postings leaves no trace.
    package func end(_ identity: ByteText) {
        guard !ends.isEmpty else { return }
        let token = members.next
        digest = inner
        digest.add(identity)
        digest.finish(into: token)
        digest = outer
        digest.add(ByteText(start: token, count: NightChain.hashBytes))
        digest.finish(into: token)
        if members.wants(token) {
            digest = empty
            addLines()
            digest.finish(into: token + NightChain.hashBytes)
            members.keep()
        }
        lines.removeAll()
        ends.removeAll(keepingCapacity: true)
    }

    /// The hash, once all members are there.
    package func hash() -> [UInt8] {
        flush()
        return [UInt8](unsafeUninitializedCapacity: NightChain.hashBytes) { bytes, count in
            if let target = bytes.baseAddress { whole.finish(into: target) }
            count = NightChain.hashBytes
        }
    }

    private func flush() {
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
            SELECT p.member, p.account, p.kind, p.source, p.lot, p.points, \(MemberIdentity.sql)
            FROM posting p LEFT JOIN member m ON m.id = p.member
            WHERE p.id BETWEEN ? AND ? ORDER BY p.id
            """)
        let passes = min(256, 1 + ids.count / membersAtOnce)
        for pass in 0..<passes {
            chain.members.tokens = pass * 256 / passes..<(pass + 1) * 256 / passes
            postings.reset()
            postings.bind(ids.lowerBound, at: 1)
            postings.bind(ids.upperBound, at: 2)
            try chain.read(postings)
            chain.flush()
        }
        return chain.hash()
    }

    private func read(_ rows: Statement) throws {
        let texts = TextArena()
        var member: Int64?
        var identity = texts.copy("")
        while try rows.step() {
            if rows.integer(0) != member {
                end(identity)
                texts.removeAll()
                member = rows.integer(0)
                identity = texts.copy(rows.text(6))
            }
            let date = CivilDate(days: 0)
            add(
                Posting(
                    account: rows.integer(1) == 0 ? .spend : .status,
                    kind: Posting.Kind(rawValue: UInt8(rows.integer(2))) ?? .accrue, system: 0,
                    source: rows.text(3), lotSystem: 0, lot: rows.text(4), points: rows.integer(5),
                    date: date, activeOn: date, expiresOn: date))
        }
        end(identity)
    }

    // MARK: Lines

    private func addLines() {
        if ends.count == 1 {
            digest.add(lines.text(0..<lines.count))
            return
        }
        // Sorted they stand together behind the others: one long text is hashed faster than many short
        // ones. They must not move while they are copied.
        lines.makeRoom(lines.count)
        var texts: [ByteText] = []
        var start = 0
        for end in ends {
            texts.append(lines.text(start..<end))
            start = end
        }
        texts.sort()
        digest.add(lines.text(lines.add(texts)))
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

/// SHA-256 of libcrypto, by the functions below its digests of any kind: a copy is 112 bytes, not
/// an allocation, and there are three a member.
private struct Digest {
    private var context = SHA256_CTX()

    init() { SHA256_Init(&context) }

    mutating func add(_ text: ByteText) { SHA256_Update(&context, text.start, text.count) }

    mutating func add(_ bytes: [UInt8]) { SHA256_Update(&context, bytes, bytes.count) }

    mutating func finish(into target: UnsafeMutablePointer<UInt8>) {
        SHA256_Final(target, &context)
    }
}

/// Whom the night chain knows a member as: his member_id or else his card, as they first were.
///
/// A later member_id or card makes no other person of him.
enum MemberIdentity {
    static let sql = "coalesce(chained_as, member_id, card)"

    /// Keeps him known when an update gives him this member_id.
    static func pin(_ memberID: String) -> String {
        "chained_as = CASE WHEN \(memberID) IS member_id THEN chained_as ELSE \(sql) END"
    }
}
