/// Delivery: how far each effect is on its way, endpoints, what was fetched.
///
/// Moments of delivery are seconds since 1970: they are the only times here that a clock gave.
enum V004 {
    static let sql = """
        ALTER TABLE outbox RENAME TO outbox_v3;
        -- parcel: the row of the lowest id that it travels with, or the row that names its file.
        -- sending: it may have arrived. superseded: a later one says all that it said.
        -- due_at: not before. ended_in: the night whose reports tell how it ended.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            night INTEGER NOT NULL REFERENCES night (day),
            endpoint TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            payload TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                ('pending', 'sending', 'acknowledged', 'refused', 'given_up', 'superseded')),
            parcel INTEGER,
            attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            tried_at INTEGER,
            due_at INTEGER,
            ended_in INTEGER,
            detail TEXT
        ) STRICT;
        INSERT INTO outbox (id, night, endpoint, kind, subject, key, payload, state)
            SELECT id, night, endpoint, kind, subject, key, payload, state FROM outbox_v3;
        DROP TABLE outbox_v3;
        CREATE INDEX outbox_waiting ON outbox (endpoint, id) WHERE state IN ('pending', 'sending');

        -- What each night wrote for an endpoint, and what ended before the night closed.
        CREATE TABLE delivery_total (
            night INTEGER NOT NULL,
            endpoint TEXT NOT NULL,
            kind TEXT NOT NULL,
            written INTEGER NOT NULL DEFAULT 0,
            acknowledged INTEGER NOT NULL DEFAULT 0,
            superseded INTEGER NOT NULL DEFAULT 0,
            refused INTEGER NOT NULL DEFAULT 0,
            given_up INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (night, endpoint, kind)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO delivery_total (night, endpoint, kind, written)
            SELECT night, endpoint, kind, count(*) FROM outbox GROUP BY 1, 2, 3;

        -- What was refused or given up, for ever: also where it was tried again and arrived.
        CREATE TABLE delivery_exception (
            night INTEGER NOT NULL,
            row INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            endpoint TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('refused', 'given_up')),
            detail TEXT NOT NULL,
            PRIMARY KEY (night, row, attempt)
        ) STRICT, WITHOUT ROWID;

        -- The breaker: kept, because the processes of a scheduler live shortly.
        CREATE TABLE endpoint_state (
            endpoint TEXT PRIMARY KEY,
            failures INTEGER NOT NULL DEFAULT 0,
            openings INTEGER NOT NULL DEFAULT 0,
            closed_until INTEGER,
            detail TEXT,
            failed_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- Remote files as they were when they were fetched.
        CREATE TABLE fetched_file (
            job TEXT NOT NULL,
            path TEXT NOT NULL,
            version TEXT NOT NULL,
            sha256 BLOB NOT NULL,
            bytes INTEGER NOT NULL,
            fetched_at INTEGER NOT NULL,
            local TEXT NOT NULL,
            is_settled INTEGER NOT NULL DEFAULT 0 CHECK (is_settled IN (0, 1)),
            PRIMARY KEY (job, path, version)
        ) STRICT, WITHOUT ROWID;

        -- What an endpoint was told last of a card, or of all rewards: told again when it is something else.
        CREATE TABLE told (
            endpoint TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            digest INTEGER NOT NULL,
            night INTEGER NOT NULL,
            PRIMARY KEY (endpoint, kind, subject)
        ) STRICT, WITHOUT ROWID;

        -- The notices that members got, once for ever.
        CREATE TABLE notice (
            member INTEGER NOT NULL,
            reward INTEGER NOT NULL,
            night INTEGER NOT NULL,
            PRIMARY KEY (member, reward)
        ) STRICT, WITHOUT ROWID;
        """
}
