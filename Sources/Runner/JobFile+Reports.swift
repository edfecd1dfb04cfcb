import Reporting
import Settings

extension JobFile {
    private static let reportKeys = SettingsKeys(
        ["report", "columns", "rename", "values", "where", "cards", "codes", "csv_safe"],
        needed: ["report"])

    /// The reports that a job asks for; a name may stand for the map of its terms.
    static func reports(_ map: SettingsMap) -> [ReportRequest] {
        var requests: [ReportRequest] = []
        let items = map.items("reports")
        for item in items ?? [] {
            guard let request = request(item, map.reader) else { continue }
            if requests.contains(where: { $0.report == request.report }) {
                map.reader.fail("'\(request.report)' is asked for twice", at: request.location)
            }
            requests.append(request)
        }
        if items?.isEmpty ?? false {
            map.reader.fail("'reports' asks for nothing", at: map.location(of: "reports"))
        }
        return requests
    }

    private static func request(
        _ node: SettingsNode, _ reader: SettingsReader
    ) -> ReportRequest? {
        if let name = node.text { return ReportRequest(report: name, location: node.location) }
        guard let map = reader.map(node, "reports", reportKeys), let name = map.text("report")
        else { return nil }
        var request = ReportRequest(report: name, location: map.location(of: "report"))
        request.columns = map.node("columns") == nil ? nil : columns(map)
        request.rename = map.pairs("rename") ?? [:]
        for entry in map.entries("values") ?? [] {
            request.values[entry.key] = reader.entries(entry.node, entry.key).map(reader.pairs)
        }
        for entry in map.entries("where") ?? [] {
            request.conditions[entry.key] = conditions(entry, reader)
        }
        request.cards = map.word("cards")
        request.codes = map.word("codes")
        request.isSpreadsheetSafe = map.boolean("csv_safe") ?? true
        return request
    }

    private static func columns(_ map: SettingsMap) -> [String] {
        var columns: [String] = []
        for column in map.texts("columns") ?? [] {
            if columns.contains(column.value) {
                map.reader.fail("the column '\(column.value)' stands twice", at: column.location)
            }
            columns.append(column.value)
        }
        if columns.isEmpty, map.items("columns")?.isEmpty ?? false {
            map.reader.fail("'columns' names none", at: map.location(of: "columns"))
        }
        return columns
    }

    /// The good values of a column: one, or a list.
    private static func conditions(_ entry: SettingsEntry, _ reader: SettingsReader) -> [String]? {
        guard case .list(let items) = entry.node.value else {
            return reader.text(entry.node, entry.key).map { [$0] }
        }
        return items.compactMap { reader.text($0, entry.key) }
    }
}
