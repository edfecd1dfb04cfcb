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

    /// An amount in a currency, in its minor units.
    func money(_ key: String, _ currency: Currency) -> MinorUnits? {
        node(key).flatMap { reader.money($0, key, currency) }
    }

    /// A share of a hundred, in hundredths of a percent: 12.5 is 1250.
    func percent(_ key: String) -> Int? {
        parse(key, as: "a number from 0 to 100, with two decimals at most") { text in
            fixedPoint(text, decimals: 2).flatMap { $0 <= 10_000 ? Int($0) : nil }
        }
    }

    /// A count that `none` and a missing key leave without limit.
    func count(_ key: String) -> Int? {
        isNone(key) ? nil : integer(key, in: 0...1_000_000_000)
    }

    /// Names, none of them empty or there twice.
    func names(_ key: String) -> [String]? {
        texts(key).map { names in
            var known: [String] = []
            for name in names {
                if name.value.isEmpty {
                    reader.fail("'\(key)' has an empty name", at: name.location)
                } else if known.contains(name.value) {
                    reader.fail("'\(name.value)' stands twice", at: name.location)
                } else {
                    known.append(name.value)
                }
            }
            return known
        }
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

    /// An amount in a currency, in its minor units.
    func money(_ node: SettingsNode, _ label: String, _ currency: Currency) -> MinorUnits? {
        let form =
            currency.decimals == 0
            ? "an amount like 50, without decimals"
            : "an amount like 50.00, with \(currency.decimals) decimals at most"
        return parse(node, label, as: form) { text in
            fixedPoint(text, decimals: currency.decimals).flatMap {
                $0 <= Currency.mostMinorUnits ? $0 : nil
            }
        }
    }
}

/// A number of at most so many decimals, in units of the last of them; nil where the text is none.
private func fixedPoint(_ text: String, decimals: Int) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...12).contains(parts[0].utf8.count) else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.utf8.count <= decimals, parts.count == 1 || !fraction.isEmpty else { return nil }
    let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
    let digits = parts[0] + fraction + zeros
    return digits.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int64(digits) : nil
}
