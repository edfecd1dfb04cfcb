import Loyalty
import Tabular
import TestSupport

/// Gives bytes in blocks of the sizes that a closure says.
func source(_ bytes: [UInt8], block: @escaping () -> Int) -> ByteSource {
    var at = 0
    return { room in
        let count = min(max(1, block()), room.count, bytes.count - at)
        bytes.withUnsafeBytes { all in
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[at..<at + count]))
        }
        at += count
        return count
    }
}

/// Everything a reader says of a file, and how many lines it counted.
func readAll(
    _ bytes: [UInt8], delimiter: UInt8 = 44, limits: CSVReader.Limits = .init(),
    batchBytes: Int = 256 * 1024, block: @escaping () -> Int = { 1 << 16 }
) throws -> (records: [ReadRecord], lineCount: Int) {
    let reader = CSVReader(
        delimiter: delimiter, limits: limits, batchBytes: batchBytes,
        source: source(bytes, block: block))
    var records: [ReadRecord] = []
    while let batch = try reader.next() {
        for record in batch {
            records.append(
                ReadRecord(
                    line: record.line, offset: record.offset, length: record.length,
                    fields: (0..<record.fieldCount).map { record[$0].array },
                    flaw: record.flaw, isUnterminated: record.isUnterminated,
                    hasOpenQuote: record.hasOpenQuote))
        }
    }
    return (records, reader.lineCount)
}

/// The fields of all records as texts.
func texts(_ text: String, delimiter: UInt8 = 44) throws -> [[String]] {
    try readAll(Array(text.utf8), delimiter: delimiter).records.map { record in
        record.fields.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A random file, dense in what is hard: quotes, line ends, delimiters.
func randomFile(_ random: inout SplitMix64, count: Int, delimiter: UInt8) -> [UInt8] {
    let lineEnds: [[UInt8]] = [[10], [13, 10], [13]]
    let ownEnd = random.pick(lineEnds)
    let quoteWeight = random.pick([0, 1, 5, 20])
    let rudeWeight = random.pick([0, 0, 1, 5])
    let polite = random.oneIn(2)
    var bytes: [UInt8] = random.oneIn(4) ? [0xEF, 0xBB, 0xBF] : []
    while bytes.count < count {
        switch random.int(0...60 + quoteWeight + rudeWeight) {
        case 0...4: bytes += ownEnd
        case 5: bytes += polite ? ownEnd + ownEnd : random.pick(lineEnds)
        case 6...15: bytes.append(delimiter)
        case 16...18: bytes += Array(random.pick(["é", "漢", "🜚", "ß"]).utf8)
        case 19...20: bytes += Array(repeating: 120, count: random.int(1...70))
        case 21...60: bytes.append(UInt8(random.int(97...122)))
        case 61..<(61 + quoteWeight):
            if polite {
                let inside = random.pick(["a", "", "\"\"", "x\ny", "\r\n", ";,", "\r", "é"])
                bytes += [delimiter] + Array("\"\(inside)\"".utf8)
                bytes += random.oneIn(3) ? ownEnd : [delimiter]
            } else {
                bytes.append(34)
            }
        default: bytes += random.pick([[0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F]])
        }
    }
    if random.oneIn(3) { bytes += ownEnd }
    return bytes
}
