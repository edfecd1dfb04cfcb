package import Loyalty
package import Storage

/// Takes over files of codes: imports add, never replace.
package final class CodeBook {
    private let register: Register

    package init(_ connection: Connection, night: CivilDate) throws {
        register = try Register(
            connection, night: night, rewards: RewardBook(connection, night: night).list())
    }

    /// Takes over a night's lines of codes.
    package func post(_ batch: CodeBatch, files: [CodeFile]) throws -> CodeVerdicts {
        var verdicts = CodeVerdicts(files: files.count)
        for line in batch.codes { verdicts.count(line.file, line.line, .accepted) }
        try register.counts.write()
        return verdicts
    }
}
