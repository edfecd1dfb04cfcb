import Loyalty
import Settings

extension SettingsMap {
    /// A day; `none` and a missing key are no limit.
    func date(_ key: String) -> CivilDate? {
        isNone(key) ? nil : parse(key, as: "a date like 2026-01-31") { CivilDate($0) }
    }

    /// A time of day, in minutes after midnight.
    func timeOfDay(_ key: String) -> Int? {
        parse(key, as: "a time of day like \"02:30\"") { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let digits = Set("0123456789")
            guard parts.count == 2,
                parts.allSatisfy({ $0.count == 2 && digits.isSuperset(of: $0) }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
            else { return nil }
            return hour * 60 + minute
        }
    }

    /// An exact decimal.
    func rate(_ key: String) -> Rate? {
        node(key).flatMap { reader.rate($0, key) }
    }

    /// A length of calendar time, a thousand years at most.
    func period(_ key: String) -> Period? {
        guard let duration = duration(key) else { return nil }
        let period: Period? =
            switch duration.unit {
            case .months: .months(duration.count)
            case .years: .months(duration.count * 12)
            default: duration.days.map { .days($0) }
            }
        switch period {
        case .days(0...365_000), .months(0...12_000):
            return period
        case .some:
            reader.fail("'\(key)' is longer than 1000 years", at: location(of: key))
        case nil:
            reader.fail(
                "'\(key)' counts calendar days: use days, weeks, months or years",
                at: location(of: key))
        }
        return nil
    }
}

extension SettingsReader {
    /// An exact decimal; `label` is the key it belongs to.
    func rate(_ node: SettingsNode, _ label: String) -> Rate? {
        parse(node, label, as: "a decimal like 1.25, at most 1000") { Rate($0) }
    }
}
