internal import Loyalty

/// What the lines of one order come to.
struct OrderSums: Sendable {
    /// Nil where the file doesn't say.
    var kind: IncomingOrder.Kind?
    var net: MinorUnits = 0
    /// The earning base of all lines, and of those with a negative quantity.
    var base: MinorUnits = 0
    var returned: MinorUnits = 0
    /// Of the whole order, whatever their sign in the file.
    var pointsPaid: Points = 0
    var pointsDiscount: MinorUnits = 0

    /// What it is in the end, with its own earning base and what few orders have.
    func settled(
        earnOn: Program.EarnOn
    ) -> (kind: IncomingOrder.Kind, base: MinorUnits, extra: OrderExtra) {
        let kind = kind ?? (net < 0 ? .return : .sale)
        var base = base
        var extra = OrderExtra(pointsPaid: pointsPaid)
        switch kind {
        case .sale, .return: break
        case .exchange:
            extra.returnBase = abs(returned)
            base = max(0, base - returned)
        case .void, .other: base = 0
        }
        if earnOn == .netOfPoints, pointsDiscount > 0 {
            let left = max(0, abs(base) - pointsDiscount)
            base = base < 0 ? -left : left
        }
        return (kind, base, extra)
    }

    /// The most that any of its amounts comes to.
    var largest: MinorUnits { max(abs(net), abs(base), abs(returned), abs(base - returned)) }
}

extension IncomingOrder.Kind {
    /// The kind that a word of a file says.
    init?(_ word: ByteText) {
        if word.equals("sale") {
            self = .sale
        } else if word.equals("return") {
            self = .return
        } else if word.equals("void") {
            self = .void
        } else if word.equals("exchange") {
            self = .exchange
        } else if IncomingOrder.Kind.neverEarning.contains(where: { word.equals($0) }) {
            self = .other
        } else {
            return nil
        }
    }

    /// What tills write beside sales: counted, and nothing else.
    private static let neverEarning: [StaticString] = [
        "suspended", "training", "no_sale", "tender_change", "open", "close", "other",
    ]
}
