package import Loyalty
package import Storage

/// The register's part of a night, in the order of spec 0: it decides, the fold pays, it applies, and then
/// compares itself with the systems.
///
/// All in the transaction of the night's postings.
package final class CodeNight {
    let connection: Connection
    let program: Program
    let terms: CodeTerms
    let day: CivilDate
    let batch: CodeBatch
    let files: [CodeFile]
    let register: Register
    let exceptions: CodeExceptionBook
    let holders: CardHolders
    /// What became of the lines so far.
    package private(set) var verdicts: CodeVerdicts
    private let burns: BurnBook
    private let gifts: GiftBook
    private let claims: ClaimBook

    /// - Parameter files: those that the batch's lines point at.
    package init(
        _ connection: Connection, program: Program, terms: CodeTerms, day: CivilDate,
        batch: CodeBatch, files: [CodeFile]
    ) throws {
        self.connection = connection
        self.program = program
        self.terms = terms
        self.day = day
        self.batch = batch
        self.files = files
        let register = try Register(
            connection, night: day, rewards: RewardBook(connection, night: day).list())
        let exceptions = try CodeExceptionBook(connection, night: day)
        let holders = try CardHolders(connection)
        let tools = CodeTools(
            connection: connection, program: program, terms: terms, day: day, batch: batch,
            files: files, register: register, exceptions: exceptions, holders: holders)
        self.register = register
        self.exceptions = exceptions
        self.holders = holders
        verdicts = CodeVerdicts(files: files.count)
        burns = try BurnBook(tools)
        gifts = try GiftBook(tools)
        claims = try ClaimBook(tools)
    }

    /// What it must hear of the ledger.
    package func questions() throws -> LedgerQuestions { try claims.questions() }

    /// Judges burns and gift codes by (time, id), then reserves a code for each claim that meets all but the
    /// points, and says what the fold must take and give.
    package func decide() throws -> [CodePoints] {
        var points: [CodePoints] = []
        try burns.run(&verdicts, &points)
        try gifts.run(&verdicts, &points)
        try claims.run(&verdicts, &points)
        return points
    }

    /// Makes assignments of what was paid, gives back what wasn't, and grants what the fold caused.
    ///
    /// - Parameters:
    ///   - paid: the claims whose cost the fold took.
    ///   - news: what the ledger answers to `questions`.
    package func apply(paid: Set<ByteText>, news: LedgerNews) throws {
        try claims.apply(paid: paid, news: news)
    }

    /// Compares the register with what the systems say they hold; says what doesn't add up.
    package func reconcile(_ job: ReconcileTerms, _ stocks: [Stock]) throws -> [String] {
        try Reconciliation(self, job, stocks).run()
    }

    /// Gives a member a code in place of one that another got; nil where none is left, or he has it.
    func replace(_ id: ByteText, card: ByteText, reward: Int32) throws -> CodeRow? {
        try claims.replace(id, card: card, reward: reward)
    }

    /// Keeps a code that is somebody's from being handed out tonight.
    func keep(_ row: CodeRow) {
        claims.keep(CodeStock.Key(code: register.texts.copy(row.code), owner: row.owner))
    }

    /// Asks for more codes of the rewards of which few are left.
    package func replenish() throws { try Replenishment(self).run() }

    /// Ends the night: codes whose last good day is past are written expired, and the counts are kept.
    ///
    /// After reconciliation, which judges by the dates as of the day itself.
    package func end() throws {
        try Expiry(register, connection).run()
        try register.counts.write()
    }
}

/// What the books of a night share.
struct CodeTools {
    let connection: Connection
    let program: Program
    let terms: CodeTerms
    let day: CivilDate
    let batch: CodeBatch
    let files: [CodeFile]
    let register: Register
    let exceptions: CodeExceptionBook
    let holders: CardHolders

    /// No text.
    var none: ByteText { register.texts.copy("") }
}
