package import Settings
internal import Tabular

/// The reports that there are: a new one is a file of its own and a line here.
package enum Reports {
    /// All of them, the night's summary first.
    package static let all: [Report] = [
        .summary, .postings, .balances, .orders, .liability, .expiring, .exceptions, .unmatched,
        .rejects, .files, .burns, .breaks, .replenish, .codes, .codeFiles, .grants, .catalogue,
        .deliveries,
    ]

    /// The report of a name.
    package static func report(_ name: String) -> Report? { all.first { $0.name == name } }

    /// What is wrong with what jobs ask for; empty where a night can write it all.
    ///
    /// Reports and columns that don't exist are, and two headers of one name.
    package static func check(_ requests: [ReportRequest]) -> [SettingsError] {
        requests.flatMap { request in
            guard let report = report(request.report) else {
                let names = all.map(\.name)
                let hint = hint(for: request.report, among: names, "the reports are")
                return [
                    SettingsError(
                        "there is no report '\(request.report)'\(hint)", at: request.location)
                ]
            }
            let unknown = unknownColumns(of: report, in: request)
            return unknown.isEmpty ? equalHeaders(of: report, in: request) : unknown
        }
    }

    private static func unknownColumns(
        of report: Report, in request: ReportRequest
    ) -> [SettingsError] {
        let named: [(key: String, columns: [String])] = [
            ("columns", request.columns ?? []),
            ("rename", request.rename.keys.sorted()),
            ("values", request.values.keys.sorted()),
            ("where", request.conditions.keys.sorted()),
        ]
        let known = report.columns.map(\.name)
        var errors: [SettingsError] = []
        for (key, columns) in named {
            for column in columns where report.column(column) == nil {
                let hint = hint(for: column, among: known, "its columns are")
                errors.append(
                    SettingsError(
                        "'\(key)': the report '\(report.name)' has no column '\(column)'\(hint)",
                        at: request.location))
            }
        }
        return errors
    }

    private static func equalHeaders(
        of report: Report, in request: ReportRequest
    ) -> [SettingsError] {
        var seen: Set<String> = []
        return request.headers(of: report).filter { !seen.insert($0).inserted }.map {
            SettingsError(
                "two columns of the report '\(report.name)' would be called '\($0)'",
                at: request.location)
        }
    }

    private static func hint(
        for word: String, among known: [String], _ introduction: String
    ) -> String {
        let hint = Nearest.hint(for: word, among: known)
        return hint.isEmpty ? "; \(introduction) \(known.joined(separator: ", "))" : hint
    }
}

extension ReportRequest {
    /// The columns it wants of a report that has them all.
    func columns(of report: Report) -> [Report.Column] {
        columns.map { $0.compactMap(report.column) } ?? report.columns
    }

    /// The header line, name by name; a name that a spreadsheet would run is defused.
    func headers(of report: Report) -> [String] {
        columns(of: report).map { column in
            let name = rename[column.name] ?? column.name
            return isSpreadsheetSafe && CSVWriter.isFormula(name) ? "'" + name : name
        }
    }
}
