package import Loyalty
package import Storage

/// What a system says it holds: the lines of one stock file, sorted by their codes.
package struct StockFile {
    /// Index of the file among tonight's.
    package var file: Int32
    package var system: String
    /// The only reward that the file is about; nil where its lines say.
    package var reward: String?
    /// The moment it shows.
    package var asOf: LocalSeconds
    package var lines: SortedRun
    /// Lines that say again what an earlier line of the file says.
    package var duplicates = 0
    /// Lines that say something else of the code of an earlier line.
    package var conflicts: [Int32] = []
    /// Its bytes were ingested before: its lines count no more, but it is what the system holds.
    package var isKnown = false
}

/// Tonight's stock files.
package final class StockBatch {
    package internal(set) var files: [StockFile] = []

    package init() {}
}
