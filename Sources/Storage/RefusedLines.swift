package import Loyalty

/// The refused lines of a night, by file: memory holds some thousands, more than these are sorted on disk.
package final class RefusedLines {
    /// One of them.
    package struct Line {
        /// Index of the file among tonight's.
        package var file: Int32
        package var line: Int32
        package var verdict: Verdict
        package var reason: Reason
        /// Position of the field that is wrong; -1 where it is the line as a whole.
        package var field: Int16
        /// The how many-th it is.
        fileprivate var number: UInt32 = 0

        package init(
            file: Int32, line: Int32, verdict: Verdict, reason: Reason, field: Int16 = -1
        ) {
            self.file = file
            self.line = line
            self.verdict = verdict
            self.reason = reason
            self.field = field
        }

        fileprivate static func precedes(_ left: Line, _ right: Line) -> Bool {
            if left.file != right.file { return left.file < right.file }
            return left.line != right.line ? left.line < right.line : left.number < right.number
        }
    }

    /// What sorting takes once they go to disk.
    private static let sortBytes = 4 << 20

    private let folder: String
    private let mostHeld: Int
    private var held: [Line] = []
    private var sorter: SortedRuns?
    private var run: SortedRun?
    private var isSorted = false
    private var added: UInt32 = 0
    private var counts: [Int32: Int] = [:]
    /// Lines of files that were taken back.
    private var withdrawn: [Range<UInt32>] = []
    private let keyBytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 12)

    /// - Parameters:
    ///   - folder: where those are sorted that memory doesn't hold.
    ///   - mostHeld: so many it holds.
    package init(folder: String, mostHeld: Int = 1 << 17) {
        self.folder = folder
        self.mostHeld = mostHeld
    }

    deinit { keyBytes.deallocate() }

    /// Adds a line; where its file has it already, the one that came first stands.
    package func add(_ line: Line) throws {
        precondition(!isSorted, "they have been read")
        var line = line
        line.number = added
        added += 1
        counts[line.file, default: 0] += 1
        held.append(line)
        if held.count > mostHeld { try spill() }
    }

    /// Adds the lines of a record.
    package func add(_ refusal: Refusal) throws {
        for line in refusal.line..<refusal.line + refusal.lineCount {
            try add(
                Line(
                    file: refusal.file, line: line, verdict: refusal.verdict, reason: refusal.reason
                ))
        }
    }

    /// Begins with a file; `withdraw` takes back what was added since.
    package func begin() -> UInt32 { added }

    /// Takes back all lines of a file.
    ///
    /// - Parameter start: where it began; another file may get its index.
    package func withdraw(_ file: Int32, since start: UInt32) {
        counts[file] = nil
        while let last = held.last, last.number >= start { held.removeLast() }
        if start < added { withdrawn.append(start..<added) }
    }

    /// How many lines of a file were added.
    package func count(of file: Int32) -> Int { counts[file] ?? 0 }

    private func spill() throws {
        let sorter = self.sorter ?? SortedRuns(folder: folder, memory: RefusedLines.sortBytes)
        self.sorter = sorter
        for line in held {
            let key = key(line.file, line.line, line.number)
            try sorter.add(key, bodyBytes: MemoryLayout<Line>.size) {
                $0.storeBytes(of: line, as: Line.self)
            }
        }
        held.removeAll(keepingCapacity: true)
    }

    /// File, line and number, in the order of their bytes; good until the next one is made.
    private func key(_ file: Int32, _ line: Int32, _ number: UInt32) -> ByteText {
        let bytes = UnsafeMutableRawPointer(keyBytes)
        bytes.storeBytes(of: UInt32(bitPattern: file).bigEndian, as: UInt32.self)
        bytes.storeBytes(
            of: UInt32(bitPattern: line).bigEndian, toByteOffset: 4, as: UInt32.self)
        bytes.storeBytes(of: number.bigEndian, toByteOffset: 8, as: UInt32.self)
        return ByteText(start: keyBytes, count: 12)
    }

    // MARK: Reading

    /// Reads the lines of a file in their order; afterwards no more can be added.
    package func reader(of file: Int32) throws -> Reader {
        try sort()
        guard let run else {
            return Reader(file, held: held[...].drop { $0.file < file }, nil, withdrawn)
        }
        return Reader(file, held: [], run.reader(near: key(file, 0, 0)), withdrawn)
    }

    private func sort() throws {
        guard !isSorted else { return }
        if sorter != nil { try spill() }
        isSorted = true
        run = try sorter?.finish()
        held.sort(by: Line.precedes)
    }

    /// Hands out the lines of one file.
    package final class Reader {
        private let file: Int32
        private var held: ArraySlice<Line>
        private let rows: RunReader?
        private let withdrawn: [Range<UInt32>]
        private var last: Int32?

        fileprivate init(
            _ file: Int32, held: ArraySlice<Line>, _ rows: RunReader?,
            _ withdrawn: [Range<UInt32>]
        ) {
            self.file = file
            self.held = held
            self.rows = rows
            self.withdrawn = withdrawn
        }

        /// The next line; nil after the last.
        package func next() throws -> Line? {
            while let line = try following(), line.file <= file {
                if line.file < file || line.line == last { continue }
                if withdrawn.contains(where: { $0.contains(line.number) }) { continue }
                last = line.line
                return line
            }
            return nil
        }

        private func following() throws -> Line? {
            guard let rows else { return held.popFirst() }
            return try rows.next() ? rows.body.loadUnaligned(as: Line.self) : nil
        }
    }
}
