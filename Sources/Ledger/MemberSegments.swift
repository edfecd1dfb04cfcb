internal import Loyalty
internal import Storage

/// The segments that members are in: the only writer of their table.
struct MemberSegments {
    private let find: Statement
    private let delete: Statement
    private let insert: Statement

    init(_ connection: Connection) throws {
        find = try connection.prepare(
            "SELECT segment FROM member_segment WHERE member = ? ORDER BY segment")
        delete = try connection.prepare("DELETE FROM member_segment WHERE member = ?")
        insert = try connection.prepare(
            "INSERT INTO member_segment (member, segment) VALUES (?, ?)")
    }

    /// Puts a member in these segments and no others; says whether that changes anything.
    ///
    /// - Parameter text: names with `;` between them; nil leaves him where he is.
    func set(_ text: ByteText?, of member: Int64) throws -> Bool {
        guard let text else { return false }
        let names = MemberSegments.names(text)
        find.bind(member, at: 1)
        var isSame = true
        var count = 0
        while try find.step() {
            isSame = isSame && count < names.count && find.text(0) == names[count]
            count += 1
        }
        find.reset()
        guard !isSame || count != names.count else { return false }
        delete.bind(member, at: 1)
        try delete.run()
        for name in names {
            insert.bind(member, at: 1)
            insert.bind(name, at: 2)
            try insert.run()
        }
        return true
    }

    /// Each name once, in the order of their bytes, without the blanks around them.
    private static func names(_ text: ByteText) -> [ByteText] {
        var names: [ByteText] = []
        var start = 0
        for end in 0...text.count where end == text.count || text[end] == UInt8(ascii: ";") {
            var (first, last) = (start, end)
            while first < last, text[first] == UInt8(ascii: " ") { first += 1 }
            while first < last, text[last - 1] == UInt8(ascii: " ") { last -= 1 }
            if first < last {
                names.append(ByteText(start: text.start + first, count: last - first))
            }
            start = end + 1
        }
        names.sort()
        return names.enumerated().filter { $0 == 0 || names[$0 - 1] != $1 }.map(\.element)
    }
}
