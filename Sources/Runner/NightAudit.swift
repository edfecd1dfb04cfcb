internal import Intake
internal import Ledger
internal import Loyalty
internal import Storage

/// Holds nights, their files and their postings against their totals.
struct NightAudit {
    private let connection: Connection
    private let program: Program
    private let findings: Findings
    private let log: RunLog

    private struct Night {
        var day: CivilDate
        var state: String
        var postings: ClosedRange<Int64>?
    }

    init(_ connection: Connection, program: Program, findings: Findings) {
        self.connection = connection
        self.program = program
        self.findings = findings
        log = RunLog(connection)
    }

    func run() throws {
        try checkFiles()
        var nights: [Night] = []
        try connection.forEach(
            "SELECT day, state, first_posting, last_posting FROM night ORDER BY day"
        ) { row in
            let (first, last) = (row.integer(2), row.integer(3))
            nights.append(
                Night(
                    day: row.date(0), state: row.string(1),
                    postings: row.isNull(2) || last < first ? nil : first...last))
        }
        try checkOrder(nights)
        for night in nights where night.day >= program.opensOn && night.state != "open" {
            try checkTotals(night)
        }
    }

    private func checkFiles() throws {
        let verdicts = """
            lines_accepted + lines_duplicate + lines_correction + lines_parked + lines_rejected
                + lines_conflict
            """
        try connection.forEach(
            """
            SELECT night, path, lines_read, \(verdicts) FROM file
            WHERE verdict = 'ingested' AND lines_read <> \(verdicts)
            """
        ) { row in
            try findings.add(
                .files, night: row.date(0),
                "\(row.string(1)): \(row.integer(2)) lines read, \(row.integer(3)) have a verdict")
        }
    }

    /// Only the last night may be open.
    private func checkOrder(_ nights: [Night]) throws {
        for (before, night) in zip(nights, nights.dropFirst()) {
            if night.day != before.day.adding(days: 1) {
                try findings.add(
                    .nights, night: night.day, "the night before it is that of \(before.day)")
            }
            if before.state != "closed" {
                try findings.add(
                    .nights, night: before.day, "it is \(before.state), a later night is there")
            }
        }
    }

    private func checkTotals(_ night: Night) throws {
        let totals = try log.totals(of: night.day)
        var sums: [Account.Kind: [Points]] = [:]
        for account in Account.Kind.allCases {
            sums[account] = Array(repeating: 0, count: Posting.Kind.allCases.count)
        }
        if let ids = night.postings {
            try connection.forEach(
                "SELECT account, kind, sum(points) FROM posting WHERE id BETWEEN ? AND ? GROUP BY 1, 2",
                .integer(ids.lowerBound), .integer(ids.upperBound)
            ) { row in
                let kind = Int(row.integer(1))
                guard Posting.Kind.allCases.indices.contains(kind) else { return }
                sums[row.integer(0) == 0 ? .spend : .status]?[kind] = row.integer(2)
            }
        }
        func sum(_ account: Account.Kind, _ kind: Posting.Kind) -> Points {
            sums[account]?[Int(kind.rawValue)] ?? 0
        }
        for difference in NightTotals.differences(in: "postings", sum, totals, program) {
            try findings.add(.totals, night: night.day, difference)
        }
        for account in program.accounts.map(\.kind) {
            let posted = Posting.Kind.allCases.filter { !$0.isUncovered }
                .reduce(0) { $0 + sum(account, $1) }
            try checkPoints(account, posted, night.day, totals)
        }
        try checkLines(night.day, totals)
    }

    private func checkPoints(
        _ account: Account.Kind, _ posted: Points, _ night: CivilDate,
        _ totals: [(name: String, value: Int64)]
    ) throws {
        func total(_ name: String) -> Int64? {
            totals.first { $0.name == NightTotals.prefix(account) + name }?.value
        }
        guard let opening = total("points_opening"), let closing = total("points_closing") else {
            return
        }
        if opening + posted != closing {
            try findings.add(
                .totals, night: night,
                "\(account): opening \(opening) + postings \(posted) is not closing \(closing)")
        }
        let before = try log.total(
            NightTotals.prefix(account) + "points_closing", of: night.adding(days: -1))
        if let before, before != opening {
            try findings.add(
                .totals, night: night,
                "\(account): it opens with \(opening), the night before closed with \(before)")
        }
    }

    /// Lines of the files that are posted with the night.
    private func checkLines(
        _ night: CivilDate, _ totals: [(name: String, value: Int64)]
    ) throws {
        let kinds = RecordKind.allCases.filter(\.isOfOrders).map { "'\($0.rawValue)'" }
            .joined(separator: ", ")
        for (name, total) in totals where name.hasPrefix("lines_") {
            let lines =
                try connection.integer(
                    "SELECT sum(\(name)) FROM file WHERE night = ? AND records IN (\(kinds))",
                    .date(night)) ?? 0
            guard lines != total else { continue }
            try findings.add(
                .totals, night: night, "files: \(name) sums to \(lines), the night counted \(total)"
            )
        }
    }
}
