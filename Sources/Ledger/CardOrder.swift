internal import Loyalty

/// Lines whose cards take the place of others, a card that is replaced before the one that replaces it.
enum CardOrder {
    struct Entry {
        var line: MemberRecord
        /// Whether cards replace one another.
        var isInCircle: Bool
    }

    static func sorted(_ lines: [MemberRecord]) -> [Entry] {
        var lineOf: [ByteText: [Int]] = [:]
        for (index, line) in lines.enumerated() { lineOf[line.card, default: []].append(index) }
        enum State { case open, active, done }
        var states = Array(repeating: State.open, count: lines.count)
        var inCircle: Set<Int> = []
        var entries: [Entry] = []
        func visit(_ start: Int) {
            // A path of replaced cards, walked without recursion: files may be long.
            var path = [start]
            while let at = path.last {
                states[at] = .active
                let next = (lineOf[lines[at].replacesCard] ?? []).first { states[$0] != .done }
                if let next, states[next] == .open {
                    path.append(next)
                    continue
                }
                if let next, let from = path.firstIndex(of: next) {
                    inCircle.formUnion(path[from...])
                }
                states[at] = .done
                entries.append(Entry(line: lines[at], isInCircle: inCircle.contains(at)))
                path.removeLast()
            }
        }
        for index in lines.indices where states[index] == .open { visit(index) }
        return entries
    }
}
