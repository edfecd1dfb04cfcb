internal import Loyalty
internal import Storage

/// Texts that the store holds once, with small integers for them: systems, tiers, terms.
struct Names {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// The integers of systems.
    ///
    /// New names get theirs in the order of their bytes, so that they
    /// don't depend on the order in which files were read.
    func systems(_ names: [String]) throws -> [Int32] {
        try Dictionary(
            uniqueKeysWithValues: Set(names).sorted(by: Names.byBytes).map {
                ($0, try id(of: $0, in: "system", "name"))
            }
        ).values(of: names)
    }

    /// The integer of a tier's name.
    func tier(_ name: String) throws -> Int32 { try id(of: name, in: "tier", "name") }

    /// How high each tier of a program is, by its integer.
    func ranks(of program: Program) throws -> [Int32: Int] {
        var ranks: [Int32: Int] = [:]
        for (rank, tier) in program.tiers.enumerated() { ranks[try self.tier(tier.name)] = rank }
        return ranks
    }

    /// The integer of terms.
    func terms(_ terms: Terms) throws -> Int32 { try id(of: terms.text, in: "terms", "text") }

    /// All terms ever used, by their integer; those of another version's text are left out.
    func allTerms() throws -> [Terms] {
        var all: [Terms] = [Terms(earnings: [])]
        try connection.forEach("SELECT id, text FROM terms ORDER BY id") { row in
            while all.count <= Int(row.integer(0)) { all.append(Terms(earnings: [])) }
            all[Int(row.integer(0))] = Terms(text: row.string(1)) ?? Terms(earnings: [])
        }
        return all
    }

    private func id(of name: String, in table: String, _ column: String) throws -> Int32 {
        if let id = try connection.integer(
            "SELECT id FROM \(table) WHERE \(column) = ?", .text(name))
        {
            return Int32(id)
        }
        try connection.execute("INSERT INTO \(table) (\(column)) VALUES (?)", .text(name))
        return Int32(connection.lastInsertedRow)
    }

    private static func byBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension Dictionary where Key == String {
    fileprivate func values(of keys: [String]) -> [Value] { keys.compactMap { self[$0] } }
}

extension Terms {
    /// `1:1.25:floor;1:1:floor`: an account a part, in the order of the accounts.
    var text: String {
        earnings.map { "\($0.ratio):\($0.multiplier):\($0.rounding.rawValue)" }
            .joined(separator: ";")
    }

    init?(text: String) {
        var earnings: [Earning] = []
        for part in text.split(separator: ";") {
            let fields = part.split(separator: ":").map(String.init)
            guard fields.count == 3, let ratio = Rate(fields[0]), let multiplier = Rate(fields[1]),
                let rounding = Account.Rounding(rawValue: fields[2])
            else { return nil }
            earnings.append(Earning(ratio: ratio, multiplier: multiplier, rounding: rounding))
        }
        self.init(earnings: earnings)
    }
}
