/// Forgetting: what is left of a member when nothing names him any more.
enum V005 {
    static let sql = """
        -- By what the night chain knows a member who was forgotten: what it was made of is gone.
        ALTER TABLE member ADD COLUMN token BLOB CHECK (length(token) = 32);

        -- What the night chain made of lines that named a card, by the first posting of their member in
        -- his night: the card is gone from them.
        CREATE TABLE kept_digest (
            first INTEGER PRIMARY KEY,
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;

        -- Stands while somebody is forgotten whose texts may still lie in unused parts of the file.
        CREATE TABLE unfinished_forgetting (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            night INTEGER NOT NULL
        ) STRICT;
        """
}
