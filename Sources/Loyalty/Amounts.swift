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

    /// The codes of ISO 4217 that money is paid in, by the number of their decimals.
    private static let codes: [Int: String] = [
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
        2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD \
        CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD \
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD \
        MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP \
        PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
        TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """,
        3: "BHD IQD JOD KWD LYD OMR TND",
    ]

    private static let decimals: [String: Int] = codes.reduce(into: [:]) { decimals, codes in
        for code in codes.value.split(separator: " ") { decimals[String(code)] = codes.key }
    }

    /// The codes that are known, sorted.
    package static var known: [String] { decimals.keys.sorted() }

    /// The currency of an ISO 4217 code, or nil where there is none.
    package init?(iso code: String) {
        guard let decimals = Currency.decimals[code] else { return nil }
        self.init(code: code, decimals: decimals)
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
