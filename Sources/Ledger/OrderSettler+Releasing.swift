internal import Loyalty
internal import Storage

extension OrderSettler {
    /// Orders that waited for their member or their day, and for nothing any more.
    func release(_ waiting: Parking.Waiting) throws {
        var row = waiting.row
        row.member = registry.survivor(of: row.member)
        switch waiting.reason {
        case .missingOrder:
            let link = ReturnToLink(row, original: waiting.original, waitsUntil: waiting.until)
            releasedLinks.insert(row.identity)
            if row.kind == .void { voids.append(link) } else { try returns.add(link) }
            return
        case .laterDay where row.date > day, .unknownMember where waiting.holder == nil:
            guard waiting.until <= day else { return }
            row.state = .givenUp
            settlement.giveUp(row)
            try registry.setState(row)
            try registry.unpark(row, .givenUp)
            return
        case .laterDay, .unknownMember: break
        }
        try place(
            &row, waiting.holder, isAnonymous: waiting.card.isEmpty,
            hasOriginal: !waiting.original.isEmpty)
        try registry.unpark(row, .released)
        if row.state == .parked {
            // Its day has come, its member has not.
            try registry.park(
                row, .unknownMember, card: waiting.card, original: waiting.original,
                until: waiting.until)
            return
        }
        settlement.totals.released += 1
        try registry.setState(row)
        let isRestated = row.version > 1 || row.returned > 0
        if isRestated { try restater.restate(row, wasPosted: false) }
        if row.kind == .sale { releasedSales.append(row.identity) }
        if row.kind != .sale { releasedLinks.insert(row.identity) }
        try post(row, ReturnToLink(row, original: waiting.original), isRestated: isRestated)
    }
}
