internal import Loyalty
internal import Storage
internal import Tabular

/// Reads stock lines: the full list of codes that a system holds.
///
/// They are sorted by code as they come, in a fixed amount of memory, so that the night can meet them with
/// the register in one pass.
final class StockReader: RecordReading {
    private let context: FileContext
    private let batch: StockBatch
    private let names: TextTable
    private let columns: Columns
    private let code: Columns.Column
    private let reward: Columns.Column
    private let status: Columns.Column
    private let card: Columns.Column
    private let expiresOn: DateColumn
    private let cards: CardSyntax
    private let codes: CodeSyntax
    private let system: String
    private let runs: SortedRuns
    private let texts = TextArena(blockBytes: TextBuffer.capacity)
    /// The reward of the line before, which is mostly that of the next one.
    private var lastReward: TextBuffer
    private var lastIndex: Int32 = -1
    private var isKept = false
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.stocks
        lastReward = TextBuffer(in: texts)
        names = batches.codes.names
        columns = try context.columns(header)
        code = columns["code"]
        reward = columns["reward_id"]
        status = columns["status"]
        card = columns["card_code"]
        expiresOn = try DateColumn("expires_on", columns, context)
        cards = try CardSyntax(context.layout)
        codes = try CodeSyntax(context.layout)
        let sender = columns["system"]
        try context.checkSystem(sender)
        guard sender.field < 0 else {
            throw FileRefusal(.systemMissing, "a stock file is of one system, not one a line")
        }
        system = sender.constant.string
        runs = SortedRuns(folder: context.spillFolder, memory: context.sortBytes)
    }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        for record in records {
            do {
                try columns.check(record)
                try keep(record)
            } catch let flaw as LineFlaw {
                refusals.append(LineRefusal(line: Int32(record.line), flaw))
            }
        }
    }

    /// Keeps what a line says.
    private func keep(_ record: CSVRecord) throws {
        let code = try codes.read(code, record, columns)
        let card = try cards.read(card, record, columns)
        let reward = try columns.name(reward, record)
        let day = try expiresOn.day(record, columns)
        let word = try columns.value(status, record)
        guard let state = StockReader.state(word, isCarried: !card.isEmpty) else {
            throw LineFlaw(.valueUnknown, status)
        }
        let line = StockLine(
            code: code, status: state.rawValue, reward: index(of: reward), card: card,
            expiresOn: day.days, line: Int32(record.line))
        try runs.add(line.code, bodyBytes: line.packedBytes) { line.pack(into: $0) }
    }

    /// A list without a status has what can still be used: with a card it is somebody's.
    private static func state(_ word: ByteText, isCarried: Bool) -> CodeState? {
        if word.equals("available") { return .available }
        if word.equals("assigned") { return .assigned }
        if word.equals("burned") { return .burned }
        if word.equals("expired") { return .expired }
        return word.isEmpty ? (isCarried ? .assigned : .available) : nil
    }

    private func index(of reward: ByteText) -> Int32 {
        if reward.isEmpty { return -1 }
        if !lastReward.holds(reward) {
            lastReward.set(reward)
            lastIndex = names.intern(reward)
        }
        return lastIndex
    }

    func finish() throws {
        var duplicates = 0
        var conflicts: [Int32] = []
        let lines = try runs.finish { kept, other in
            if StockLine.saysTheSame(kept, other) {
                duplicates += 1
            } else {
                conflicts.append(other.loadUnaligned(as: Int32.self))
            }
        }
        batch.files.append(
            StockFile(
                file: context.file, system: system,
                reward: reward.field < 0 && !reward.constant.isEmpty
                    ? reward.constant.string : nil,
                asOf: context.asOf, lines: lines, duplicates: duplicates, conflicts: conflicts))
        isKept = true
    }

    func withdraw() {
        if isKept { batch.files.removeLast() }
        isKept = false
        refusals.removeAll()
    }

    /// A stock that has not changed since its last file is a stock all the same; its lines count no more.
    func withdrawKnown() {
        guard isKept else { return }
        batch.files[batch.files.count - 1].duplicates = 0
        batch.files[batch.files.count - 1].conflicts = []
        batch.files[batch.files.count - 1].isKnown = true
        refusals.removeAll()
    }
}
