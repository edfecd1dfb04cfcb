internal import Loyalty

/// Some thousands of the members that a night touches, in order, with what happens to them.
struct MemberSlice {
    var members: [Int32] = []
    /// By member; what they point at is as `Settlement` says.
    var happenings: [UInt64] = []
    /// The orders that happenings point at, and the terms that each earns at.
    var orders: [IncomingOrder]
    var terms: [Int32]
    /// Events that memory doesn't hold; happenings with `sliceBit` point at them.
    var events: [OrderEvent] = []
    /// How much of the night it is, in the unit of `MemberSlices.count`.
    var count = 0
}

extension MemberSlice {
    /// With `Settlement.specialBit`: the event is the slice's own.
    static let sliceBit: UInt64 = 1 << 30

    /// Takes over the event at which a reader stands.
    fileprivate mutating func take(
        _ runs: EventRuns.Reader, _ member: Int32, _ texts: TextArena
    ) {
        let upper = UInt64(UInt32(bitPattern: member)) << 32
        count += 1
        if runs.isEvent {
            happenings.append(
                upper | Settlement.specialBit | MemberSlice.sliceBit | UInt64(events.count))
            events.append(runs.event(texts))
        } else {
            happenings.append(upper | UInt64(orders.count))
            let (order, terms) = runs.order(texts)
            orders.append(order)
            self.terms.append(terms)
        }
    }
}

/// Brings together, member by member, what the night's orders do and whose lots expire.
final class MemberSlices {
    private let membersAtOnce: Int
    /// Members with very many orders come in smaller slices.
    private static let happeningsAtOnce = 1 << 16

    /// Sorted.
    private let happenings: [UInt64]
    private let expiring: [Int32]
    private let runs: EventRuns.Reader?
    private let orders: [IncomingOrder]
    private let terms: [Int32]
    private var nextHappening = 0
    private var nextExpiring = 0

    /// - Parameters:
    ///   - orders: all of the night's, where memory holds them.
    ///   - expiring: members with a lot that expires, in order.
    init(
        _ happenings: [UInt64], _ orders: [IncomingOrder], _ settlement: Settlement,
        expiring: [Int32]
    ) throws {
        self.happenings = happenings
        self.expiring = expiring
        self.orders = orders
        terms = settlement.terms
        runs = try settlement.eventRuns?.reader()
        membersAtOnce = runs == nil ? 4096 : 1024
    }

    /// How much there is of the night.
    var count: Int { happenings.count + expiring.count + (runs?.count ?? 0) }

    /// The next slice; nil after the last.
    ///
    /// - Parameter texts: keeps the ids of orders that memory doesn't hold.
    func next(_ texts: TextArena) throws -> MemberSlice? {
        var slice = MemberSlice(
            orders: runs == nil ? orders : [], terms: runs == nil ? terms : [])
        while slice.members.count < membersAtOnce,
            slice.happenings.count < MemberSlices.happeningsAtOnce, let member = least()
        {
            slice.members.append(member)
            while let runs, runs.member == member {
                slice.take(runs, member, texts)
                try runs.step()
            }
            while nextHappening < happenings.count, happenings[nextHappening].member == member {
                slice.happenings.append(happenings[nextHappening])
                slice.count += 1
                nextHappening += 1
            }
            while nextExpiring < expiring.count, expiring[nextExpiring] == member {
                slice.count += 1
                nextExpiring += 1
            }
        }
        return slice.members.isEmpty ? nil : slice
    }

    private func least() -> Int32? {
        var least = runs?.member
        if nextHappening < happenings.count {
            least = min(least ?? Int32.max, happenings[nextHappening].member)
        }
        if nextExpiring < expiring.count { least = min(least ?? Int32.max, expiring[nextExpiring]) }
        return least
    }
}

extension UInt64 {
    /// Whom a happening happens to.
    var member: Int32 { Int32(truncatingIfNeeded: self >> 32) }
}
