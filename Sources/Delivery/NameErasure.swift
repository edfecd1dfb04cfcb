package import Storage

/// Takes the names of a person who is forgotten out of what is told of deliveries that failed, and out of
/// what endpoints were told last.
package enum NameErasure {
    /// - Parameter names: the longest first.
    package static func erase(
        _ names: [String], standIn: String, _ connection: Connection
    ) throws {
        for name in names {
            try connection.execute(
                """
                UPDATE delivery_exception SET subject = ?1,
                    detail = CASE WHEN instr(detail, ?2) > 0 THEN '' ELSE detail END
                WHERE subject = ?2
                """, .text(standIn), .text(name))
            try connection.execute("DELETE FROM told WHERE subject = ?", .text(name))
        }
    }
}
