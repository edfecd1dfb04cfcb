internal import Loyalty
internal import Storage

extension OrderSettler {
    /// Cancels what tonight's voids name, and what its full day lacks.
    func cancel() throws {
        for void in voids {
            let target =
                void.original.isEmpty
                ? nil : try registry.findOriginal(void.row.system, void.original, settlement.texts)
            if let target, target.identity != void.row.identity {
                count(void, .accepted)
                if void.waitsUntil != nil {
                    try registry.unpark(void.row, .released)
                    settlement.totals.released += 1
                }
                if void.row.state == .parked {
                    var row = void.row
                    row.state = .posted
                    try registry.setState(row)
                }
                try links.add(void.row.identity, to: target.identity)
                // A void of a void is counted and has no effect.
                if target.kind != .void { try cancel(target) }
            } else {
                try wait(void)
            }
        }
        guard !cancelled.isEmpty else { return }
        settlement.withdraw(cancelled, of: cancelledOf) { [batch, systems] index in
            batch.orders[index].identity(systems)
        }
    }

    /// A void whose order is unknown waits for it, whatever is said of returns: it takes no points.
    func wait(_ void: ReturnToLink) throws {
        var row = void.row
        if let until = void.waitsUntil {
            guard until <= day else { return }
            row.state = .givenUp
            settlement.giveUp(row)
            try registry.setState(row)
            try registry.unpark(row, .givenUp)
            return
        }
        row.state = .parked
        try registry.setState(row)
        count(void, .parked)
        settlement.totals.missingOrder += 1
        try registry.park(
            row, .missingOrder, card: nil, original: void.original.isEmpty ? nil : void.original,
            until: day.adding(
                days: void.order.map { files[Int($0.file)].parkDays } ?? 30))
    }

    func count(_ link: ReturnToLink, _ verdict: Verdict) {
        link.count(batch, verdict, in: &settlement.counts)
    }

    /// Cancels an order: what it posted is taken back, what waits waits no more.
    func cancel(_ old: OrderRow, isWithdrawn: Bool = false) throws {
        guard old.state != .cancelled else { return }
        var row = old
        row.state = .cancelled
        try registry.setState(row)
        if old.state == .parked { try registry.unpark(old, .replaced) }
        _ = settlement.withdraw(old.identity)
        cancelled.insert(old.identity)
        cancelledOf.insert(old.member)
        if isWithdrawn {
            settlement.totals.withdrawn += 1
            try registry.forgetContent(of: old.identity)
        } else {
            settlement.totals.voided += 1
        }
        try restater.cancel(old)
    }

    /// Takes back what earlier files of a day had and its last one lacks.
    func withdraw() throws {
        guard let wholeDays else { return }
        let ownTexts = TextArena()
        for (index, file) in files.enumerated() {
            guard let day = file.wholeDay else { continue }
            if !file.hasRefusals {
                let later = files[(index + 1)...].filter { $0.wholeDay == day }.map(\.id)
                try wholeDays.forEach(missingIn: file.id, of: day, before: later) { identity in
                    ownTexts.removeAll()
                    // Most were cancelled before, by the files that lacked them first.
                    guard var row = try registry.find(identity.system, identity.id, ownTexts),
                        row.state != .cancelled
                    else { return }
                    row.id = texts.copy(row.id)
                    try cancel(row, isWithdrawn: true)
                }
            }
            wholeDays.end(file.id, of: day)
        }
    }
}
