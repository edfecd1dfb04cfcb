extension Outbox {
    /// Puts a stand-in in the place of names, in what was sent and in what waits; says how many rows that
    /// wait to be sent named one.
    package static func erase(
        _ names: [String], standIn: String, _ connection: Connection
    ) throws -> Int {
        var waiting: Set<Int64> = []
        let other = try connection.string("SELECT json_quote(?)", .text(standIn)) ?? ""
        for name in names {
            let quoted = try connection.string("SELECT json_quote(?)", .text(name)) ?? ""
            // As it stands in JSON: the whole of a text, or the end of one behind a colon.
            let places = [(quoted, other), (":\(quoted.dropFirst())", ":\(other.dropFirst())")]
            for (old, new) in places {
                try connection.forEach(
                    """
                    SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND instr(payload, ?) > 0
                    """, .text(old)
                ) { waiting.insert($0.integer(0)) }
                try connection.execute(
                    """
                    UPDATE outbox SET payload = replace(payload, ?1, ?2),
                        detail = CASE WHEN instr(detail, ?3) > 0 THEN NULL ELSE detail END
                    WHERE instr(payload, ?1) > 0
                    """, .text(old), .text(new), .text(name))
            }
            try connection.execute(
                "UPDATE outbox SET subject = ? WHERE subject = ?", .text(standIn), .text(name))
        }
        return waiting.count
    }
}
