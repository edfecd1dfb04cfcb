import Foundation
import Loyalty
import Settings
import Tabular

@testable import Intake
@testable import Runner

extension FuzzTarget {
    /// Encodings: whatever the pieces in which bytes come, the text is the same, it is UTF-8 but for lone surrogates, and
    /// it becomes the same bytes again.
    static let encodings = FuzzTarget(
        name: "encodings",
        seeds: [
            "plain \u{E9}", "\u{FF}\u{FE}a\u{0}\u{3D}\u{D8}", "\u{FE}\u{FF}\u{0}a",
            "\u{80}\u{81}\u{9F}",
        ]
    ) { input in
        var input = input
        let encoding = input.pick(TextEncoding.allCases)
        let size = 1 + input.number(below: 9)
        let bytes = input.bytes
        let whole = decoded([bytes], encoding)
        // A mark is looked for in the first piece alone: blocks are never that small.
        let pieces =
            [Array(bytes.prefix(3))]
            + stride(from: 3, to: bytes.count, by: size).map {
                Array(bytes[$0..<min($0 + size, bytes.count)])
            }
        require(decoded(pieces, encoding) == whole, "in pieces of \(size)")
        guard let whole, encoding != .utf8 else { return }
        let isMarked = bytes.withUnsafeBytes { TextEncoding.mark($0)?.encoding == encoding }
        let again = whole.withUnsafeBytes {
            Transcoder.encode($0, as: encoding, isStart: false)
        }
        var expected = isMarked ? Array(bytes.dropFirst(2)) : bytes
        if encoding == .utf16, isMarked, bytes[0] == 0xFE {
            for at in stride(from: 0, to: expected.count - 1, by: 2) { expected.swapAt(at, at + 1) }
        }
        require(again == expected, "\(encoding): \(bytes) came back as \(again)")
    }

    /// All that is decoded; nil where it ends within a character.
    private static func decoded(_ pieces: [[UInt8]], _ encoding: TextEncoding) -> [UInt8]? {
        var transcoder = Transcoder(encoding)
        var text: [UInt8] = []
        // No byte more than promised, so that the sanitizer sees one too many.
        let capacity = Transcoder.room(pieces.map(\.count).max() ?? 0)
        let room = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        defer { room.deallocate() }
        for piece in pieces {
            let count = piece.withUnsafeBytes { transcoder.decode($0, into: room) }
            text += UnsafeBufferPointer(start: room, count: count)
        }
        return transcoder.finish(into: room).map {
            text + UnsafeBufferPointer(start: room, count: $0)
        }
    }

    /// Amounts: what is read is what stands there, written and read again it is the same, and nothing overflows.
    static let amounts = FuzzTarget(
        name: "amounts",
        seeds: [
            "1.50", "-0.01", "1,234,567.89", "999999999999999.9999", "12'345,6", "0.005", "-", "+1",
        ]
    ) { input in
        var input = input
        let decimals = input.number(below: 4)
        let fraction = input.pick(NumberFormat.Fraction.allCases)
        let (decimal, thousands) = input.pick(
            [(46, nil), (44, nil), (46, 44), (44, 46), (44, 39)] as [(UInt8, UInt8?)])
        let format = NumberFormat(decimal: decimal, thousands: thousands, fraction: fraction)
        let bytes = input.bytes
        with(bytes) { text in
            if let whole = wholeNumber(text, digits: 18) {
                require(Int64(input.text) == whole, "\(input.text) is read as \(whole)")
            }
            guard let value = format.money(text, decimals: decimals) else { return }
            let exact = bytes.filter { $0 != thousands }.map { $0 == decimal ? 46 : $0 }
            let number = Decimal(string: String(decoding: exact, as: UTF8.self)) ?? .nan
            var (scaled, rounded) = (number * pow(10, decimals), Decimal())
            NSDecimalRound(&rounded, &scaled, 0, .plain)
            // Foundation's numbers have 38 digits.
            if exact.count < 36 {
                require(
                    rounded == Decimal(value), "\(input.text) is read as \(value), it is \(rounded)"
                )
            }
            let plain = NumberFormat(decimal: 46, thousands: nil, fraction: .exact)
            var writer = CSVWriter(delimiter: 44)
            writer.money(value, decimals: decimals)
            let written = Array(writer.bytes)
            with(written) { text in
                require(
                    plain.money(text, decimals: decimals) == value,
                    "\(value) is written \(String(decoding: written, as: UTF8.self))")
            }
        }
    }

    /// Dates: a pattern that a layout may have is compiled, what it reads is in the calendar, and a day written by a
    /// pattern of fixed widths is read as that day.
    static let dates = FuzzTarget(
        name: "dates",
        seeds: [
            "yyyy-MM-dd'T'HH:mm:ss\n2026-11-22T13:00:00", "d/M/yyyy\n9/2/2026",
            "yyyyMMdd\n20240229",
            "yyyy-MM-dd HH:mm:ss.SSSX\n2026-11-22 13:00:00.123+05:30",
            "'y''d'yyyy MM dd\nyd2026 01 02",
        ]
    ) { input in
        let lines = input.lines(2)
        let checked = try? DateLetters.checked(lines[0])
        let pattern = DatePattern(lines[0])
        require(checked == nil || pattern != nil, "'\(lines[0])' is allowed and can't be compiled")
        guard let pattern else { return }
        with(Array(lines[1].utf8)) { text in
            guard let time = pattern(text) else { return }
            let civil = time.date.civil
            require(
                CivilDate(year: civil.year, month: civil.month, day: civil.day) == time.date
                    && (0..<86_400).contains(time.second)
                    && abs(time.offsetMinutes ?? 0) <= 18 * 60 + 59,
                "'\(lines[1])' by '\(lines[0])' is \(time)")
            require(CivilDate("\(time.date)") == time.date, "\(time.date) is no day")
        }
    }

    /// Cron expressions: what is read names moments that exist, and reads the same when it is written.
    static let cron = FuzzTarget(
        name: "cron",
        seeds: [
            "*/10 2-7 * * *", "0 0 1,15 jan-mar mon", "5 4 * * 7", "0-59/7 */2 31 2 0-6",
            "1 2 3 4 sun,sat",
        ]
    ) { input in
        let text = input.text
        let time: CronTime
        do { time = try CronTime(text) } catch is CronTime.Problem { return }
        for (field, range) in [
            (time.minutes, 0...59), (time.hours, 0...23), (time.days, 1...31),
            (time.months, 1...12),
            (time.weekdays, 0...6),
        ] {
            require(
                !field.numbers.isEmpty && field.numbers.allSatisfy { range.contains($0) },
                "'\(text)': \(field)")
        }
        require((try? CronTime(time.text)) == time, "'\(text)' is written '\(time.text)'")
        let (wider, _) = time.cron([0, 60, -330])
        require((try? CronTime(wider)) != nil, "'\(text)' is '\(wider)' by another clock")
        require(
            time.calendars("UTC").allSatisfy { !$0.contains("  ") },
            "'\(text)': \(time.calendars("UTC"))")
        for day in 20_000..<20_010 {
            _ = time.matches(CivilDate(days: Int32(day)), minutes: 61 * day % 1_440)
        }
    }

    /// File names: a name that two patterns take is one that both may take, and what the pattern finds in a name is in it.
    static let names = FuzzTarget(
        name: "names",
        seeds: [
            "orders-{system}-{date}*.csv*\norders-pos-2026-11-16.csv.gz\n*.csv",
            "{store}/till-{date}.csv\nQBN05/till-20261116.csv\n*/till-????????.csv",
            "codes-{reward}-{date}.csv\ncodes-bon-5-2026-11-16.csv\ncodes-*-*.csv",
            "*a*a*a*b\naaaaaaaaaaaa\n?*?*",
        ]
    ) { input in
        guard input.bytes.count <= 200 else { return }
        let lines = input.lines(3)
        guard let pattern = try? FilePattern(lines[0]) else { return }
        let match = pattern.match(lines[1])
        let known = pattern.match(lines[1], rewards: ["bon-5", "bon"])
        require((match == nil) == (known == nil), "'\(lines[1])' and known rewards")
        if let match {
            for field in [match.system, match.store, match.reward] {
                require(
                    field.map { !$0.isEmpty && lines[1].unicodeScalars.contains($0.unicodeScalars) }
                        ?? true,
                    "'\(lines[1])' has no '\(field ?? "")'")
            }
            require((match.date != nil) == pattern.namesDate, "'\(lines[1])': \(match)")
        }
        guard let other = try? FilePattern(lines[2]) else { return }
        let overlap = pattern.overlap(with: other)
        let isOther = other.match(lines[1]) != nil
        if match != nil {
            require(
                isOther ? overlap != .none : overlap != .all,
                "'\(lines[1])' is taken by '\(lines[0])', by '\(lines[2])' \(isOther); overlap: \(overlap)"
            )
        }
    }

    /// Bytes where no other one follows.
    static func with<Value>(_ bytes: [UInt8], _ use: (ByteText) throws -> Value) rethrows -> Value {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        defer { copy.deallocate() }
        copy.update(from: bytes, count: bytes.count)
        return try use(ByteText(start: copy, count: bytes.count))
    }
}
