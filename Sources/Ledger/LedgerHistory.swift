package import Loyalty
package import Storage

/// A posting of an earlier night.
package struct PastPosting {
    /// The night that posted it; the day before the first for what was there before.
    package var night: CivilDate
    package var id: Int64
    package var posting: Posting
}

/// What was ever posted for one member, found without an index.
///
/// An index by member would cost every night more than all questions together are worth. But postings are
/// written in member order, a range of ids at a time (`posting_range`): in each of them a member is found
/// by a few looks, as a name in a telephone book.
package final class LedgerHistory {
    /// Postings in member order, one after the other.
    private struct Range {
        var night: CivilDate
        var first: Int64
        var last: Int64
        var members: ClosedRange<Int64>
    }

    private var ranges: [Range] = []
    private let look: Statement
    private let rows: Statement

    /// Reads where the ranges lie, as of now.
    package init(_ connection: Connection) throws {
        look = try connection.prepare("SELECT id, member FROM posting WHERE id >= ? LIMIT 1")
        rows = try connection.prepare(
            """
            SELECT id, night, member, account, kind, system, source, lot_system, lot, points, date,
                active_on, expires_on
            FROM posting WHERE id BETWEEN ? AND ? ORDER BY id
            """)
        let newest = try connection.integer("SELECT max(id) FROM posting") ?? 0
        let firsts = try connection.prepare("SELECT first, night FROM posting_range ORDER BY first")
        let member = try connection.prepare("SELECT member FROM posting WHERE id = ?")
        func holder(_ id: Int64) throws -> Int64 {
            member.reset()
            member.bind(id, at: 1)
            return try member.step() ? member.integer(0) : 0
        }
        while try firsts.step() {
            let first = firsts.integer(0)
            if let open = ranges.indices.last { ranges[open].last = first - 1 }
            ranges.append(
                Range(night: firsts.date(1), first: first, last: newest, members: 0...0))
        }
        for index in ranges.indices {
            let lowest = try holder(ranges[index].first)
            ranges[index].members = lowest...max(lowest, try holder(ranges[index].last))
        }
    }

    /// A member's postings, oldest first.
    ///
    /// - Parameters:
    ///   - first: leaves out what was posted before this night.
    ///   - texts: owns the texts of what is returned.
    package func postings(
        of member: Int32, since first: CivilDate? = nil, into texts: TextArena
    ) throws -> [PastPosting] {
        var all: [PastPosting] = []
        for range in ranges where range.members.contains(Int64(member)) {
            if let first, range.night < first { continue }
            rows.reset()
            rows.bind(try place(of: Int64(member), in: range), at: 1)
            rows.bind(range.last, at: 2)
            while try rows.step(), rows.integer(2) == Int64(member) {
                all.append(PastPosting(rows, into: texts))
            }
        }
        rows.reset()
        return all
    }

    /// The id of the first posting in a range that is not of a lower member.
    ///
    /// Members mostly lie evenly: the look goes where he should be, and every other time to the middle,
    /// so that it never takes more than twice the looks of halving.
    private func place(of member: Int64, in range: Range) throws -> Int64 {
        var low = (id: range.first, member: range.members.lowerBound)
        var high = (id: range.last + 1, member: range.members.upperBound + 1)
        guard low.member < member else { return low.id }
        var halves = false
        // Between the looks: low is of a lower member, high is not.
        while high.id - low.id > 1 {
            let room = high.id - low.id
            let part =
                halves
                ? room / 2
                : Int64(
                    Int128(room) * Int128(member - low.member)
                        / Int128(max(1, high.member - low.member)))
            halves.toggle()
            let middle = low.id + min(max(part, 1), room - 1)
            look.reset()
            look.bind(middle, at: 1)
            guard try look.step(), look.integer(0) < high.id else {
                high.id = middle
                continue
            }
            if look.integer(1) < member {
                low = (look.integer(0), look.integer(1))
            } else {
                high = (middle, look.integer(1))
            }
        }
        look.reset()
        return high.id
    }
}

extension PastPosting {
    /// A row as it stands: id, night, member, then the columns of the posting.
    fileprivate init(_ row: Statement, into texts: TextArena) {
        let date = row.date(10)
        let hasDates = !row.isNull(11)
        self.init(
            night: row.date(1), id: row.integer(0),
            posting: Posting(
                account: row.integer(3) == 0 ? .spend : .status,
                kind: Posting.Kind(rawValue: UInt8(row.integer(4))) ?? .accrue,
                system: Int32(row.integer(5)), source: texts.copy(row.text(6)),
                lotSystem: Int32(row.integer(7)), lot: texts.copy(row.text(8)),
                points: row.integer(9), date: date, activeOn: hasDates ? row.date(11) : date,
                expiresOn: !hasDates ? date : row.isNull(12) ? Lot.never : row.date(12)))
    }
}
