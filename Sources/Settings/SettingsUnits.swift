/// A length of time as an operator writes it: `60 seconds`, `2 weeks`, `1 year`.
package struct SettingsDuration: Hashable, Sendable {
    package enum Unit: String, CaseIterable, Sendable {
        case seconds, minutes, hours, days, weeks, months, years

        /// Seconds in one; nil where the calendar decides.
        fileprivate var seconds: Int? {
            switch self {
            case .seconds: 1
            case .minutes: 60
            case .hours: 3_600
            case .days: 86_400
            case .weeks: 604_800
            case .months, .years: nil
            }
        }
    }

    /// Zero or more.
    package var count: Int
    package var unit: Unit

    package init(_ count: Int, _ unit: Unit) {
        self.count = count
        self.unit = unit
    }

    static let form =
        "a length of time like '30 days' (seconds, minutes, hours, days, weeks, months, years)"

    /// The length of a text, or nil; `0` needs no unit, and one of a unit may be singular.
    package init?(_ text: String) {
        if text == "0" {
            self.init(0, .days)
            return
        }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = SettingsReader.digits(String(parts[0])),
            count <= 1_000_000
        else { return nil }
        let name = String(parts[1])
        guard let unit = Unit(rawValue: name) ?? (count == 1 ? Unit(rawValue: name + "s") : nil)
        else { return nil }
        self.init(count, unit)
    }

    /// The length in seconds; nil for months and years, which have no fixed length.
    package var seconds: Int? { count == 0 ? 0 : unit.seconds.map { $0 * count } }

    /// The length in whole days; nil for other units than days and weeks.
    package var days: Int? {
        guard count > 0 else { return 0 }
        return switch unit {
        case .days: count
        case .weeks: count * 7
        default: nil
        }
    }
}

extension SettingsReader {
    /// A whole number written in digits only, or nil.
    static func digits(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int(text) : nil
    }

    /// Bytes of a size like `512 MiB`, or nil.
    static func size(_ text: String) -> Int? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        let units = ["B": 0, "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40]
        guard parts.count == 2, let count = digits(String(parts[0])),
            let shift = units[String(parts[1])], count <= Int.max >> shift
        else { return nil }
        return count << shift
    }
}
