package import Loyalty
internal import Storage
internal import Tabular

/// A line that is wrong by itself, or shares an order with one that is.
package struct LineRefusal: Hashable, Sendable {
    package var line: Int32
    package var verdict: Verdict
    package var reason: Reason

    package init(line: Int32, verdict: Verdict = .rejected, reason: Reason) {
        self.line = line
        self.verdict = verdict
        self.reason = reason
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
        self.init(line: line.line, verdict: line.verdict, reason: line.reason)
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
