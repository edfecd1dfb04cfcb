/// The rest of intake and ledger: voids and exchanges, points paid, links of returns, merges, forced tiers,
/// adjustments, products, exceptions, the chain of the nights.
enum V002 {
    static let sql = """
        -- kind: 0 sale, 1 return, 2 void, 3 exchange, 4 of a type that never earns. state: as before, and
        -- 6 cancelled by a void (content of NULL: by a full day that lacks it). At version 1 and with nothing
        -- returned the row alone tells what was posted; each restatement raises it. returned is all that came back, even beyond what was sold.
        CREATE TABLE orders_v2 (
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            content BLOB,
            night INTEGER NOT NULL,
            ordered_on INTEGER NOT NULL,
            member INTEGER,
            kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
            net INTEGER NOT NULL,
            base INTEGER NOT NULL,
            returned INTEGER NOT NULL CHECK (returned >= 0),
            points INTEGER,
            terms INTEGER,
            file INTEGER,
            line INTEGER,
            version INTEGER NOT NULL DEFAULT 1,
            points_paid INTEGER NOT NULL DEFAULT 0,
            return_base INTEGER NOT NULL DEFAULT 0 CHECK (return_base >= 0),
            PRIMARY KEY (system, id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO orders_v2 (system, id, content, night, ordered_on, member, kind, state, net, base,
            returned, points, terms, file, line) SELECT * FROM orders;
        DROP TABLE orders;
        ALTER TABLE orders_v2 RENAME TO orders;

        -- The returns (and voids) that named an order which was found.
        CREATE TABLE order_return (
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            return_system INTEGER NOT NULL,
            return_id TEXT NOT NULL,
            PRIMARY KEY (system, id, return_system, return_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX order_return_back ON order_return (return_system, return_id);

        -- Posting kinds keep the order of their names.
        DELETE FROM posting_kind;
        INSERT INTO posting_kind VALUES
            (0,'accrue'),(1,'adjust'),(2,'adjust_uncovered'),(3,'cap'),(4,'expire'),(5,'extend'),
            (6,'merge'),(7,'redeem'),(8,'redeem_uncovered'),(9,'refund'),(10,'repay'),(11,'return'),
            (12,'return_uncovered'),(13,'reverse');
        UPDATE posting SET kind = CASE kind WHEN 1 THEN 4 WHEN 2 THEN 7 WHEN 3 THEN 8 WHEN 4 THEN 10
            WHEN 5 THEN 11 WHEN 6 THEN 12 WHEN 7 THEN 13 ELSE kind END;

        -- Where postings in member order begin: each range ends before the next one. A night is one of them.
        CREATE TABLE posting_range (
            first INTEGER PRIMARY KEY,
            night INTEGER NOT NULL
        ) STRICT;
        INSERT INTO posting_range SELECT id, night FROM (
            SELECT id, night, member, lag(night) OVER by_id AS night_before,
                lag(member) OVER by_id AS member_before
            FROM posting WINDOW by_id AS (ORDER BY id))
        WHERE night_before IS NULL OR night <> night_before OR member < member_before;

        -- The hash over a closed night's postings and the hash before it.
        ALTER TABLE night ADD COLUMN chain BLOB;
        -- The order in which its spends took lots.
        ALTER TABLE night ADD COLUMN spend_order TEXT;
        -- Made once, at random: the key of the tokens that stand for members in the chain.
        CREATE TABLE store_key (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            key BLOB NOT NULL CHECK (length(key) = 32)
        ) STRICT;
        INSERT INTO store_key VALUES (1, randomblob(32));

        -- Whose file it is and of which day, where its name says so; full: it is the whole of that day.
        ALTER TABLE file ADD COLUMN system TEXT;
        ALTER TABLE file ADD COLUMN day INTEGER;
        ALTER TABLE file ADD COLUMN is_full_day INTEGER NOT NULL DEFAULT 0;
        -- What exactly was wrong with a refused one.
        ALTER TABLE file ADD COLUMN detail TEXT;

        -- His identity in the chain, where it is no longer his member_id or else his card.
        ALTER TABLE member ADD COLUMN chained_as TEXT;
        -- The orders of files that are the whole of a day.
        CREATE TABLE day_order (
            file INTEGER NOT NULL,
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            PRIMARY KEY (file, system, id)
        ) STRICT, WITHOUT ROWID;

        -- Whom a member was merged into.
        ALTER TABLE member ADD COLUMN merged_into INTEGER;
        -- The last day on which a card is good.
        ALTER TABLE card ADD COLUMN expires_on INTEGER;

        -- Cards that stood for members until the night in which others took their place.
        CREATE TABLE former_card (
            member INTEGER NOT NULL,
            night INTEGER NOT NULL,
            card TEXT NOT NULL,
            PRIMARY KEY (member, night)
        ) STRICT, WITHOUT ROWID;

        -- Merges, and the night whose postings moved the lots; NULL while they wait.
        CREATE TABLE merge (
            victim INTEGER PRIMARY KEY,
            survivor INTEGER NOT NULL,
            night INTEGER NOT NULL,
            posted_on INTEGER
        ) STRICT;

        -- Tiers by hand or file; the member goes back to `underlying` when `until` is past.
        CREATE TABLE forced_tier (
            member INTEGER PRIMARY KEY,
            tier INTEGER NOT NULL,
            until INTEGER,
            underlying INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE product (
            id TEXT PRIMARY KEY,
            category TEXT,
            brand TEXT,
            department TEXT
        ) STRICT, WITHOUT ROWID;

        -- Points given or taken by hand. state: 0 posted, 1 waits for its member or its day, 2 given up,
        -- 3 of a member that is blocked or closed.
        CREATE TABLE adjustment (
            id TEXT PRIMARY KEY,
            night INTEGER NOT NULL,
            card TEXT NOT NULL,
            member INTEGER,
            account INTEGER NOT NULL CHECK (account BETWEEN 0 AND 1),
            points INTEGER NOT NULL CHECK (points <> 0),
            effective_on INTEGER NOT NULL,
            reason TEXT NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
            until INTEGER,
            file INTEGER NOT NULL,
            line INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- What a person should look at.
        CREATE TABLE exception (
            night INTEGER NOT NULL,
            kind TEXT NOT NULL,
            system INTEGER NOT NULL,
            source TEXT NOT NULL,
            account INTEGER NOT NULL DEFAULT 0,
            member INTEGER,
            points INTEGER,
            amount INTEGER,
            PRIMARY KEY (night, kind, system, source, account)
        ) STRICT, WITHOUT ROWID;

        -- What a night's orders came to. An empty store: points of orders of earlier nights; tier 0: no member.
        CREATE TABLE order_total (
            night INTEGER NOT NULL,
            store TEXT NOT NULL,
            channel TEXT NOT NULL,
            tier INTEGER NOT NULL,
            orders INTEGER NOT NULL,
            returns INTEGER NOT NULL,
            anonymous INTEGER NOT NULL,
            lines INTEGER NOT NULL,
            net INTEGER NOT NULL,
            accrued INTEGER NOT NULL,
            returned INTEGER NOT NULL,
            status_accrued INTEGER NOT NULL,
            status_returned INTEGER NOT NULL,
            PRIMARY KEY (night, store, channel, tier)
        ) STRICT, WITHOUT ROWID;

        -- The points of all open lots after a night. month: the first day of the last day's month, 2147483647
        -- for points that never expire. active_on: 0 for points that can be spent.
        CREATE TABLE liability (
            night INTEGER NOT NULL,
            account INTEGER NOT NULL CHECK (account BETWEEN 0 AND 1),
            month INTEGER NOT NULL,
            active_on INTEGER NOT NULL,
            points INTEGER NOT NULL CHECK (points > 0),
            PRIMARY KEY (night, account, month, active_on)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO liability
            SELECT (SELECT max(day) FROM night WHERE state <> 'open') AS night, account,
                CASE WHEN expires_on IS NULL THEN 2147483647
                    ELSE unixepoch(expires_on * 86400, 'unixepoch', 'start of month') / 86400 END,
                CASE WHEN active_on > (SELECT max(day) FROM night WHERE state <> 'open') THEN active_on
                    ELSE 0 END,
                sum(remaining)
            FROM lot GROUP BY 1, 2, 3, 4;

        -- Points whose last day is so near that the night reports it.
        CREATE TABLE expiring_points (
            night INTEGER NOT NULL,
            member INTEGER NOT NULL,
            account INTEGER NOT NULL,
            expires_on INTEGER NOT NULL,
            points INTEGER NOT NULL,
            PRIMARY KEY (night, member, account, expires_on)
        ) STRICT, WITHOUT ROWID;
        """
}
