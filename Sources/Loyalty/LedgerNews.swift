/// What of the ledger's night causes grants, or takes them back.
package struct LedgerNews {
    /// A sale that tonight's files brought, or whose wait ended.
    package struct Sale {
        package var system: String
        package var id: ByteText
        package var member: Int32
        package var date: CivilDate
        package var net: MinorUnits

        package init(
            system: String, id: ByteText, member: Int32, date: CivilDate, net: MinorUnits
        ) {
            self.system = system
            self.id = id
            self.member = member
            self.date = date
            self.net = net
        }
    }

    /// An order of which nothing is left: returned whole, voided, or lacking in its full day.
    package struct Return {
        package var system: String
        package var id: ByteText

        package init(system: String, id: ByteText) {
            self.system = system
            self.id = id
        }
    }

    /// A member whose spend points reached a number tonight.
    package struct Crossing: Hashable, Sendable {
        package var member: Int32
        package var points: Points

        package init(member: Int32, points: Points) {
            self.member = member
            self.points = points
        }
    }

    package var sales: [Sale] = []
    package var returns: [Return] = []
    package var crossings: [Crossing] = []

    package init() {}
}

/// What the register must hear of the ledger: nothing is looked at that nobody asks for.
package struct LedgerQuestions: Hashable, Sendable {
    /// Sales of more than this; nil: none.
    package var salesOver: MinorUnits?
    /// Points that members reach, in rising order.
    package var points: [Points] = []
    /// Whether orders earned codes.
    package var returns = false

    package init() {}
}
