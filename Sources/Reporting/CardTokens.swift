internal import CCrypto
internal import Loyalty
internal import Storage

/// Tokens that stand for cards: the first 32 hexadecimal digits of HMAC-SHA-256 with the store's key.
///
/// 128 bits: no two cards meet. Whoever lacks the key can't try out cards until one fits.
final class CardTokens {
    private static let digits = 32
    private static let blockBytes = 64

    /// What HMAC hashes before the text and before the inner hash: made once.
    private let inner = EVP_MD_CTX_new()
    private let outer = EVP_MD_CTX_new()
    private let work = EVP_MD_CTX_new()
    private var hash = [UInt8](repeating: 0, count: 32)
    /// The card that was asked for last: its rows mostly stand together.
    private var last: [UInt8] = []
    private let token = UnsafeMutablePointer<UInt8>.allocate(capacity: digits)

    init(_ connection: Connection) throws {
        var key: [UInt8] = []
        try connection.forEach("SELECT key FROM store_key") { key = Array($0.blob(0)) }
        key += [UInt8](repeating: 0, count: CardTokens.blockBytes - key.count)
        for (context, pad) in [(inner, 0x36), (outer, 0x5C)] as [(OpaquePointer?, UInt8)] {
            EVP_DigestInit_ex(context, EVP_sha256(), nil)
            EVP_DigestUpdate(context, key.map { $0 ^ pad }, key.count)
        }
    }

    deinit {
        for context in [inner, outer, work] { EVP_MD_CTX_free(context) }
        token.deallocate()
    }

    /// The token of a card, valid until the next one; no card has none.
    func token(of card: ByteText) -> ByteText {
        guard !card.isEmpty else { return card }
        let bytes = UnsafeBufferPointer(start: card.start, count: card.count)
        if !last.elementsEqual(bytes) {
            make(bytes)
            last.removeAll(keepingCapacity: true)
            last.append(contentsOf: bytes)
        }
        return ByteText(start: token, count: CardTokens.digits)
    }

    private func make(_ card: UnsafeBufferPointer<UInt8>) {
        EVP_MD_CTX_copy_ex(work, inner)
        EVP_DigestUpdate(work, card.baseAddress, card.count)
        EVP_DigestFinal_ex(work, &hash, nil)
        EVP_MD_CTX_copy_ex(work, outer)
        EVP_DigestUpdate(work, hash, hash.count)
        EVP_DigestFinal_ex(work, &hash, nil)
        for index in 0..<CardTokens.digits {
            let half = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
            token[index] = half < 10 ? 48 + half : 87 + half
        }
    }
}
