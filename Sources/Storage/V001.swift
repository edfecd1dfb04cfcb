/// Orders, members and points.
///
/// Dates are days since 1970-01-01, money is in minor units. What belongs to a member is keyed by
/// member first, the registry of orders by order. Small integers stand for texts inside one store.
/// The tables that a night fills by the million (orders, lot, posting, balance, expiring) declare no
/// foreign keys: each would cost a look-up a row; `verify` checks them.
enum V001 {
    static let sql = """
        CREATE TABLE system (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE tier (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        -- The terms that orders earned at: by account ratio, multiplier (millionths) and rounding.
        CREATE TABLE terms (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE posting_kind (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO posting_kind VALUES
            (0,'accrue'),(1,'expire'),(2,'redeem'),(3,'redeem_uncovered'),(4,'repay'),
            (5,'return'),(6,'return_uncovered'),(7,'reverse');

        CREATE TABLE night (
            day INTEGER PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('open', 'posted', 'closed')),
            first_posting INTEGER,
            last_posting INTEGER
        ) STRICT;

        -- The figures of a night, in the order of the summary.
        CREATE TABLE night_total (
            night INTEGER NOT NULL REFERENCES night (day),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            value INTEGER NOT NULL,
            PRIMARY KEY (night, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            process INTEGER NOT NULL,
            outcome TEXT CHECK (outcome IN ('done', 'failed', 'superseded')),
            message TEXT
        ) STRICT;

        CREATE TABLE job_run (
            night INTEGER NOT NULL REFERENCES night (day),
            job TEXT NOT NULL,
            run INTEGER NOT NULL REFERENCES run (id),
            started_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed')),
            message TEXT,
            PRIMARY KEY (night, job)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE file (
            id INTEGER PRIMARY KEY,
            night INTEGER NOT NULL REFERENCES night (day),
            path TEXT NOT NULL,
            job TEXT NOT NULL,
            records TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            modified_at INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            expanded_sha256 BLOB NOT NULL,
            evidence TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('ingested', 'duplicate_file', 'refused')),
            reason TEXT,
            lines_read INTEGER NOT NULL,
            lines_accepted INTEGER NOT NULL,
            lines_duplicate INTEGER NOT NULL,
            lines_correction INTEGER NOT NULL,
            lines_parked INTEGER NOT NULL,
            lines_rejected INTEGER NOT NULL,
            lines_conflict INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX file_sha256 ON file (sha256);
        CREATE INDEX file_expanded ON file (expanded_sha256);
        CREATE INDEX file_night ON file (night);

        CREATE TABLE reject (
            file INTEGER NOT NULL REFERENCES file (id),
            line INTEGER NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('rejected', 'conflict')),
            reason TEXT NOT NULL,
            hint TEXT NOT NULL,
            PRIMARY KEY (file, line)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE member (
            id INTEGER PRIMARY KEY,
            card TEXT NOT NULL,
            member_id TEXT,
            tier INTEGER NOT NULL REFERENCES tier (id),
            status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
            enrolled_on INTEGER,
            since INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX member_identity ON member (member_id) WHERE member_id IS NOT NULL;

        CREATE TABLE card (
            card TEXT PRIMARY KEY,
            member INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- The tier of a member from a day on; kept, never recomputed.
        CREATE TABLE member_tier (
            member INTEGER NOT NULL,
            since INTEGER NOT NULL,
            tier INTEGER NOT NULL,
            PRIMARY KEY (member, since)
        ) STRICT, WITHOUT ROWID;

        -- One row an order, for ever. state: 0 posted (a return: taken back), 1 anonymous, 2 parked,
        -- 3 from before the first night, 4 given up, 5 of a member that is blocked or closed.
        -- kind: 0 sale, 1 return. An order of state 3 has no content hash and no terms, but points.
        CREATE TABLE orders (
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            content BLOB,
            night INTEGER NOT NULL,
            ordered_on INTEGER NOT NULL,
            member INTEGER,
            kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
            net INTEGER NOT NULL,
            base INTEGER NOT NULL,
            returned INTEGER NOT NULL CHECK (returned >= 0),
            points INTEGER,
            terms INTEGER,
            file INTEGER,
            line INTEGER,
            PRIMARY KEY (system, id)
        ) STRICT, WITHOUT ROWID;

        -- Orders that wait for their member, their original order or their day.
        CREATE TABLE parked (
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            parked_on INTEGER NOT NULL,
            reason TEXT NOT NULL
                CHECK (reason IN ('unknown_member', 'missing_order', 'later_day')),
            card TEXT,
            original TEXT,
            net INTEGER NOT NULL,
            until INTEGER NOT NULL,
            ended_on INTEGER,
            outcome TEXT CHECK (outcome IN ('released', 'given_up', 'replaced')),
            PRIMARY KEY (system, id, parked_on)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX parked_waiting ON parked (system, id) WHERE ended_on IS NULL;

        -- Open lots: what postings say, kept up to date. A lot with nothing left is deleted.
        CREATE TABLE lot (
            member INTEGER NOT NULL,
            account INTEGER NOT NULL CHECK (account BETWEEN 0 AND 1),
            id TEXT NOT NULL,
            system INTEGER NOT NULL,
            points INTEGER NOT NULL,
            remaining INTEGER NOT NULL CHECK (remaining > 0 AND remaining <= points),
            earned_on INTEGER NOT NULL,
            active_on INTEGER NOT NULL,
            expires_on INTEGER,
            PRIMARY KEY (member, account, id, system)
        ) STRICT, WITHOUT ROWID;

        -- Points owed: what returns took beyond all lots of an account whose policy is debit.
        CREATE TABLE debt (
            member INTEGER NOT NULL,
            account INTEGER NOT NULL CHECK (account BETWEEN 0 AND 1),
            points INTEGER NOT NULL CHECK (points > 0),
            PRIMARY KEY (member, account)
        ) STRICT, WITHOUT ROWID;

        -- Which members may have a lot that expires on a day: a superset, so that a night need not
        -- read the lots of everybody.
        CREATE TABLE expiring (
            expires_on INTEGER NOT NULL,
            member INTEGER NOT NULL,
            PRIMARY KEY (expires_on, member)
        ) STRICT, WITHOUT ROWID;

        -- The ledger, append-only. A lot of NULL: a debt, or points that no lot covered.
        -- active_on and expires_on stand where the posting makes a lot.
        CREATE TABLE posting (
            id INTEGER PRIMARY KEY,
            night INTEGER NOT NULL,
            member INTEGER NOT NULL,
            account INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            system INTEGER NOT NULL,
            source TEXT NOT NULL,
            lot_system INTEGER,
            lot TEXT,
            points INTEGER NOT NULL CHECK (points <> 0),
            date INTEGER NOT NULL,
            active_on INTEGER,
            expires_on INTEGER
        ) STRICT;

        -- What an account held after a night that touched it.
        CREATE TABLE balance (
            night INTEGER NOT NULL,
            member INTEGER NOT NULL,
            account INTEGER NOT NULL,
            available INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            debt INTEGER NOT NULL,
            next_expires_on INTEGER,
            next_expiring_points INTEGER NOT NULL,
            tier INTEGER NOT NULL,
            PRIMARY KEY (night, member, account)
        ) STRICT, WITHOUT ROWID;

        -- The ledger as a person reads it.
        CREATE VIEW ledger AS
        SELECT p.id, date(p.night * 86400, 'unixepoch') AS night, m.card,
            CASE p.account WHEN 0 THEN 'spend' ELSE 'status' END AS account,
            k.name AS kind, s.name AS system, p.source, p.lot, p.points,
            date(p.date * 86400, 'unixepoch') AS date
        FROM posting p
        JOIN member m ON m.id = p.member
        JOIN posting_kind k ON k.id = p.kind
        LEFT JOIN system s ON s.id = p.system;
        """
}
