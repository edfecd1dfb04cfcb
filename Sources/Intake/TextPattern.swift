internal import Loyalty
internal import Settings

/// A regular expression that the whole of a card or a code must match.
///
/// All ways to match are followed at once, byte by byte, so that no text takes longer than its length times that of the
/// expression: one that goes back where a choice was wrong takes years for forty letters and `([A-Z]+-?)+`.
final class TextPattern {
    /// What an expression is made of.
    indirect enum Part {
        /// One byte of a set.
        case byte(ByteSet)
        case sequence([Part])
        case either([Part])
        /// So many times; nil: as often as there are.
        case times(Part, Int, Int?)
    }

    /// Bytes, as bits.
    struct ByteSet {
        private var low: UInt128 = 0
        private var high: UInt128 = 0

        init(_ bytes: ClosedRange<UInt8>...) {
            for range in bytes { for byte in range { insert(byte) } }
        }

        mutating func insert(_ byte: UInt8) {
            if byte < 128 { low |= 1 << byte } else { high |= 1 << (byte - 128) }
        }

        mutating func formUnion(_ other: ByteSet) {
            low |= other.low
            high |= other.high
        }

        func contains(_ byte: UInt8) -> Bool {
            byte < 128 ? low >> byte & 1 == 1 : high >> (byte - 128) & 1 == 1
        }

        /// ASCII without it.
        var otherASCII: ByteSet {
            var other = ByteSet()
            other.low = ~low
            return other
        }
    }

    private enum Step {
        /// Takes a byte and goes on with the next step.
        case take(ByteSet)
        /// Goes on with both.
        case split(Int, Int)
        case go(Int)
        case end
    }

    private var steps: [Step] = []
    /// Parts that were turned into steps: some have none.
    private var partCount = 0
    private static let mostSteps = 4_000

    // Where the ways are that a text may match so far, and where they go on.
    private var ways: [Int] = []
    private var next: [Int] = []
    private var waiting: [Int] = []
    /// The byte at which a step was reached last.
    private var reached: [Int] = []
    private var turn = 0

    /// Nil where there is no text.
    convenience init?(orNone text: String?) throws(SettingsProblem) {
        guard let text else { return nil }
        try self.init(text)
    }

    /// - Throws: `SettingsProblem` where the text is none that this reads.
    init(_ text: String) throws(SettingsProblem) {
        var parser = TextPatternParser(text)
        try add(parser.whole())
        steps.append(.end)
        reached = Array(repeating: 0, count: steps.count)
    }

    private func add(_ part: Part) throws(SettingsProblem) {
        partCount += 1
        guard partCount <= TextPattern.mostSteps, steps.count < TextPattern.mostSteps else {
            throw SettingsProblem("the regular expression is too long, or counts too far")
        }
        switch part {
        case .byte(let set): steps.append(.take(set))
        case .sequence(let parts): for part in parts { try add(part) }
        case .either(let parts):
            var ends: [Int] = []
            for part in parts.dropLast() {
                let split = steps.count
                steps.append(.end)
                try add(part)
                ends.append(steps.count)
                steps.append(.end)
                steps[split] = .split(split + 1, steps.count)
            }
            if let last = parts.last { try add(last) }
            for end in ends { steps[end] = .go(steps.count) }
        case .times(let part, let least, let most):
            for _ in 0..<least { try add(part) }
            guard let most else {
                let split = steps.count
                steps.append(.end)
                try add(part)
                steps.append(.go(split))
                steps[split] = .split(split + 1, steps.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(steps.count)
                steps.append(.end)
                try add(part)
            }
            for split in splits { steps[split] = .split(split + 1, steps.count) }
        }
    }

    /// Whether the whole of a text is one of the expression's.
    func matches(_ text: ByteText) -> Bool {
        ways.removeAll(keepingCapacity: true)
        turn += 1
        reach(0)
        swap(&ways, &next)
        for at in 0..<text.count {
            turn += 1
            for way in ways {
                if case .take(let set) = steps[way], set.contains(text[at]) { reach(way + 1) }
            }
            swap(&ways, &next)
            next.removeAll(keepingCapacity: true)
            if ways.isEmpty { return false }
        }
        return reached[steps.count - 1] == turn
    }

    /// Goes on to a step, and to those that it leads to without a byte.
    private func reach(_ step: Int) {
        waiting.append(step)
        while let step = waiting.popLast() {
            if reached[step] == turn { continue }
            reached[step] = turn
            switch steps[step] {
            case .take, .end: next.append(step)
            case .go(let other): waiting.append(other)
            case .split(let first, let second):
                waiting.append(second)
                waiting.append(first)
            }
        }
    }
}
