package import Loyalty

/// What the register must know of a file whose records it judges.
package struct CodeFile: Sendable {
    /// The store's integer of the file.
    package var id: Int64
    package var onChange: OnChange
    /// How many nights its parked lines wait.
    package var parkDays: Int

    package init(id: Int64, onChange: OnChange, parkDays: Int) {
        self.id = id
        self.onChange = onChange
        self.parkDays = parkDays
    }
}

/// What became of the lines of tonight's files, by their index.
package struct CodeVerdicts {
    package private(set) var counts: [VerdictCounts]
    package private(set) var refusals: [Refusal] = []

    package init(files: Int) {
        counts = Array(repeating: VerdictCounts(), count: files)
    }

    /// Counts a line, with the reason where it is refused or in conflict.
    mutating func count(_ file: Int32, _ line: Int32, _ verdict: Verdict, _ reason: Reason? = nil) {
        counts[Int(file)][verdict] += 1
        guard verdict == .rejected || verdict == .conflict, let reason else { return }
        refusals.append(
            Refusal(file: file, line: line, lineCount: 1, verdict: verdict, reason: reason))
    }
}
