package import Loyalty

/// A date and time as a file writes it.
package struct LocalTime: Hashable, Sendable {
    package var date: CivilDate
    /// Seconds since midnight; 0 where the pattern has no time.
    package var second: Int32
    /// Minutes east of Greenwich, where the text says so.
    package var offsetMinutes: Int16?

    package init(date: CivilDate, second: Int32, offsetMinutes: Int16?) {
        self.date = date
        self.second = second
        self.offsetMinutes = offsetMinutes
    }
}

/// A compiled pattern of a date: `yyyy-MM-dd'T'HH:mm:ss`.
///
/// Letters are those of Unicode TR 35 that fixed formats need: y M d H m s S, and X for `Z` or `+hh:mm`.
/// A doubled letter takes just so many digits, a single one takes one or two. Nothing is guessed.
package struct DatePattern: Hashable, Sendable {
    private enum Part: UInt8, Sendable {
        case year, month, day, hour, minute, second, fraction, offset, literal
    }

    private struct Step: Hashable, Sendable {
        var part: Part
        var least: UInt8
        var most: UInt8
        var literal: UInt8 = 0
    }

    private let steps: [Step]

    /// Compiles a pattern; nil where a letter is none of ours or year, month or day is missing.
    package init?(_ text: String) {
        let letters: [Character: Part] = [
            "y": .year, "M": .month, "d": .day, "H": .hour, "m": .minute, "s": .second,
            "S": .fraction, "X": .offset,
        ]
        var steps: [Step] = []
        let characters = Array(text)
        var at = 0
        while at < characters.count {
            let character = characters[at]
            if let part = letters[character] {
                var width = 1
                while at + width < characters.count, characters[at + width] == character {
                    width += 1
                }
                guard width <= 9 else { return nil }
                let isLoose = width == 1 && part != .fraction
                steps.append(
                    Step(part: part, least: UInt8(width), most: isLoose ? 2 : UInt8(width)))
                at += width
                continue
            }
            if character == "'" {
                guard let close = characters[(at + 1)...].firstIndex(of: "'") else { return nil }
                for byte in String(characters[(at + 1)..<close]).utf8 {
                    steps.append(Step(part: .literal, least: 1, most: 1, literal: byte))
                }
                at = close + 1
                continue
            }
            guard !character.isLetter else { return nil }
            for byte in String(character).utf8 {
                steps.append(Step(part: .literal, least: 1, most: 1, literal: byte))
            }
            at += 1
        }
        for part in [Part.year, .month, .day] where !steps.contains(where: { $0.part == part }) {
            return nil
        }
        self.steps = steps
    }

    /// Whether it says a time of the day.
    package var hasTime: Bool { steps.contains { $0.part == .hour } }

    /// The date and time that a text of this pattern writes; nil where it is not of the pattern, or
    /// the calendar or the clock has no such moment (a leap second is none).
    package func callAsFunction(_ text: ByteText) -> LocalTime? {
        var year = 0
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        var offset: Int16?
        var at = 0
        for step in steps {
            if step.part == .literal {
                guard at < text.count, text[at] == step.literal else { return nil }
                at += 1
                continue
            }
            if step.part == .offset {
                guard let found = DatePattern.offset(text, &at) else { return nil }
                offset = found
                continue
            }
            var value = 0
            var digits = 0
            while digits < Int(step.most), at < text.count {
                let digit = text[at] &- 48
                guard digit <= 9 else { break }
                value = value &* 10 &+ Int(digit)
                digits += 1
                at += 1
            }
            guard digits >= Int(step.least) else { return nil }
            switch step.part {
            case .year: year = step.most == 2 ? 2000 + value : value
            case .month: month = value
            case .day: day = value
            case .hour: hour = value
            case .minute: minute = value
            case .second: second = value
            case .fraction, .offset, .literal: break
            }
        }
        guard at == text.count, hour < 24, minute < 60, second < 60,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        return LocalTime(
            date: date, second: Int32(hour * 3600 + minute * 60 + second), offsetMinutes: offset)
    }

    /// `Z`, `+hh:mm`, `+hhmm` or `+hh` in minutes.
    private static func offset(_ text: ByteText, _ at: inout Int) -> Int16? {
        guard at < text.count else { return nil }
        if text[at] == 90 {
            at += 1
            return 0
        }
        guard text[at] == 43 || text[at] == 45 else { return nil }
        let sign: Int16 = text[at] == 45 ? -1 : 1
        at += 1
        var digits = 0
        var value: Int16 = 0
        while at < text.count, digits < 4 {
            if digits == 2, text[at] == 58, at + 1 < text.count, text[at + 1] &- 48 <= 9 {
                at += 1
                continue
            }
            let digit = text[at] &- 48
            guard digit <= 9 else { break }
            value = value * 10 + Int16(digit)
            digits += 1
            at += 1
        }
        if digits == 2 { value *= 100 }
        guard digits == 2 || digits == 4, value % 100 < 60, value / 100 <= 18 else { return nil }
        return sign * (value / 100 * 60 + value % 100)
    }
}
