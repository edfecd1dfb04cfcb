internal import CCrypto
internal import Loyalty
internal import Storage

/// SHA-256 of libcrypto, by the functions below its digests of any kind: a copy is 112 bytes, not
/// an allocation, and there are several a member.
struct Digest {
    /// Bytes of a digest.
    static let bytes = 32
    /// What is read at once; HMAC pads its key to it, too.
    static let blockBytes = 64
    /// How much the end of a message may take behind its last byte.
    static let endBytes = blockBytes + 8

    private var context = SHA256_CTX()

    init() { SHA256_Init(&context) }

    mutating func add(_ text: ByteText) { SHA256_Update(&context, text.start, text.count) }

    mutating func add(_ bytes: [UInt8]) { SHA256_Update(&context, bytes, bytes.count) }

    mutating func finish(into target: UnsafeMutablePointer<UInt8>) {
        SHA256_Final(target, &context)
    }

    /// The digest of whole blocks that were read before and this text; the digest itself reads nothing.
    ///
    /// Short texts are hashed without a copy of theirs: the end of the message is written behind
    /// the text, which needs room for `endBytes` there.
    func hash(
        _ text: UnsafeMutablePointer<UInt8>, _ count: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        var copy = context
        let before = Int(copy.Nh) << 32 | Int(copy.Nl)
        let end = (count + 9 + Digest.blockBytes - 1) & -Digest.blockBytes
        text[count] = 0x80
        (text + count + 1).update(repeating: 0, count: end - count - 9)
        UnsafeMutableRawPointer(text + end - 8)
            .storeBytes(of: UInt64(before + 8 * count).bigEndian, as: UInt64.self)
        SHA256_Update(&copy, text, end)
        let words = UnsafeMutableRawPointer(target)
        withUnsafeBytes(of: &copy.h) { state in
            for at in stride(from: 0, to: Digest.bytes, by: 4) {
                let word = state.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                words.storeBytes(of: word.bigEndian, toByteOffset: at, as: UInt32.self)
            }
        }
    }
}

/// Makes the tokens by which the night chain knows members: HMAC-SHA-256 of their identity by the
/// store's key.
final class MemberTokens {
    /// What has read the padded key, and goes on from there for each member.
    private var inner = Digest()
    private var outer = Digest()
    private var text: UnsafeMutablePointer<UInt8>
    private var room = 1 << 10

    init(_ connection: Connection) throws {
        text = .allocate(capacity: room)
        var key = [UInt8](repeating: 0, count: Digest.blockBytes)
        try connection.forEach("SELECT key FROM store_key") { row in
            for (index, byte) in row.blob(0).enumerated() { key[index] = byte }
        }
        inner.add(key.map { $0 ^ 0x36 })
        outer.add(key.map { $0 ^ 0x5C })
    }

    deinit { text.deallocate() }

    /// Writes the token of a member whose identity stands in a column and, where he was forgotten, his
    /// token in the next one.
    func write(_ row: Statement, at column: Int32, to token: UnsafeMutablePointer<UInt8>) {
        let kept = row.blob(column + 1)
        if kept.count == Digest.bytes {
            UnsafeMutableRawBufferPointer(start: token, count: Digest.bytes).copyMemory(from: kept)
        } else {
            write(row.text(column), to: token)
        }
    }

    /// Writes the token of a member whom the chain knows as this.
    func write(_ identity: ByteText, to token: UnsafeMutablePointer<UInt8>) {
        if identity.count + Digest.endBytes > room {
            room = identity.count + Digest.endBytes
            text.deallocate()
            text = .allocate(capacity: room)
        }
        text.update(from: identity.start, count: identity.count)
        inner.hash(text, identity.count, into: text)
        outer.hash(text, Digest.bytes, into: token)
    }
}
