package import Loyalty
internal import Storage
internal import Tabular

/// A line that is wrong by itself, or shares an order with one that is.
package struct LineRefusal: Hashable, Sendable {
    package var line: Int32
    package var verdict: Verdict
    package var reason: Reason
    /// Position of the field that is wrong; -1 where it is the line as a whole.
    package var field: Int16

    package init(line: Int32, verdict: Verdict = .rejected, reason: Reason, field: Int16 = -1) {
        self.line = line
        self.verdict = verdict
        self.reason = reason
        self.field = field
    }

    init(line: Int32, _ flaw: LineFlaw) {
        self.init(line: line, reason: flaw.reason, field: flaw.field)
    }

    /// The column that is wrong, of those of its file; nil where it is the line as a whole.
    package func column(_ columns: [String]) -> String? {
        columns.indices.contains(Int(field)) ? columns[Int(field)] : nil
    }

    /// What to do, and in which column.
    package func hint(_ columns: [String]) -> String {
        guard let column = column(columns) else { return reason.hint }
        return (Int(column) == nil ? "'\(column)'" : "column \(column)") + ": " + reason.hint
    }
}

/// The refused lines of one file, in their order.
package struct FileRefusals {
    private let night: RefusedLines?
    private let file: Int32

    /// - Parameters:
    ///   - night: those of all its files.
    ///   - file: index of the file.
    init(_ night: RefusedLines, file: Int32) {
        self.night = night
        self.file = file
    }

    private init() {
        night = nil
        file = 0
    }

    /// Those of a file that was never read.
    static var none: FileRefusals { FileRefusals() }

    package var count: Int { night?.count(of: file) ?? 0 }
    package var isEmpty: Bool { count == 0 }

    /// Hands them out.
    package func read(_ body: (LineRefusal) throws -> Void) throws {
        guard let reader = try reader() else { return }
        while let line = try reader.next() { try body(LineRefusal(line)) }
    }

    /// Reads them one by one; nil where there are none.
    func reader() throws -> RefusedLines.Reader? {
        isEmpty ? nil : try night?.reader(of: file)
    }
}

extension LineRefusal {
    init(_ line: RefusedLines.Line) {
        self.init(
            line: line.line, verdict: line.verdict, reason: line.reason, field: line.field)
    }
}

extension Loyalty.Reason {
    /// Why a record is refused before its fields are looked at.
    init?(_ flaw: Tabular.CSVRecord.Flaw) {
        switch flaw {
        case .none: return nil
        case .badEncoding: self = .badEncoding
        case .tooLong: self = .lineTooLong
        case .badQuote: self = .badQuote
        case .tooManyFields: self = .tooManyFields
        case .badJSON: self = .badJSON
        }
    }
}
