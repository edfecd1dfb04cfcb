/// The terms that an order earns at, by account: stored with the sale, so that a later return takes
/// back at the rates of the sale (spec: returns use the terms stored with the sale).
package struct Terms: Hashable, Sendable {
    /// One account's part.
    package struct Earning: Hashable, Sendable {
        /// Points per one unit of the currency.
        package var ratio: Rate
        package var multiplier: Rate
        package var rounding: Account.Rounding

        package init(ratio: Rate, multiplier: Rate, rounding: Account.Rounding) {
            self.ratio = ratio
            self.multiplier = multiplier
            self.rounding = rounding
        }

        /// The points of an earning base, rounded once, last.
        ///
        /// Exact: minor units x millionths x millionths in 128 bits. Negative bases earn nothing.
        package func points(of base: MinorUnits, scale: Int64) -> Points {
            guard base > 0 else { return 0 }
            let units = Int128(base) * Int128(ratio.millionths) * Int128(multiplier.millionths)
            let divisor = Int128(scale) * 1_000_000_000_000
            let (quotient, remainder) = units.quotientAndRemainder(dividingBy: divisor)
            switch rounding {
            case .floor: return Points(quotient)
            case .ceil: return Points(quotient) + (remainder > 0 ? 1 : 0)
            case .nearest: return Points(quotient) + (remainder * 2 >= divisor ? 1 : 0)
            }
        }
    }

    /// In the order of the program's accounts.
    package var earnings: [Earning]

    package init(earnings: [Earning]) { self.earnings = earnings }

    /// Tonight's terms of a tier.
    package init(_ program: Program, tier: Tier) {
        earnings = program.accounts.map { account in
            Earning(
                ratio: account.ratio, multiplier: tier.multipliers[Int(account.kind.rawValue)],
                rounding: account.rounding)
        }
    }
}
