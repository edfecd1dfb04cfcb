internal import Foundation
package import Loyalty
internal import Settings
package import Storage

/// Writes the rows that send a night's reports, once they are published: a row a file, the data package last.
///
/// Whoever gets them finds other names than in the folder, with the night and a number: what was re-made
/// with other bytes goes out again under the next one. So the data package that he gets names those.
package struct ReportFiles {
    private let connection: Connection
    private let night: CivilDate
    private let workspace: String
    private let outbox: Outbox

    /// - Parameter folder: the workspace's.
    package init(_ connection: Connection, night: CivilDate, folder: String) throws {
        self.connection = connection
        self.night = night
        workspace = folder
        outbox = try Outbox(connection, night: night)
    }

    /// - Parameter reports: the files of the folder as they were written, their names those there.
    package func write(_ reports: [OutgoingFile], to endpoints: [EndpointTerms]) throws {
        for endpoint in endpoints where endpoint.send.contains(.reports) {
            try write(reports, endpoint)
        }
    }

    private static let package = "datapackage.json"

    private func write(_ reports: [OutgoingFile], _ endpoint: EndpointTerms) throws {
        var names: [String: String] = [:]
        for report in reports {
            let (last, next) = try numbers(of: report.name, endpoint)
            if let last, last.sha256 == report.sha256 {
                names[report.name] = last.name
                continue
            }
            var file = report
            file.file = "reports/\(night)/\(report.name)"
            file.name = outgoingName(report.name, next)
            names[report.name] = file.name
            try enqueue(file, report.name, next, endpoint)
        }
        guard let data = try describe(names) else { return }
        let (last, next) = try numbers(of: ReportFiles.package, endpoint)
        if last?.sha256 == SHA256Sum.of(Array(data)).hex { return }
        let file = try OutgoingFolder(workspace: workspace).file(
            outgoingName(ReportFiles.package, next), night: night, endpoint: endpoint.name)
        try file.add(Array(data))
        let written = try file.finish()
        try enqueue(written, ReportFiles.package, next, endpoint)
    }

    /// The data package with the names that the reports have at the other side; nil where there is none.
    private func describe(_ names: [String: String]) throws -> Data? {
        let path = "\(workspace)/reports/\(night)/\(ReportFiles.package)"
        guard let data = FileManager.default.contents(atPath: path),
            var package = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            let resources = package["resources"] as? [[String: Any]]
        else { return nil }
        package["resources"] = resources.map { resource in
            var resource = resource
            if let path = resource["path"] as? String { resource["path"] = names[path] }
            return resource
        }
        return try JSONSerialization.data(
            withJSONObject: package,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            + Data([10])
    }

    // MARK: Rows

    /// What it is called at the other side: `balances-2026-01-31-1.csv`.
    private func outgoingName(_ name: String, _ number: Int) -> String {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot])-\(night)-\(number)\(name[dot...])"
    }

    private func key(_ name: String, _ number: Int, _ endpoint: EndpointTerms) -> String {
        EffectKey.key([night.description, endpoint.name, "reports", name, "\(number)"])
    }

    /// What was sent last under a name, and the number of the next one.
    private func numbers(
        of name: String, _ endpoint: EndpointTerms
    ) throws -> (last: OutgoingFile?, next: Int) {
        var last: OutgoingFile?
        var number = 1
        while let payload = try connection.string(
            "SELECT payload FROM outbox WHERE key = ?", .text(key(name, number, endpoint)))
        {
            last = OutgoingFile(payload: Array(payload.utf8))
            number += 1
        }
        return (last, number)
    }

    private func enqueue(
        _ file: OutgoingFile, _ name: String, _ number: Int, _ endpoint: EndpointTerms
    ) throws {
        try supersede(name, endpoint)
        try Array(name.utf8).withText { subject in
            try Array(file.payload.utf8).withText { payload in
                _ = try outbox.enqueue(
                    endpoint: endpoint.name, kind: MessageKind.reports.rawValue, subject: subject,
                    key: key(name, number, endpoint), payload: payload)
            }
        }
    }

    /// A file that waits and has been re-made isn't there any more.
    private func supersede(_ name: String, _ endpoint: EndpointTerms) throws {
        let open = try DeliveryTotals.openNight(connection)
        try connection.execute(
            """
            UPDATE outbox SET state = 'superseded', due_at = NULL, ended_in = ?1
            WHERE endpoint = ?2 AND state IN ('pending', 'sending') AND state = 'pending'
                AND kind = 'reports' AND night = ?3 AND subject = ?4
            """, .date(open), .text(endpoint.name), .date(night), .text(name))
        let count = connection.changes
        guard count > 0 else { return }
        var counts = DeliveryTotals.Counts()
        counts.superseded = count
        try DeliveryTotals.add(
            connection, night: open, endpoint: endpoint.name, ["reports": counts])
    }
}
