/// What of the program a store is kept by.
enum V007 {
    static let sql = """
        -- One row, once a run has asked.
        CREATE TABLE program (
            currency TEXT NOT NULL
        ) STRICT;
        """
}
