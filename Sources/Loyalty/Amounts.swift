/// Whole points of one account.
package typealias Points = Int64

/// Money in the smallest unit of its currency (cents).
package typealias MinorUnits = Int64

/// A currency: its ISO 4217 code and the number of its decimals.
package struct Currency: Hashable, Sendable {
    package let code: String
    /// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    package let decimals: Int

    package init(code: String, decimals: Int) {
        self.code = code
        self.decimals = decimals
    }

    /// The most that one order may come to: with rates up to 1000 its points stay within 64 bits.
    package static let mostMinorUnits: MinorUnits = 1_000_000_000_000

    /// Minor units in one unit of the currency.
    package var scale: Int64 {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        return scale
    }

    /// The decimals of ISO 4217, for the codes that don't have two.
    private static let exceptions: [String: Int] = [
        "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
        "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
        "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    ]

    /// The currency of an ISO 4217 code, or nil unless it is three capital letters.
    package init?(iso code: String) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else {
            return nil
        }
        self.init(code: code, decimals: Currency.exceptions[code] ?? 2)
    }
}

/// An exact decimal with six places: a ratio or a multiplier.
package struct Rate: Hashable, Comparable, Sendable {
    /// The rate in millionths.
    package let millionths: Int64

    package init(millionths: Int64) { self.millionths = millionths }

    package static let one = Rate(millionths: 1_000_000)

    /// The rate written as `1.25`, or nil unless it is a decimal of at most six places, up to 1000.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].utf8.count) else {
            return nil
        }
        var fraction = parts.count == 2 ? Array(parts[1].utf8) : []
        guard fraction.count <= 6, parts.count == 1 || !fraction.isEmpty else { return nil }
        while fraction.count < 6 { fraction.append(48) }
        var value: Int64 = 0
        for byte in Array(parts[0].utf8) + fraction {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        guard value <= 1_000_000_000 else { return nil }
        millionths = value
    }

    package static func < (left: Rate, right: Rate) -> Bool { left.millionths < right.millionths }
}

extension Rate: CustomStringConvertible {
    /// The shortest decimal: `1`, `1.25`.
    package var description: String {
        let whole = millionths / 1_000_000
        var fraction = String(millionths % 1_000_000)
        guard fraction != "0" else { return String(whole) }
        fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
