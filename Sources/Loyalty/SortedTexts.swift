/// The indices of texts in the order of their bytes; equal texts keep the order in which they came.
///
/// Sorts eight bytes at a time as one number (a most-significant-digit sort with 64-bit digits):
/// comparing millions of scattered texts pair by pair would miss the cache at every step.
@inlinable public func sortedTexts(_ count: Int, _ text: (Int) -> ByteText) -> [Int32] {
    var keys = [Keyed](unsafeUninitializedCapacity: count) { keys, used in
        for index in 0..<count {
            keys[index] = Keyed(key: text(index).prefix(at: 0), index: Int32(index))
        }
        used = count
    }
    keys.withUnsafeMutableBufferPointer { sort($0, from: 0, text) }
    return keys.map(\.index)
}

@usableFromInline struct Keyed {
    @usableFromInline var key: UInt64
    @usableFromInline var index: Int32

    @inlinable init(key: UInt64, index: Int32) {
        self.key = key
        self.index = index
    }
}

/// Sorts a range whose texts share their first `from` bytes; keys hold the eight bytes behind them.
@inlinable func sort(
    _ keys: UnsafeMutableBufferPointer<Keyed>, from: Int, _ text: (Int) -> ByteText
) {
    if keys.count < 1 << 12 {
        var keys = keys
        keys.sort { left, right in
            left.key != right.key ? left.key < right.key : left.index < right.index
        }
    } else {
        sortByDigits(keys)
    }
    var start = 0
    while start < keys.count {
        var end = start + 1
        while end < keys.count, keys[end].key == keys[start].key { end += 1 }
        if end - start > 1 {
            let group = UnsafeMutableBufferPointer(rebasing: keys[start..<end])
            sortEqual(group, from: from + 8, text)
        }
        start = end
    }
}

/// Sorts many keys byte by byte, the last byte first, leaving out bytes that are all the same.
///
/// Stable, so that equal keys keep the order of their indices, in which they come.
@inlinable func sortByDigits(_ keys: UnsafeMutableBufferPointer<Keyed>) {
    guard let start = keys.baseAddress else { return }
    var counts = [Int](repeating: 0, count: 8 * 256)
    for key in keys {
        for digit in 0..<8 { counts[digit << 8 | Int(key.key >> (8 * UInt64(digit)) & 0xFF)] += 1 }
    }
    let spare = UnsafeMutablePointer<Keyed>.allocate(capacity: keys.count)
    defer { spare.deallocate() }
    var source = start
    var target = spare
    for digit in 0..<8 {
        let shift = 8 * UInt64(digit)
        if counts[digit << 8 | Int(source[0].key >> shift & 0xFF)] == keys.count { continue }
        var next = 0
        for value in (digit << 8)..<(digit << 8 + 256) {
            let count = counts[value]
            counts[value] = next
            next += count
        }
        for index in 0..<keys.count {
            let at = digit << 8 | Int(source[index].key >> shift & 0xFF)
            target[counts[at]] = source[index]
            counts[at] += 1
        }
        swap(&source, &target)
    }
    if source != start { start.update(from: source, count: keys.count) }
}

@inlinable func sortEqual(
    _ keys: UnsafeMutableBufferPointer<Keyed>, from: Int, _ text: (Int) -> ByteText
) {
    // Texts that end here come first: they are prefixes of the others, or equal to one another.
    var ended = 0
    var longer: [Keyed] = []
    for key in keys {
        let whole = text(Int(key.index))
        if whole.count <= from {
            keys[ended] = key
            ended += 1
        } else {
            longer.append(Keyed(key: whole.prefix(at: from), index: key.index))
        }
    }
    // A shorter text with the same padded key precedes a longer one with zero bytes in it.
    var short = UnsafeMutableBufferPointer(rebasing: keys[0..<ended])
    short.sort { left, right in
        let leftCount = text(Int(left.index)).count
        let rightCount = text(Int(right.index)).count
        return leftCount != rightCount ? leftCount < rightCount : left.index < right.index
    }
    guard !longer.isEmpty else { return }
    let rest = UnsafeMutableBufferPointer(rebasing: keys[ended...])
    for (at, key) in longer.enumerated() { rest[at] = key }
    sort(rest, from: from, text)
}

extension ByteText {
    /// The eight bytes from an offset as a big-endian number, zeros behind the end.
    @inlinable func prefix(at offset: Int) -> UInt64 {
        let left = count - offset
        if left >= 8 {
            return UInt64(
                bigEndian: UnsafeRawPointer(start + offset).loadUnaligned(as: UInt64.self))
        }
        var word: UInt64 = 0
        for index in 0..<max(0, left) { word = word << 8 | UInt64(self[offset + index]) }
        return left <= 0 ? 0 : word << (8 * UInt64(8 - left))
    }
}
