extension FilePattern {
    /// What the names that two patterns take have to do with each other.
    package enum Overlap: Sendable {
        /// No name is taken by both.
        case none
        case some
        /// Every name that this pattern takes, the other takes too.
        case all
    }

    /// How many of the names that this pattern takes another one takes too.
    ///
    /// Both are walked at once, character by character, in all the ways that a name may go on. Only
    /// characters that a pattern tells apart are tried: its own, digits, and a stranger of each kind.
    package func overlap(with other: FilePattern) -> Overlap {
        let (mine, theirs) = (States(self), States(other))
        let alphabet = FilePattern.alphabet(tokens + other.tokens)
        var seen: Set<[Set<Int>]> = []
        var waiting = [[mine.start, theirs.start]]
        var (isShared, isAlone) = (false, false)
        while let pair = waiting.popLast(), !(isShared && isAlone) {
            guard seen.insert(pair).inserted else { continue }
            // Some patterns have more states than there is time: they are not called hidden.
            guard seen.count < 10_000 else { return .some }
            if mine.isEnd(pair[0]) {
                if theirs.isEnd(pair[1]) { isShared = true } else { isAlone = true }
            }
            for scalar in alphabet {
                let next = mine.step(pair[0], scalar)
                if !next.isEmpty { waiting.append([next, theirs.step(pair[1], scalar)]) }
            }
        }
        return isShared ? (isAlone ? .some : .all) : .none
    }

    private static func alphabet(_ tokens: [Token]) -> [Unicode.Scalar] {
        var own: Set<Unicode.Scalar> = ["-", "/"]
        for case .literal(let scalar) in tokens { own.insert(scalar) }
        own.formUnion("0123456789".unicodeScalars)
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_".unicodeScalars
        if let letter = letters.first(where: { !own.contains($0) }) { own.insert(letter) }
        own.insert("\u{E000}")
        return own.sorted()
    }

    /// A pattern as a machine that reads a path: a state is a place between two of its parts.
    private struct States {
        /// A part that takes one character, or none and many.
        private enum Part {
            case one((Unicode.Scalar) -> Bool)
            /// Stays where it is as long as it likes, and may be passed over.
            case many((Unicode.Scalar) -> Bool)
            /// Goes on here or so many parts further: a part that may be left out.
            case skip(Int)
            /// Goes on so many parts further.
            case jump(Int)
        }

        private var parts: [Part] = []
        private(set) var start: Set<Int> = []

        init(_ pattern: FilePattern) {
            if !pattern.isPath {
                // Whatever folders the file lies in.
                parts += [.skip(3), .many { _ in true }, .one { $0 == "/" }]
            }
            for token in pattern.tokens {
                switch token {
                case .literal(let scalar): parts.append(.one { $0 == scalar })
                case .anyOne: parts.append(.one { $0 != "/" })
                case .anyRun: parts.append(.many { $0 != "/" })
                case .field(.system), .field(.store):
                    parts += [.one(SystemName.allows), .many(SystemName.allows)]
                case .field(.reward):
                    parts += [.one { $0 != "/" }, .many { $0 != "/" }]
                case .field(.date):
                    let digit = Part.one { ("0"..."9").contains($0) }
                    let dash = Part.one { $0 == "-" }
                    let two = [digit, digit]
                    // A year, then -12-31 or 1231.
                    parts += two + two + [.skip(8), dash] + two + [dash] + two
                    parts += [.jump(5)] + two + two
                }
            }
            start = closure([0])
        }

        func isEnd(_ states: Set<Int>) -> Bool { states.contains(parts.count) }

        func step(_ states: Set<Int>, _ scalar: Unicode.Scalar) -> Set<Int> {
            var next: Set<Int> = []
            for state in states where state < parts.count {
                switch parts[state] {
                case .one(let takes) where takes(scalar): next.insert(state + 1)
                case .many(let takes) where takes(scalar): next.insert(state)
                default: break
                }
            }
            return closure(next)
        }

        /// The states with those that are reached without a character.
        private func closure(_ states: Set<Int>) -> Set<Int> {
            var all = states
            var waiting = Array(states)
            while let state = waiting.popLast() {
                guard state < parts.count else { continue }
                var next: [Int] = []
                switch parts[state] {
                case .one: break
                case .many: next = [state + 1]
                case .skip(let count): next = [state + 1, state + count]
                case .jump(let count): next = [state + count]
                }
                for state in next where all.insert(state).inserted { waiting.append(state) }
            }
            return all
        }
    }
}
