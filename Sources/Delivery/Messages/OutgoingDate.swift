internal import Loyalty

/// How dates and times are written: the letters of a pattern, `dd/MM/yyyy HH:mm:ss`.
struct OutgoingDate: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(UInt8)
        case year(Int)
        case month, day, hour, minute, second
    }

    private let parts: [Part]
    /// Whether it has hours, minutes or seconds, which a date lacks.
    let hasTime: Bool

    /// `yyyy-MM-dd`.
    static let day = OutgoingDate(parts: dayParts, hasTime: false)
    /// `yyyy-MM-ddTHH:mm:ss`.
    static let time = OutgoingDate(
        parts: dayParts + [
            .text(UInt8(ascii: "T")), .hour, .text(UInt8(ascii: ":")), .minute,
            .text(UInt8(ascii: ":")), .second,
        ], hasTime: true)

    private static let dayParts: [Part] = [
        .year(4), .text(UInt8(ascii: "-")), .month, .text(UInt8(ascii: "-")), .day,
    ]

    private init(parts: [Part], hasTime: Bool) {
        self.parts = parts
        self.hasTime = hasTime
    }

    /// Nil for a pattern with other letters than yyyy, yy, MM, dd, HH, mm and ss; a letter between two `'` is
    /// itself.
    init?(_ pattern: String) {
        var parts: [Part] = []
        let bytes = Array(pattern.utf8)
        var at = 0
        while at < bytes.count {
            let letter = bytes[at]
            var count = 1
            while at + count < bytes.count, bytes[at + count] == letter { count += 1 }
            if letter == UInt8(ascii: "'") {
                guard let end = bytes[(at + 1)...].firstIndex(of: letter) else { return nil }
                parts += bytes[(at + 1)..<end].map { .text($0) }
                at = end + 1
                continue
            }
            switch (letter, count) {
            case (UInt8(ascii: "y"), 4), (UInt8(ascii: "y"), 2): parts.append(.year(count))
            case (UInt8(ascii: "M"), 2): parts.append(.month)
            case (UInt8(ascii: "d"), 2): parts.append(.day)
            case (UInt8(ascii: "H"), 2): parts.append(.hour)
            case (UInt8(ascii: "m"), 2): parts.append(.minute)
            case (UInt8(ascii: "s"), 2): parts.append(.second)
            default:
                let isLetter =
                    (letter | 32) >= UInt8(ascii: "a") && (letter | 32) <= UInt8(ascii: "z")
                guard !isLetter, letter < 0x80 else { return nil }
                parts += Array(repeating: .text(letter), count: count)
            }
            at += count
        }
        guard parts.contains(where: { if case .text = $0 { false } else { true } }) else {
            return nil
        }
        self.parts = parts
        hasTime = parts.contains { [.hour, .minute, .second].contains($0) }
    }

    /// Writes a moment on the program's clocks.
    func write(_ local: LocalSeconds, to text: inout TextBuffer) {
        let date = CivilDate(local: local)
        let (year, month, day) = date.civil
        let second = local - date.midnight
        for part in parts {
            switch part {
            case .text(let byte): text.append(byte)
            case .year(let width):
                text.digits(UInt64(width == 2 ? year % 100 : year), atLeast: width)
            case .month: text.digits(UInt64(month), atLeast: 2)
            case .day: text.digits(UInt64(day), atLeast: 2)
            case .hour: text.digits(UInt64(second / 3600), atLeast: 2)
            case .minute: text.digits(UInt64(second / 60 % 60), atLeast: 2)
            case .second: text.digits(UInt64(second % 60), atLeast: 2)
            }
        }
    }
}
