package import Loyalty
package import Storage

/// What of the program a store has been kept by and can't go on without: the only writer of its table.
package struct KeptProgram {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// Why a store can't go on by a program, and what to do; nil where it can.
    ///
    /// The first program that asks is the one that the store is kept by.
    package func flaw(of program: Program) throws -> String? {
        let code = program.currency.code
        let kept = try connection.string("SELECT currency FROM program")
        if kept == nil {
            try connection.execute("INSERT INTO program (currency) VALUES (?)", .text(code))
        }
        if let kept, kept != code {
            return "'currency' is \(code), and all amounts in the store are in \(kept); they are "
                + "never converted: write \(kept) again, or begin another workspace"
        }
        let known = Set(program.tiers.map(\.name))
        var gone: [(id: Int64, name: String)] = []
        try connection.forEach("SELECT id, name FROM tier ORDER BY name") { row in
            if !known.contains(row.string(1)) { gone.append((row.integer(0), row.string(1))) }
        }
        for tier in gone {
            let members = "SELECT 1 FROM member WHERE tier = ? AND merged_into IS NULL LIMIT 1"
            guard try connection.integer(members, .integer(Int(tier.id))) != nil else { continue }
            return "'tiers' lacks \(tier.name), which members have; they would earn as if they had "
                + "none: write it again until a members file has given them another"
        }
        guard program.accounts.count == 1 else { return nil }
        let owed = """
            SELECT 1 FROM liability WHERE night = (SELECT max(night) FROM liability) AND account = 1 LIMIT 1
            """
        return try connection.integer(owed) == nil
            ? nil
            : "'accounts' lacks status, in which members have points: write it again until they "
                + "have expired"
    }
}
