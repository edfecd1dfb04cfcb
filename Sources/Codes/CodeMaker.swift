internal import Loyalty

/// Makes new codes of a reward in the register, each unlike any other of any namespace.
final class CodeMaker {
    private let register: Register
    private var generator: CodeGenerator
    /// The last line of tonight's codes by reward: made here, they have no file, and are handed out in this
    /// order.
    private var lines: [Int32: Int32] = [:]

    init(_ register: Register, generator: CodeGenerator = CodeGenerator()) {
        self.register = register
        self.generator = generator
    }

    /// A new code that nobody has, in the namespace of its reward's owner.
    func make(_ id: Int32, _ reward: Reward) throws -> CodeRow {
        var code = try generator.next()
        // A burn may name it without its owner.
        while try !register.find(register.texts.copy(code)).isEmpty {
            code = try generator.next()
        }
        lines[id, default: 0] += 1
        let none = register.texts.copy("")
        let row = CodeRow(
            code: register.texts.copy(code), owner: try register.owner(of: id), reward: id,
            state: .available, card: none, expiresOn: reward.lastDay, file: 0,
            line: lines[id, default: 0],
            addedOn: register.night, burnedIn: 0, burn: none)
        try register.add(row, isGenerated: true)
        return row
    }
}

extension TextArena {
    fileprivate func copy(_ bytes: [UInt8]) -> ByteText {
        let start = reserve(bytes.count)
        for (index, byte) in bytes.enumerated() { start[index] = byte }
        return ByteText(start: start, count: bytes.count)
    }
}
