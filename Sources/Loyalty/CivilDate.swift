/// A day of the proleptic Gregorian calendar, as the number of days since 1970-01-01.
///
/// Arithmetic is by Howard Hinnant's `days_from_civil` (chrono-Compatible Low-Level Date
/// Algorithms): exact integers, no time zone, no Foundation.
package struct CivilDate: Hashable, Comparable, Sendable, Codable {
    /// Days since 1970-01-01; negative before it.
    package var days: Int32

    @inlinable package init(days: Int32) { self.days = days }

    /// The date of a year, month and day, or nil when the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= CivilDate.length(ofMonth: month, year: year)
        else { return nil }
        self.init(unchecked: year, month, day)
    }

    /// The date written `yyyy-MM-dd`, or nil.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45 else { return nil }
        var parts = [0, 0, 0]
        for (index, byte) in bytes.enumerated() where index != 4 && index != 7 {
            guard byte >= 48, byte <= 57 else { return nil }
            let part = index < 4 ? 0 : index < 7 ? 1 : 2
            parts[part] = parts[part] * 10 + Int(byte - 48)
        }
        self.init(year: parts[0], month: parts[1], day: parts[2])
    }

    private init(unchecked year: Int, _ month: Int, _ day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        days = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Year, month (1 to 12) and day (1 to 31).
    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }

    /// Days of a month (1 to 12).
    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The date so many days later (earlier, if negative).
    @inlinable package func adding(days count: Int) -> CivilDate {
        CivilDate(days: days + Int32(count))
    }

    /// The date so many calendar months later; 31 January and one month is the last of February.
    package func adding(months count: Int) -> CivilDate {
        let (year, month, day) = civil
        let index = year * 12 + (month - 1) + count
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        let newMonth = index - newYear * 12 + 1
        let length = CivilDate.length(ofMonth: newMonth, year: newYear)
        return CivilDate(unchecked: newYear, newMonth, min(day, length))
    }

    /// The last day of the calendar period that the date lies in; without one the date itself.
    package func rounded(upTo part: Account.CalendarPart?) -> CivilDate {
        guard let part else { return self }
        let (year, month, _) = civil
        let months =
            switch part {
            case .month: 1
            case .quarter: 3
            case .half: 6
            case .year: 12
            }
        let last = (month + months - 1) / months * months
        return CivilDate(unchecked: year, last, CivilDate.length(ofMonth: last, year: year))
    }

    /// The next day of this month and day, the date itself included; where a year has no 29 February
    /// it is the 28th.
    package func next(month: Int, day: Int) -> CivilDate {
        func date(_ year: Int) -> CivilDate {
            let length = CivilDate.length(ofMonth: month, year: year)
            return CivilDate(unchecked: year, month, min(day, length))
        }
        let year = civil.year
        return date(year) < self ? date(year + 1) : date(year)
    }

    @inlinable package static func == (left: CivilDate, right: CivilDate) -> Bool {
        left.days == right.days
    }

    @inlinable package static func < (left: CivilDate, right: CivilDate) -> Bool {
        left.days < right.days
    }
}

extension CivilDate: CustomStringConvertible {
    /// `yyyy-MM-dd`.
    package var description: String {
        let (year, month, day) = civil
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
