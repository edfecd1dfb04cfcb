internal import Loyalty
internal import Storage

/// Points whose last day is near: noted each night for its report, since later nights spend them.
struct ExpiringPoints {
    private let connection: Connection
    private let night: CivilDate

    init(_ connection: Connection, night: CivilDate) {
        self.connection = connection
        self.night = night
    }

    /// Notes them by member, account and last day, once all is posted.
    ///
    /// The index of last days says who may have such a lot, so that nobody else's are read.
    ///
    /// - Parameter days: how many days after the night the last day is.
    func note(_ days: [Int]) throws {
        for days in Set(days).sorted() {
            try connection.execute(
                """
                INSERT INTO expiring_points (night, member, account, expires_on, points)
                SELECT ?, l.member, l.account, l.expires_on, sum(l.remaining)
                FROM expiring e CROSS JOIN lot l
                    ON l.member = e.member AND l.expires_on = e.expires_on
                WHERE e.expires_on = ? GROUP BY l.member, l.account
                """, .date(night), .date(night.adding(days: days)))
        }
    }
}
