/// One line of a stock file, as it is kept until all of them are sorted: its code is the key, and the rest
/// is packed behind it.
///
/// Public, as all types on the path of a line: only what is public is inlined into other modules.
public struct StockLine {
    public var code: ByteText
    /// What the system says of the code: available, assigned, burned or expired.
    public var status: UInt8
    /// Index into the batch's names; -1 where neither line nor name says.
    public var reward: Int32
    /// Who has it there; empty: the system doesn't say.
    public var card: ByteText
    /// Days; the last good one, that of `Lot.never` without one.
    public var expiresOn: Int32
    public var line: Int32

    @inlinable public init(
        code: ByteText, status: UInt8, reward: Int32, card: ByteText, expiresOn: Int32, line: Int32
    ) {
        self.code = code
        self.status = status
        self.reward = reward
        self.card = card
        self.expiresOn = expiresOn
        self.line = line
    }

    /// Bytes before the card.
    @usableFromInline static let headBytes = 13

    /// The longest packed body: cards have 255 bytes at most.
    public static let mostBytes = 13 + 255

    /// How many bytes `pack` writes.
    @inlinable public var packedBytes: Int { StockLine.headBytes + card.count }

    /// Writes all but the code; the line comes first, so that all behind it is what the line says.
    @inlinable public func pack(into target: UnsafeMutableRawPointer) {
        target.storeBytes(of: line, as: Int32.self)
        target.storeBytes(of: reward, toByteOffset: 4, as: Int32.self)
        target.storeBytes(of: expiresOn, toByteOffset: 8, as: Int32.self)
        target.storeBytes(of: status, toByteOffset: 12, as: UInt8.self)
        (target + StockLine.headBytes).copyMemory(from: card.start, byteCount: card.count)
    }

    /// Reads what `pack` wrote; the texts stay where they are.
    @inlinable public init(code: ByteText, packed: UnsafeRawBufferPointer) {
        let start = packed.baseAddress ?? UnsafeRawPointer(code.start)
        self.init(
            code: code, status: start.loadUnaligned(fromByteOffset: 12, as: UInt8.self),
            reward: start.loadUnaligned(fromByteOffset: 4, as: Int32.self),
            card: ByteText(
                start: (start + StockLine.headBytes).assumingMemoryBound(to: UInt8.self),
                count: max(0, packed.count - StockLine.headBytes)),
            expiresOn: start.loadUnaligned(fromByteOffset: 8, as: Int32.self),
            line: start.loadUnaligned(as: Int32.self))
    }

    /// Whether two packed lines of one code say the same, wherever they stand in their file.
    public static func saysTheSame(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        left.dropFirst(4).elementsEqual(right.dropFirst(4))
    }
}
