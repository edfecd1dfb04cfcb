/// SHA-256 as FIPS 180-4 writes it down, slow and plain, to hold the real one against.
package func sha256(_ message: [UInt8]) -> [UInt8] {
    func root(_ prime: Int, _ power: Double) -> UInt32 {
        UInt32(truncatingIfNeeded: fraction(prime, power == 2 ? 2 : 3))
    }
    let primes = (2...311).filter { number in
        !(2..<number).contains { number % $0 == 0 && $0 * $0 <= number }
    }
    let constants = primes.prefix(64).map { root($0, 3) }
    var state = primes.prefix(8).map { root($0, 2) }
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
        padded.append(UInt8(truncatingIfNeeded: (message.count * 8) >> shift))
    }
    func turned(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }
    for start in stride(from: 0, to: padded.count, by: 64) {
        var words = (0..<16).map { index in
            padded[start + 4 * index..<start + 4 * index + 4].reduce(UInt32(0)) {
                $0 << 8 | UInt32($1)
            }
        }
        for index in 16..<64 {
            let (old, new) = (words[index - 15], words[index - 2])
            let first = turned(old, 7) ^ turned(old, 18) ^ old >> 3
            let second = turned(new, 17) ^ turned(new, 19) ^ new >> 10
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        var now = state
        for index in 0..<64 {
            let (a, e) = (now[0], now[4])
            let choice = e & now[5] ^ ~e & now[6]
            let one =
                now[7] &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice
                &+ constants[index] &+ words[index]
            let majority = a & now[1] ^ a & now[2] ^ now[1] & now[2]
            let two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
            now = [one &+ two, a, now[1], now[2], now[3] &+ one, e, now[5], now[6]]
        }
        state = zip(state, now).map { $0 &+ $1 }
    }
    return state.flatMap { word in
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
}

/// HMAC of RFC 2104 with it, for keys of at most 64 bytes.
package func hmacSHA256(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let padded = key + Array(repeating: 0, count: 64 - key.count)
    return sha256(padded.map { $0 ^ 0x5C } + sha256(padded.map { $0 ^ 0x36 } + message))
}

/// The first 32 bits behind the point of a prime's square or cube root, by halving.
private func fraction(_ prime: Int, _ power: Int) -> UInt64 {
    var low: UInt64 = 0
    var high: UInt64 = 1 << 40
    while high - low > 1 {
        let middle = (low + high) / 2
        // (middle / 2^32)^power <= prime, without leaving whole numbers.
        let square = UInt128(middle) * UInt128(middle)
        let isBelow =
            power == 2
            ? square <= UInt128(prime) << 64
            : square * UInt128(middle) <= UInt128(prime) << 96
        if isBelow { low = middle } else { high = middle }
    }
    return low
}
