internal import Foundation
internal import Loyalty
internal import Tabular

/// Writes the refused lines of a file as they came, behind `line`, `reason` and `hint`: ready to
/// correct and drop again.
package struct RejectsFile {
    private let folder: String
    private let limits: FileIngest.Limits

    /// - Parameter folder: `WORKSPACE/rejects/<D>`.
    package init(folder: String, limits: FileIngest.Limits) {
        self.folder = folder
        self.limits = limits
    }

    /// Reads the file again for the text of its refused lines.
    ///
    /// Writing it twice writes the same bytes.
    package func write(_ entry: IngestedFile, delimiter: UInt8) throws {
        guard !entry.refusals.isEmpty else { return }
        var path = folder + "/" + entry.file.path
        if path.hasSuffix(".gz") { path.removeLast(3) }
        let temporary = path + ".tmp"
        do {
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Data().write(to: URL(filePath: temporary))
            let output = try FileHandle(forWritingTo: URL(filePath: temporary))
            defer { try? output.close() }
            try copy(entry, delimiter, to: output)
            try output.synchronize()
        } catch let error as CocoaError {
            throw IntakeError.rejects(path, error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            throw IntakeError.rejects(path, String(cString: strerror(errno)))
        }
    }

    private func copy(
        _ entry: IngestedFile, _ delimiter: UInt8, to output: FileHandle
    ) throws {
        let source = try FileSource(
            path: entry.file.location, limits: limits.expansion, isHashed: false)
        let csv = CSVReader(
            delimiter: delimiter,
            limits: CSVReader.Limits(line: limits.lineBytes, fields: limits.fieldCount)
        ) { try source.read(into: $0) }
        var writer = CSVWriter(delimiter: delimiter)
        var next = 0
        var isHeader = true
        while next < entry.refusals.count, let records = try csv.next() {
            for record in records {
                if isHeader {
                    for name in ["line", "reason", "hint"] { writer.text(name) }
                    writer.raw(record.rawBytes)
                    writer.endRecord()
                    isHeader = false
                }
                guard next < entry.refusals.count, entry.refusals[next].line == record.line else {
                    continue
                }
                let refusal = entry.refusals[next]
                writer.number(Int64(refusal.line))
                writer.text(refusal.reason.name)
                writer.text(refusal.reason.hint)
                writer.raw(record.rawBytes)
                writer.endRecord()
                next += 1
            }
            try output.write(contentsOf: Data(writer.bytes))
            writer.removeAll()
        }
    }
}
