internal import Foundation
internal import Loyalty
internal import Storage
internal import Tabular

/// Writes the refused lines of a file as they came, behind `line`, `reason` and `hint`: ready to
/// correct and drop again.
package struct RejectsFile {
    /// What stands before the columns of the file itself.
    static let columns = JSONLinesReader.rejectKeys

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
        _ entry: IngestedFile, layout: Layout, beside names: Set<String> = []
    ) throws {
        guard !entry.refusals.isEmpty else { return }
        var name = entry.file.path
        if let ending = Packing.ending(of: name) {
            let plain = String(name.dropLast(ending.count))
            let others = ([""] + Packing.endings).map { plain + $0 }.filter { $0 != name }
            if names.isDisjoint(with: others) { name = plain }
        }
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
            try copy(entry, layout, to: output)
            try output.synchronize()
        } catch let error as CocoaError {
            throw IntakeError.rejects(path, error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            throw IntakeError.rejects(path, String(cString: strerror(errno)))
        }
    }

    private func copy(
        _ entry: IngestedFile, _ layout: Layout, to output: FileHandle
    ) throws {
        let source = try FileSource(
            path: entry.file.location, limits: limits.expansion, encoding: layout.encoding,
            isHashed: false)
        let records = FileRecords(source, layout: layout, limits: limits)
        guard try records.begin(), let header = records.header else { return }
        var isStart = true
        func put(_ bytes: UnsafeRawBufferPointer) throws {
            try output.write(
                contentsOf: Transcoder.encode(bytes, as: layout.encoding, isStart: isStart))
            isStart = false
        }
        try records.preamble.withUnsafeBytes { bytes in
            if !bytes.isEmpty { try put(bytes) }
        }
        var writer = CSVWriter(delimiter: records.delimiter)
        if layout.format == .csv {
            for name in RejectsFile.columns { writer.text(name) }
            writer.raw(records.text(header))
            writer.endRecord()
        }
        let refusals = try entry.refusals.reader()
        var next = try refusals?.next()
        while next != nil, let lines = try records.next() {
            for record in lines {
                guard let line = next, line.line == record.line else { continue }
                let refusal = LineRefusal(line)
                if layout.format == .csv {
                    writer.number(Int64(refusal.line))
                    writer.text(refusal.reason.name)
                    writer.text(refusal.hint(entry.columns))
                    writer.raw(records.text(record))
                } else {
                    RejectsFile.json(refusal, entry.columns, record).withUnsafeBytes {
                        writer.raw($0)
                    }
                }
                writer.endRecord()
                next = try refusals?.next()
            }
            try put(writer.bytes)
            writer.removeAll()
        }
    }

    /// A refused line of JSON Lines with its three keys first; where it opens no object, as a text in one.
    private static func json(
        _ refusal: LineRefusal, _ columns: [String], _ record: CSVRecord
    ) -> [UInt8] {
        let values = [
            "\(refusal.line)", quoted(refusal.reason.name), quoted(refusal.hint(columns)),
        ]
        let pairs = zip(RejectsFile.columns, values).map { "\"\($0)\":\($1)" }.joined(
            separator: ",")
        guard let own = JSONLinesReader.original(record.rawBytes) else {
            let text = String(decoding: record.rawBytes, as: UTF8.self)
            return Array("{\(pairs),\"text\":\(quoted(text))}".utf8)
        }
        let isEmpty = own.first { $0 != 32 && $0 != 9 } == UInt8(ascii: "}")
        return Array("{\(pairs)\(isEmpty ? "" : ",")".utf8) + own
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
