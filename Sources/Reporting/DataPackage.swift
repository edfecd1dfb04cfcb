internal import Foundation
internal import Loyalty

/// `datapackage.json`: what the files of a night's folder are, for programs that read them.
///
/// A Frictionless Data Package (v1, profile tabular-data-package) with a Table Schema a file. Its
/// bytes follow from what the night wrote: keys are sorted, and nothing in it is of the machine.
struct DataPackage: Encodable {
    static let fileName = "datapackage.json"

    private let profile = "tabular-data-package"
    private let name: String
    private let title: String
    private let program: String
    private let businessDate: String
    private let currency: String
    private let resources: [Resource]

    private enum CodingKeys: String, CodingKey {
        case profile, name, title, program, currency, resources
        case businessDate = "business_date"
    }

    private struct Resource: Encodable {
        let profile = "tabular-data-resource"
        let name: String
        let description: String
        let path: String
        let format = "csv"
        let mediatype = "text/csv"
        let encoding = "utf-8"
        let bytes: Int
        let hash: String
        let dialect = Dialect()
        let schema: Schema
    }

    private struct Dialect: Encodable {
        let delimiter = ","
        let lineTerminator = "\n"
        let quoteChar = "\""
        let doubleQuote = true
        let skipInitialSpace = false
        let header = true
    }

    private struct Schema: Encodable {
        let fields: [Field]
        let missingValues = [""]
        /// Absent where rows may be alike.
        let primaryKey: [String]?
    }

    private struct Field: Encodable {
        let name: String
        let type: String
        let description: String
    }

    /// Describes what was written, in the order of the requests.
    init(
        _ requests: [ReportRequest], _ files: [PublishedFile], night: CivilDate, program: String,
        currency: Currency
    ) {
        name = "\(night)"
        title = "\(program), the night of \(night)"
        self.program = program
        businessDate = "\(night)"
        self.currency = currency.code
        resources = zip(requests, files).compactMap { request, file in
            Reports.report(request.report).map {
                Resource(
                    name: file.report, description: $0.about, path: file.name, bytes: file.bytes,
                    hash: "sha256:" + file.sha256.map(DataPackage.hexadecimal).joined(),
                    schema: DataPackage.schema($0, request))
            }
        }
    }

    func write(into folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = try encoder.encode(self) + Data([10])
        let file = try OutputFile(path: folder + "/" + DataPackage.fileName)
        try text.withUnsafeBytes { try file.write($0) }
        try file.sync()
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func schema(_ report: Report, _ request: ReportRequest) -> Schema {
        let columns = request.columns(of: report)
        let headers = request.headers(of: report)
        let fields = zip(columns, headers).map { column, header in
            Field(
                name: header, type: type(of: column, request),
                description: description(of: column, request))
        }
        // Other words may make two values one, and so do the last four characters of codes.
        let isKey =
            !report.key.isEmpty
            && report.key.allSatisfy { name in
                request.values[name] == nil
                    && columns.contains {
                        $0.name == name && ($0.kind != .code || request.codes == .full)
                    }
            }
        let key = zip(columns, headers).filter { report.key.contains($0.0.name) }.map(\.1)
        return Schema(fields: fields, primaryKey: isKey ? key : nil)
    }

    /// A column whose values a job says in other words is one of texts.
    private static func type(of column: Report.Column, _ request: ReportRequest) -> String {
        guard request.values[column.name]?.isEmpty ?? true else { return "string" }
        switch column.kind {
        case .text, .code, .card, .word: return "string"
        case .number: return "integer"
        case .money, .share: return "number"
        case .date: return "date"
        case .time: return "datetime"
        }
    }

    private static func description(
        of column: Report.Column, _ request: ReportRequest
    ) -> String {
        guard column.kind == .card, request.cards == .hashed else { return column.about }
        return column.about + ", as a token"
    }
}
