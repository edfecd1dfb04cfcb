package import Loyalty
package import Storage

/// What the outbox holds for one endpoint, and how the endpoint is.
package struct OutboxSummary: Hashable, Sendable {
    package var endpoint: String
    package var waiting: Int64 = 0
    /// Of those that wait, what waits for the file of the next night.
    package var unfiled: Int64 = 0
    /// Of those that wait, what may have arrived.
    package var sending: Int64 = 0
    /// The night of the first that waits.
    package var oldest: CivilDate?
    package var refused: Int64 = 0
    package var givenUp: Int64 = 0
    /// What was said of the last of these.
    package var refusal: String?
    /// The last night whose reports tell of one of these.
    package var toldIn: CivilDate?
    /// Until when the endpoint is left alone; seconds since 1970.
    package var closedUntil: Int?
    /// What went wrong last, where it is not well again.
    package var trouble: String?
    package var troubleAt: Int?
    /// Whether a person must look before anything goes there.
    package var isHalted = false

    private init(_ endpoint: String) { self.endpoint = endpoint }

    /// A row that becomes part of a file, and has none yet.
    static let unfiled = """
        (parcel IS NULL AND kind IN (\((Parcelled.codeKinds + ["replenishment"])
            .map { "'\($0)'" }.joined(separator: ", ")))
            AND json_type(payload, '$.sha256') IS NULL)
        """

    /// Of every endpoint that there is something to say of, by name.
    ///
    /// - Parameter known: the endpoints of the settings.
    package static func all(
        _ connection: Connection, known: [EndpointTerms]
    ) throws -> [OutboxSummary] {
        var found: [String: OutboxSummary] = [:]
        func change(_ endpoint: String, _ body: (inout OutboxSummary) -> Void) {
            body(&found[endpoint, default: OutboxSummary(endpoint)])
        }
        try connection.forEach(
            """
            SELECT endpoint, count(*), min(night), sum(state = 'sending') FROM outbox
            WHERE state IN ('pending', 'sending') GROUP BY endpoint
            """
        ) { row in
            change(row.string(0)) {
                $0.waiting = row.integer(1)
                $0.oldest = row.date(2)
                $0.sending = row.integer(3)
            }
        }
        for terms in known where terms.kind.takesFiles && found[terms.name] != nil {
            let unfiled = try connection.integer(
                """
                SELECT count(*) FROM outbox WHERE endpoint = ? AND state IN ('pending', 'sending')
                    AND \(unfiled)
                """, .text(terms.name))
            change(terms.name) { $0.unfiled = unfiled ?? 0 }
        }
        // Rows that ended badly are found by what is kept of them: of all others there may be millions.
        try connection.forEach(
            """
            SELECT endpoint, sum(state = 'refused'), sum(state = 'given_up'), max(told), detail FROM (
                SELECT o.endpoint, o.state, max(x.night) AS told, x.detail
                FROM delivery_exception x JOIN outbox o ON o.id = x.row
                WHERE o.state IN ('refused', 'given_up') GROUP BY o.id)
            GROUP BY endpoint
            """
        ) { row in
            change(row.string(0)) {
                $0.refused = row.integer(1)
                $0.givenUp = row.integer(2)
                $0.toldIn = row.date(3)
                $0.refusal = row.string(4)
            }
        }
        try connection.forEach(
            """
            SELECT endpoint, closed_until, detail, failed_at, failures FROM endpoint_state
            WHERE detail IS NOT NULL OR closed_until IS NOT NULL
            """
        ) { row in
            change(row.string(0)) {
                $0.closedUntil = row.isNull(1) ? nil : Int(row.integer(1))
                $0.trouble = row.isNull(2) ? nil : row.string(2)
                $0.troubleAt = row.isNull(3) ? nil : Int(row.integer(3))
                $0.isHalted = $0.trouble != nil && row.integer(4) == 0 && row.isNull(1)
            }
        }
        return found.values.sorted { $0.endpoint < $1.endpoint }
    }
}
