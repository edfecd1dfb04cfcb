/// Delivery that reads what a night changed, and not all members.
enum V006 {
    static let sql = """
        -- Members of whom files or merges of a night say something else than before; those of the last night that did alone.
        CREATE TABLE member_change (
            night INTEGER NOT NULL,
            member INTEGER NOT NULL,
            PRIMARY KEY (night, member)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX card_member ON card (member);
        """
}
