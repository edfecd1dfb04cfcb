package import Loyalty

/// Records on disk, in the order in which they came: what memory shouldn't hold until it is known whether
/// it must be sorted.
///
/// The file has no name and is gone with whoever holds it.
package final class RecordFile {
    private let file: NamelessFile
    private let writer: RunWriter

    /// - Throws: `StorageError` where the folder can't be written.
    package init(in folder: String) throws {
        file = try NamelessFile(in: folder)
        writer = RunWriter(file, blockBytes: 1 << 18)
    }

    /// Adds a record.
    ///
    /// - Parameter pack: writes the body.
    package func add(
        _ key: ByteText, bodyBytes: Int, pack: (UnsafeMutableRawPointer) -> Void
    ) throws {
        precondition(key.count <= SortedRuns.mostBytes && bodyBytes <= SortedRuns.mostBytes)
        let start = try writer.place(RunRecord.bytes(key.count, bodyBytes))
        RunRecord(start).set(key, bodyBytes: bodyBytes, pack)
    }

    /// Reads the records that were added so far.
    package func reader() throws -> RunReader {
        try writer.flush()
        return RunReader(file, 0..<file.count)
    }
}
