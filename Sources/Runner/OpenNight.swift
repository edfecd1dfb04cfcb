internal import Codes
internal import Delivery
internal import Loyalty
internal import Storage

extension Workspace {
    /// Works on the next night before it runs, alone as a run would be: all that is done commits together.
    func writeNextNight<Value>(
        now: Int, _ body: (Connection, CivilDate) throws -> Value
    ) throws -> Value {
        let lock = try WorkspaceLock(workspace: folder, now: now)
        defer { withExtendedLifetime(lock) {} }
        let store = try Store(path: storePath)
        let value = try store.write { connection in
            let log = RunLog(connection)
            let night =
                try log.lastClosed(since: program.opensOn)?.adding(days: 1) ?? program.opensOn
            let state = try log.state(of: night)
            guard state == nil || state == .open else {
                throw RunnerError.tryAgain(
                    "the night of \(night) is posted and its reports are not out yet; "
                        + "end it first with: nightjar run")
            }
            try log.setState(.open, of: night)
            try RewardBook(connection, night: night).enter(settings.program.codes.rewards)
            let lastRow = try DeliveryTotals.lastRow(connection)
            let value = try body(connection, night)
            try DeliveryTotals.count(connection, night: night, after: lastRow)
            return value
        }
        try store.checkpoint()
        return value
    }
}
