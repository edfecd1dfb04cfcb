internal import Loyalty
internal import Tabular

/// Reads the times of an orders file as days of the program's calendar.
struct OrderTimes {
    private let context: FileContext
    private let pattern: DatePattern
    private var times: LocalTimes
    private var ofSystem: [String: LocalTimes] = [:]
    // The last time that was read: the lines of an order mostly share it.
    private var last: TextBuffer
    private(set) var lastLocal = LocalTime(date: CivilDate(days: 0), second: 0, offsetMinutes: nil)
    private var lastDay = CivilDate(days: 0)

    init(_ context: FileContext, system: String, in arena: TextArena) throws {
        self.context = context
        last = TextBuffer(in: arena)
        pattern = try context.pattern("ordered_at")
        times = try context.times("ordered_at", system: system)
    }

    /// Reads further times in the zone of a system.
    mutating func use(_ system: String) throws {
        let own = try ofSystem[system] ?? context.times("ordered_at", system: system)
        ofSystem[system] = own
        times = own
        // The same text may be another day there.
        last.clear()
    }

    /// The day of an order; nil where the text is no time.
    mutating func day(_ text: ByteText) -> CivilDate? {
        if last.holds(text) { return lastDay }
        guard let local = pattern(text) else { return nil }
        lastLocal = local
        lastDay = times.day(local)
        if text.count <= TextBuffer.capacity { last.set(text) } else { last.clear() }
        return lastDay
    }
}
