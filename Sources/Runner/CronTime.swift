internal import Loyalty
internal import Settings

/// When a job outside the night runs, in cron's syntax: minute, hour, day of the month, month, day of the week,
/// by the program's clocks.
package struct CronTime: Hashable, Sendable {
    /// One of the five, as written and as the numbers that it means.
    struct Field: Hashable, Sendable {
        var text: String
        var numbers: Set<Int>
        /// Whether it leaves nothing out.
        var isAll: Bool
    }

    let minutes: Field
    let hours: Field
    let days: Field
    let months: Field
    /// From Sunday, which is 0, to Saturday.
    let weekdays: Field

    /// As it was written.
    var text: String {
        [minutes, hours, days, months, weekdays].map(\.text).joined(separator: " ")
    }

    /// What is wrong with a text.
    package struct Problem: Error { package var text: String }

    package init(_ text: String) throws(Problem) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 5 else {
            throw Problem(
                text:
                    "needs five fields (minute, hour, day, month, weekday) like \"*/15 * * * *\", "
                    + "not '\(text)'")
        }
        let monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(separator: " ")
        let dayNames = "sun mon tue wed thu fri sat".split(separator: " ")
        minutes = try CronTime.field(words[0], "minutes", 0...59)
        hours = try CronTime.field(words[1], "hours", 0...23)
        days = try CronTime.field(words[2], "days", 1...31)
        months = try CronTime.field(words[3], "months", 1...12, monthNames, 1)
        // Cron calls Sunday 0 and 7.
        var week = try CronTime.field(words[4], "weekdays", 0...7, dayNames, 0)
        if week.numbers.remove(7) != nil { week.numbers.insert(0) }
        weekdays = week
    }

    /// Lists of numbers, ranges and steps: `0,30`, `8-18/2`, `*/10`.
    private static func field(
        _ text: String, _ name: String, _ range: ClosedRange<Int>, _ names: [Substring] = [],
        _ firstName: Int = 0
    ) throws(Problem) -> Field {
        func wrong() -> Problem {
            Problem(
                text: "has '\(text)' for its \(name): they are \(range.lowerBound) to "
                    + "\(range.upperBound), as in 5, 1,15, 8-18, */10 or *")
        }
        func number(_ word: Substring) throws(Problem) -> Int {
            if let at = names.firstIndex(of: Substring(word.lowercased())) { return at + firstName }
            guard let number = Int(word), range.contains(number), word.first != "+" else {
                throw wrong()
            }
            return number
        }
        var numbers: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let span = halves.first, halves.count <= 2 else { throw wrong() }
            var step = 1
            if halves.count == 2 {
                guard let size = Int(halves[1]), size > 0, halves[1].first != "+" else {
                    throw wrong()
                }
                step = size
            }
            let ends = span.split(separator: "-", omittingEmptySubsequences: false)
            let (first, last): (Int, Int)
            if span == "*" {
                (first, last) = (range.lowerBound, range.upperBound)
            } else if ends.count == 2 {
                (first, last) = (try number(ends[0]), try number(ends[1]))
            } else if halves.count == 1, ends.count == 1 {
                first = try number(ends[0])
                last = first
            } else {
                throw wrong()
            }
            guard first <= last else { throw wrong() }
            numbers.formUnion(stride(from: first, through: last, by: step))
        }
        let all = numbers.isSuperset(of: name == "weekdays" ? 0...6 : range)
        return Field(text: text, numbers: numbers, isAll: all)
    }

    /// Whether it is one of the minutes that it names.
    func matches(_ day: CivilDate, minutes now: Int) -> Bool {
        let civil = day.civil
        let weekday = (Int(day.days) + 4) % 7
        // Where both are named, one of them is enough: that is cron's way.
        let isDay =
            switch (days.isAll, weekdays.isAll) {
            case (false, false):
                days.numbers.contains(civil.day) || weekdays.numbers.contains(weekday)
            default: days.numbers.contains(civil.day) && weekdays.numbers.contains(weekday)
            }
        return isDay && months.numbers.contains(civil.month)
            && hours.numbers.contains(now / 60) && minutes.numbers.contains(now % 60)
    }

    /// Whether it was one of its minutes just now: schedulers may be late.
    package func isDue(at now: Int, _ clock: ProgramClock) -> Bool {
        (0..<10).contains { ago in
            let local = clock.local(at: now - ago * 60)
            return matches(local.day, minutes: local.minutes)
        }
    }

    // MARK: For schedulers

    /// The five fields for a server whose clock may be another's; the widest over the year where it is.
    ///
    /// - Parameter shifts: minutes that the server's clock is ahead of the program's, all that occur.
    /// - Returns: the fields, and whether they name more than is meant.
    func cron(_ shifts: Set<Int>) -> (text: String, isWider: Bool) {
        if shifts == [0]
            || hours.isAll && days.isAll && weekdays.isAll && months.isAll
                && (minutes.isAll || shifts.allSatisfy { $0 % 60 == 0 })
        {
            return (text, false)
        }
        var minutesThere: Set<Int> = []
        var hoursThere: Set<Int> = []
        for shift in shifts {
            for hour in hours.numbers {
                for minute in minutes.numbers {
                    let there = ((hour * 60 + minute + shift) % 1_440 + 1_440) % 1_440
                    minutesThere.insert(there % 60)
                    hoursThere.insert(there / 60)
                }
            }
        }
        func list(_ numbers: Set<Int>, of count: Int) -> String {
            numbers.count == count ? "*" : numbers.sorted().map(String.init).joined(separator: ",")
        }
        // A day there may be another one here.
        let text = "\(list(minutesThere, of: 60)) \(list(hoursThere, of: 24)) * * *"
        return (text, true)
    }

    /// The times for a systemd timer in the program's zone: two where either day is enough.
    func calendars(_ zone: String) -> [String] {
        func list(_ field: Field, _ padding: Int = 2) -> String {
            field.isAll
                ? "*"
                : field.numbers.sorted().map { number in
                    number < 10 && padding == 2 ? "0\(number)" : "\(number)"
                }.joined(separator: ",")
        }
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let week =
            weekdays.isAll
            ? "" : weekdays.numbers.sorted().map { names[$0] }.joined(separator: ",") + " "
        let time = "\(list(hours)):\(list(minutes)):00 \(zone)"
        let month = list(months)
        if !days.isAll, !weekdays.isAll {
            return ["*-\(month)-\(list(days)) \(time)", "\(week)*-\(month)-* \(time)"]
        }
        return ["\(week)*-\(month)-\(list(days)) \(time)"]
    }
}

extension SettingsMap {
    /// When a job runs; `none` and a missing key are never by itself.
    func cronTime(_ key: String) -> CronTime? {
        guard !isNone(key), let text = text(key) else { return nil }
        do throws(CronTime.Problem) {
            return try CronTime(text)
        } catch {
            reader.fail("'\(key)' \(error.text)", at: location(of: key))
            return nil
        }
    }
}
