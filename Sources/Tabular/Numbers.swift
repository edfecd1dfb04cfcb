public import Loyalty

/// How a layout writes numbers.
public struct NumberFormat: Hashable, Sendable {
    /// What to do with money that hasn't just the decimals of its currency.
    package enum Fraction: String, CaseIterable, Sendable {
        /// More decimals than the currency has are refused.
        case reject
        /// More decimals are rounded, half away from zero.
        case halfUp = "half_up"
        /// Fewer are refused as well.
        case exact
    }

    package var decimal: UInt8
    /// The mark between groups of three digits, if the layout has one.
    package var thousands: UInt8?
    package var fraction: Fraction

    package init(decimal: UInt8 = 46, thousands: UInt8? = nil, fraction: Fraction = .reject) {
        self.decimal = decimal
        self.thousands = thousands
        self.fraction = fraction
    }

    /// Money in minor units, or nil where the text is not a number of this format.
    ///
    /// At most 15 digits before the mark, so that a night's sums stay within 64 bits.
    public func money(_ text: ByteText, decimals: Int) -> Int64? {
        var at = 0
        let count = text.count
        let isNegative = count > 0 && text[0] == 45
        if isNegative { at = 1 }
        var value: Int64 = 0
        var digits = 0
        var isMarked = false
        while at < count {
            let digit = text[at] &- 48
            if digit > 9 {
                // The first group has at most three digits; those behind a mark were counted there.
                guard let thousands, text[at] == thousands, digits > 0, isMarked || digits <= 3,
                    isGroup(text, at + 1)
                else { break }
                isMarked = true
                at += 1
                continue
            }
            value = value &* 10 &+ Int64(digit)
            digits += 1
            at += 1
        }
        guard digits > 0, digits <= 15 else { return nil }
        var places = 0
        if at < count {
            guard text[at] == decimal, at + 1 < count else { return nil }
            at += 1
            var roundsUp = false
            while at < count {
                let digit = text[at] &- 48
                guard digit <= 9 else { return nil }
                if places < decimals {
                    value = value &* 10 &+ Int64(digit)
                } else {
                    guard fraction == .halfUp else { return nil }
                    if places == decimals { roundsUp = digit >= 5 }
                }
                places += 1
                at += 1
            }
            if roundsUp { value += 1 }
        }
        guard places >= decimals || fraction != .exact else { return nil }
        while places < decimals {
            value = value &* 10
            places += 1
        }
        return isNegative ? -value : value
    }

    /// Whether three digits stand here, and no fourth.
    func isGroup(_ text: ByteText, _ at: Int) -> Bool {
        guard at + 3 <= text.count else { return false }
        for index in at..<at + 3 where text[index] &- 48 > 9 { return false }
        return at + 3 == text.count || text[at + 3] &- 48 > 9
    }
}

/// A whole number of at most so many digits, with an optional minus; nil where it is anything else.
public func wholeNumber(_ text: ByteText, digits limit: Int = 15) -> Int64? {
    let isNegative = text.count > 0 && text[0] == 45
    var at = isNegative ? 1 : 0
    guard at < text.count, text.count - at <= limit else { return nil }
    var value: Int64 = 0
    while at < text.count {
        let digit = text[at] &- 48
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ Int64(digit)
        at += 1
    }
    return isNegative ? -value : value
}
