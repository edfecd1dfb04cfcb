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
    ///
    /// - Parameter names: those of all the night's files: a packed file and a plain one of the same name
    ///   have rejects of their own.
    package func write(
        _ entry: IngestedFile, delimiter: UInt8, beside names: Set<String> = []
    ) throws {
        guard !entry.refusals.isEmpty else { return }
        var name = entry.file.path
        if name.hasSuffix(".gz"), !names.contains(String(name.dropLast(3))) { name.removeLast(3) }
        let path = folder + "/" + name
        // Not the file's own name and more: that one may be as long as names can be.
        let temporary = URL(filePath: path).deletingLastPathComponent().path + "/.rejects.new"
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
