internal import GRDB

/// The schema's steps, oldest first.
///
/// A step that has shipped is never edited.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in all {
            migrator.registerMigration(name) { try $0.execute(sql: sql) }
        }
        return migrator
    }

    /// The names of the steps.
    static var names: [String] { all.map(\.name) }

    private static let all: [(name: String, sql: String)] = [
        ("V001_orders_members_points", V001.sql),
        ("V002_whole_intake_and_ledger", V002.sql),
        ("V003_rewards_and_codes", V003.sql),
        ("V004_delivery", V004.sql),
        ("V005_forgetting", V005.sql),
        ("V006_changed_members", V006.sql),
        ("V007_program", V007.sql),
    ]
}
