import Foundation
import Loyalty
import Reporting
import Settings
import Storage
import TestSupport

/// A store of its own, filled by SQL, and the folder its reports go to.
///
/// In SQL a date stands as `{2026-11-17}`; that is the night unless a test says another.
struct ReportStore {
    let scratch: ScratchFolder
    let store: Store
    var bufferBytes = 1 << 18

    /// The systems 1 shop and 2 till, the tiers 1 basic and 2 gold, and what a test adds.
    init(_ sql: String = "") throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        try run(
            """
            INSERT INTO system VALUES (1, 'shop'), (2, 'till');
            INSERT INTO tier VALUES (1, 'basic'), (2, 'gold');
            \(sql)
            """)
    }

    /// Runs SQL in one transaction.
    func run(_ sql: String) throws {
        var sql = sql
        while let start = sql.firstIndex(of: "{"), let end = sql[start...].firstIndex(of: "}") {
            let text = sql[sql.index(after: start)..<end]
            guard let date = CivilDate(String(text)) else { fatalError("no date: \(text)") }
            sql.replaceSubrange(start...end, with: String(date.days))
        }
        try store.write { try $0.execute(sql) }
    }

    var reports: String { scratch.path + "/reports" }

    @discardableResult
    func publish(
        _ requests: ReportRequest..., night: String = "2026-11-17", decimals: Int = 2
    ) throws -> Publication {
        try publish(requests, night: night, decimals: decimals)
    }

    @discardableResult
    func publish(
        _ requests: [ReportRequest], night: String = "2026-11-17", decimals: Int = 2
    ) throws -> Publication {
        guard let night = CivilDate(night) else { fatalError("no date: \(night)") }
        return try ReportFolder(reports: reports, bufferBytes: bufferBytes).publish(
            requests, night: night, program: "maison-noir",
            currency: Currency(code: "EUR", decimals: decimals),
            store: scratch.path + "/nightjar.db")
    }

    /// The text of one report as a request wants it.
    func text(
        _ request: ReportRequest, night: String = "2026-11-17", decimals: Int = 2
    ) throws -> String {
        try publish(request, night: night, decimals: decimals)
        return try scratch.read("reports/\(night)/\(request.report).csv")
    }

    /// What lies in the reports folder, hidden names too, folders ending in `/`.
    func listing() throws -> [String] {
        let found = FileManager.default.enumerator(atPath: reports)?.allObjects as? [String]
        return (found ?? []).sorted()
    }
}

extension ReportRequest {
    /// What line 7 of a job asks for.
    static func of(
        _ report: String, _ columns: [String]? = nil, rename: [String: String] = [:],
        values: [String: [String: String]] = [:], where conditions: [String: [String]] = [:],
        isSpreadsheetSafe: Bool = true
    ) -> ReportRequest {
        ReportRequest(
            report: report,
            location: SettingsLocation(file: "Jobs/emit-reports.yaml", line: 7, column: 5),
            columns: columns, rename: rename, values: values, conditions: conditions,
            isSpreadsheetSafe: isSpreadsheetSafe)
    }
}

/// Lines joined as a report has them.
func lines(_ lines: String...) -> String { lines.joined(separator: "\n") + "\n" }
