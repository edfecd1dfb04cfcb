package import Loyalty
package import Storage
package import Tabular

/// What a reader of records must know of the file it reads.
package struct FileContext {
    /// Index of the file among tonight's.
    package var file: Int32
    package var layout: Layout
    /// What the file's name and the job say, strongest first; the layout's own come last.
    package var constants: [[String: String]]
    package var program: Program
    /// The systems that program.yaml names; none where it leaves them open.
    package var systems: Set<String>
    /// The stores of each system that program.yaml lists; none where all are good.
    package var stores: [String: [String]]
    /// What program.yaml says of rewards and codes.
    package var codes: CodeTerms
    /// The ids of all rewards, of program.yaml and of files.
    package var rewards: Set<String>
    /// Zone of the system that sent the file, where program.yaml names one.
    package var systemZone: (String) -> String?
    /// The day that the file's name says, else the night's.
    package var day: CivilDate
    package var isStrict: Bool
    /// The first night is closed: what was there before it can't be told any more.
    package var isAfterOpening: Bool
    /// The moment that a file shows which says all that its system holds.
    package var asOf: LocalSeconds
    /// Where what doesn't fit into memory goes.
    package var spillFolder: String
    /// How much memory sorting its lines may take.
    package var sortBytes: Int

    package init(
        file: Int32, layout: Layout, constants: [[String: String]], program: Program,
        systems: Set<String> = [], stores: [String: [String]] = [:],
        codes: CodeTerms = CodeTerms(), rewards: Set<String> = [],
        systemZone: @escaping (String) -> String?, day: CivilDate,
        isStrict: Bool, isAfterOpening: Bool = false, asOf: LocalSeconds? = nil,
        spillFolder: String = "/tmp", sortBytes: Int = 64 << 20
    ) {
        self.file = file
        self.layout = layout
        self.constants = constants
        self.program = program
        self.systems = systems
        self.stores = stores
        self.codes = codes
        self.rewards = rewards
        self.systemZone = systemZone
        self.day = day
        self.isStrict = isStrict
        self.isAfterOpening = isAfterOpening
        self.asOf = asOf ?? day.adding(days: 1).midnight
        self.spillFolder = spillFolder
        self.sortBytes = sortBytes
    }
}

/// Reads the records of one kind out of a file: takes its header, then its lines, then its end.
///
/// Findings are gathered, never thrown; a `FileRefusal` refuses the file whole.
package protocol RecordReading: AnyObject {
    /// Judges the header.
    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws
    /// Judges a batch of lines.
    func read(_ records: ArraySlice<CSVRecord>) throws
    /// Judges what is still open when the file has ended.
    func finish() throws
    /// Takes back all that came of the file.
    func withdraw()
    /// Takes it back because the file's bytes were ingested before.
    func withdrawKnown()
    /// Lines that were refused; whoever takes them leaves it empty.
    var refusals: [LineRefusal] { get set }
}

extension RecordReading {
    package func withdrawKnown() { withdraw() }
}

/// Reads records that are one line each.
protocol LineReading: RecordReading {
    var columns: Columns { get }
    /// Why a line is refused that has not as many fields as the header.
    var wrongFieldCount: Reason { get }
    /// Keeps what a line says.
    func judge(_ record: CSVRecord) throws(LineFlaw)
}

extension LineReading {
    var wrongFieldCount: Reason { .fieldCount }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        for record in records {
            do throws(LineFlaw) {
                try columns.check(record, wrongFieldCount)
                try judge(record)
            } catch {
                refusals.append(LineRefusal(line: Int32(record.line), error))
            }
        }
    }

    func finish() throws {}
}

extension Columns {
    /// Judges a line before anybody looks at its fields.
    func check(
        _ record: CSVRecord, _ wrongFieldCount: Reason = .fieldCount
    ) throws(LineFlaw) {
        if let reason = Reason(record.flaw) { throw LineFlaw(reason) }
        guard record.fieldCount == fieldCount else { throw LineFlaw(wrongFieldCount) }
        if isExample(record) { throw LineFlaw(.dummyRow) }
    }
}

/// Where tonight's records gather, by kind.
package struct Batches {
    package var orders = OrderBatch()
    package var members = MemberBatch()
    package var opening = OpeningBatch()
    package var hand = HandBatch()
    package var codes = CodeBatch()
    package var stocks = StockBatch()
    /// Orders whose header and lines come in two files.
    package var halves = OrderHalves()
    /// Where orders go that memory shouldn't hold; nil where it holds all.
    package var runs: OrderRuns?
    /// Lines that were refused, of all files.
    package let refused: RefusedLines
    /// Names of tiers, for the members' tiers.
    package var tiers: [String]

    /// - Parameter spillFolder: where refused lines go that memory shouldn't hold.
    package init(tiers: [String], spillFolder: String = "/tmp") {
        self.tiers = tiers
        refused = RefusedLines(folder: spillFolder)
    }
}

extension FileContext {
    /// The columns of the file.
    ///
    /// - Parameter isKnown: whether a column that is no canonical one is read all the same.
    func columns(
        _ header: CSVRecord, isKnown: (String) -> Bool = { _ in false }
    ) throws -> Columns {
        let columns = try Columns(
            header: header, layout: layout, constants: constants + [layout.constants],
            isKnown: isKnown)
        if isStrict, let unknown = columns.unknown.first {
            throw FileRefusal(.unknownColumn, "'\(unknown)', line 1")
        }
        return columns
    }

    /// The keys of JSON Lines that are read beside the canonical columns.
    var moreKeys: [String] {
        layout.records == .rewards ? codes.rewardFields.map(\.name) : []
    }

    /// Refuses an opening file that comes too late: its points would change what closed nights say.
    func checkOpening() throws {
        if isAfterOpening { throw FileRefusal(.afterOpening) }
    }

    /// Refuses a file of which nobody, or nobody whom the program knows, is the system.
    func checkSystem(_ column: Columns.Column) throws {
        guard column.field < 0 else { return }
        guard !column.constant.isEmpty else { throw FileRefusal(.systemMissing) }
        guard knows(system: column.constant) else {
            throw FileRefusal(.systemUnknown, "'\(column.constant.string)'")
        }
    }

    /// Whether the program knows a system: orders of a mistyped one would count a second time.
    func knows(system: ByteText) -> Bool { systems.isEmpty || systems.contains(system.string) }

    /// The account that a line names, of those the program has; no word is `spend`.
    func account(
        _ column: Columns.Column, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> Account.Kind {
        let word = try columns.value(column, record)
        if word.isEmpty || word.equals("spend") { return .spend }
        guard word.equals("status"), program.accounts.count > 1 else {
            throw LineFlaw(.valueUnknown, column)
        }
        return .status
    }

    /// How the layout writes numbers.
    var numbers: NumberFormat {
        NumberFormat(
            decimal: layout.decimal, thousands: layout.thousands, fraction: layout.fraction)
    }

    /// The pattern of a date column.
    func pattern(_ column: String) throws -> DatePattern {
        let text = layout.datePattern(of: column) ?? Layout.datePattern
        guard let pattern = DatePattern(text) else {
            throw FileRefusal(.badHeader, "the layout's pattern '\(text)' of \(column)")
        }
        return pattern
    }

    /// What the program's clocks showed at the times of a column.
    func times(_ column: String, system: String) throws -> LocalTimes {
        try LocalTimes(
            zone: layout.zone(of: column) ?? systemZone(system) ?? program.timezone,
            program: program.timezone)
    }
}
