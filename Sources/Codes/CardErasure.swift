package import Storage

/// Erases a person's cards from rewards and codes: every code, burn and claim keeps its state and its
/// history, and says no more whose it was.
package struct CardErasure {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// Whether a record names a card, whoever has it.
    package func isNamed(_ card: String) throws -> Bool {
        for table in [
            "code", "code_event", "burn", "code_exception", "claim", "program_event", "gift_use",
        ] {
            let row = try connection.integer(
                "SELECT 1 FROM \(table) WHERE card = ? LIMIT 1", .text(card))
            if row != nil { return true }
        }
        return false
    }

    /// Erases cards, and the names of a person in what workflows granted him.
    ///
    /// What waits for his card waits in vain; a burn that waits for its code goes on waiting, as one that
    /// named no card.
    package func erase(_ cards: [String], _ names: [String], standIn: String) throws {
        for card in cards {
            let card = Value.text(card)
            try connection.execute("UPDATE code SET card = NULL WHERE card = ?", card)
            try connection.execute("UPDATE code_event SET card = NULL WHERE card = ?", card)
            try connection.execute("UPDATE burn SET card = NULL WHERE card = ?", card)
            try connection.execute("UPDATE code_exception SET card = NULL WHERE card = ?", card)
            try connection.execute(
                "UPDATE claim SET card = '', state = CASE state WHEN 2 THEN 3 ELSE state END WHERE card = ?",
                card)
            try connection.execute(
                """
                UPDATE program_event SET card = '',
                    state = CASE state WHEN 1 THEN 2 ELSE state END WHERE card = ?
                """, card)
            try connection.execute("DELETE FROM gift_use WHERE card = ?", card)
        }
        for name in names {
            // What a workflow saw of a member himself ends with who he is: enrolled:M1, birthday:2026:M1.
            let isEnd = { (column: String) in "substr(\(column), -length(?1) - 1) = ':' || ?1" }
            let other = { (column: String) in
                "substr(\(column), 1, length(\(column)) - length(?1)) || ?2"
            }
            let (name, standIn) = (Value.text(name), Value.text(standIn))
            try connection.execute(
                "UPDATE claim SET id = \(other("id")) WHERE how = 'workflow' AND \(isEnd("id"))",
                name, standIn)
            try connection.execute(
                "UPDATE claim SET event = \(other("event")) WHERE how = 'workflow' AND \(isEnd("event"))",
                name, standIn)
            try connection.execute(
                "UPDATE claim_outcome SET id = \(other("id")) WHERE \(isEnd("id"))", name, standIn)
            try connection.execute(
                "UPDATE code_event SET source = \(other("source")) WHERE \(isEnd("source"))", name,
                standIn)
            try connection.execute(
                "UPDATE code_exception SET source = \(other("source")) WHERE \(isEnd("source"))",
                name, standIn)
        }
    }
}
