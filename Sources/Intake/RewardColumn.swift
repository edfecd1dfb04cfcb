internal import Loyalty
internal import Tabular

/// Which reward the lines of a file are of: what the line says, else the file's name, the job, the layout.
struct RewardColumn {
    private let column: Columns.Column
    /// By their text, each as the batch's names number it.
    private let known: [ByteText: Int32]

    init(_ context: FileContext, _ columns: Columns, _ batch: CodeBatch) {
        column = columns["reward_id"]
        var known: [ByteText: Int32] = [:]
        for reward in context.rewards {
            let index = batch.names.intern(batch.texts.copy(reward))
            known[batch.names.texts[Int(index)]] = index
        }
        self.known = known
    }

    /// Refuses a file of codes that nobody, or nobody whom the program knows, is the reward of.
    func check() throws {
        guard column.field < 0 else { return }
        guard !column.constant.isEmpty else { throw FileRefusal(.rewardMissing) }
        guard known[column.constant] != nil else {
            throw FileRefusal(.rewardUnknown, "'\(column.constant.string)'")
        }
    }

    /// The reward of a line, as its index into the batch's names.
    func read(_ record: CSVRecord, _ columns: Columns) throws(LineFlaw) -> Int32 {
        let text = try columns.needed(column, record)
        guard let index = known[text] else { throw LineFlaw(.unknownReward, column) }
        return index
    }
}
