/// Rewards and codes: register, burns, claims, gift codes, reconciliation, replenishment, outbox.
///
/// What belongs to a code is keyed by the code first. Times are seconds since 1970-01-01T00:00:00 on the
/// clocks of the program's zone; dates are days.
enum V003 {
    static let sql = """
        -- Small integers for the systems that hold codes; owners of namespaces are among them.
        CREATE TABLE code_system (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE reward (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        -- What a reward was from a night on, as JSON. file NULL: program.yaml says so.
        CREATE TABLE reward_terms (
            reward INTEGER NOT NULL REFERENCES reward (id),
            night INTEGER NOT NULL,
            definition TEXT NOT NULL,
            file INTEGER,
            line INTEGER,
            PRIMARY KEY (reward, night)
        ) STRICT, WITHOUT ROWID;

        -- The register. state: 0 available, 1 assigned, 2 burned, 3 expired, 4 voided. file 0: made here.
        -- expires_on is the last good day, 2147483647 without one. burned_at 0: before it came here.
        CREATE TABLE code (
            code TEXT NOT NULL,
            owner INTEGER NOT NULL,
            reward INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
            card TEXT,
            valid_from INTEGER,
            expires_on INTEGER NOT NULL,
            points INTEGER,
            file INTEGER NOT NULL,
            line INTEGER NOT NULL,
            added_on INTEGER NOT NULL,
            assigned_at INTEGER,
            burned_at INTEGER,
            burned_in INTEGER,
            burn TEXT,
            CHECK ((state = 2) = (burned_at IS NOT NULL)),
            PRIMARY KEY (code, owner)
        ) STRICT, WITHOUT ROWID;
        -- Those that nobody has, in the order in which they are handed out, and those that somebody has. One
        -- index of both would be searched by reward alone: its condition hides the state from the planner.
        CREATE INDEX code_available ON code (reward, expires_on, file, line) WHERE state = 0;
        CREATE INDEX code_assigned ON code (reward, expires_on) WHERE state = 1;

        -- Every transition, for ever. A code that has none is as it was when it was added.
        CREATE TABLE code_event (
            code TEXT NOT NULL,
            owner INTEGER NOT NULL,
            night INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            before INTEGER NOT NULL,
            after INTEGER NOT NULL,
            at INTEGER NOT NULL,
            system INTEGER NOT NULL,
            file INTEGER,
            line INTEGER,
            reason TEXT NOT NULL,
            card TEXT,
            source TEXT,
            PRIMARY KEY (code, owner, night, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX code_event_night ON code_event (night);

        -- How many codes of a reward and file there are in each state after a night that changed one.
        CREATE TABLE code_count (
            reward INTEGER NOT NULL,
            file INTEGER NOT NULL,
            night INTEGER NOT NULL,
            available INTEGER NOT NULL CHECK (available >= 0),
            assigned INTEGER NOT NULL CHECK (assigned >= 0),
            burned INTEGER NOT NULL CHECK (burned >= 0),
            expired INTEGER NOT NULL CHECK (expired >= 0),
            voided INTEGER NOT NULL CHECK (voided >= 0),
            PRIMARY KEY (reward, file, night)
        ) STRICT, WITHOUT ROWID;

        -- The roll-forward of a reward's open codes:
        -- opening + imported + generated - burned - expired - voided = closing.
        CREATE TABLE code_flow (
            night INTEGER NOT NULL,
            reward INTEGER NOT NULL,
            opening INTEGER NOT NULL,
            imported INTEGER NOT NULL,
            generated INTEGER NOT NULL,
            burned INTEGER NOT NULL,
            expired INTEGER NOT NULL,
            voided INTEGER NOT NULL,
            closing INTEGER NOT NULL,
            CHECK (opening + imported + generated - burned - expired - voided = closing),
            PRIMARY KEY (reward, night)
        ) STRICT, WITHOUT ROWID;

        -- Every burn and reversal that a system reported. state: 0 judged, 1 waits for its code, its burn or
        -- its day, 2 given up. outcome: the last that a night made of it. awaits_order: its order's amount
        -- may still show that it is below the minimum.
        CREATE TABLE burn (
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            night INTEGER NOT NULL,
            code TEXT NOT NULL,
            burned_at INTEGER NOT NULL,
            store TEXT,
            channel TEXT,
            card TEXT,
            receipt TEXT,
            order_amount INTEGER,
            discount INTEGER,
            is_reversal INTEGER NOT NULL CHECK (is_reversal IN (0, 1)),
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
            outcome TEXT NOT NULL,
            owner INTEGER,
            reward INTEGER,
            charged INTEGER,
            awaits_order INTEGER NOT NULL DEFAULT 0,
            until INTEGER,
            file INTEGER NOT NULL,
            line INTEGER NOT NULL,
            PRIMARY KEY (system, id, is_reversal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX burn_code ON burn (code);
        CREATE INDEX burn_waiting ON burn (system, id) WHERE state = 1;
        CREATE INDEX burn_awaiting ON burn (system, receipt) WHERE awaits_order = 1;

        -- What a night made of a burn; one that waited has another line when its wait is over, and so has one
        -- that a later night sees in another light.
        CREATE TABLE burn_outcome (
            night INTEGER NOT NULL,
            system INTEGER NOT NULL,
            id TEXT NOT NULL,
            is_reversal INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            owner INTEGER,
            reward INTEGER,
            charged INTEGER,
            detail TEXT,
            PRIMARY KEY (night, system, id, is_reversal)
        ) STRICT, WITHOUT ROWID;

        -- What a person should look at in the register.
        CREATE TABLE code_exception (
            night INTEGER NOT NULL,
            kind TEXT NOT NULL,
            system INTEGER NOT NULL,
            source TEXT NOT NULL,
            code TEXT NOT NULL,
            reward INTEGER,
            card TEXT,
            store TEXT,
            receipt TEXT,
            points INTEGER,
            amount INTEGER,
            detail TEXT,
            PRIMARY KEY (night, kind, system, source, code)
        ) STRICT, WITHOUT ROWID;

        -- Claims and grants. how: claim, admin, workflow, replacement. state: 0 granted, 1 refused, 2 waits, 3 given up.
        -- asked: the code that its line names, and system who handed it out; code: the one that was granted.
        CREATE TABLE claim (
            id TEXT PRIMARY KEY,
            night INTEGER NOT NULL,
            how TEXT NOT NULL,
            claimed_at INTEGER NOT NULL,
            card TEXT NOT NULL,
            member INTEGER,
            reward INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
            reason TEXT,
            asked TEXT,
            system TEXT,
            code TEXT,
            owner INTEGER,
            points INTEGER NOT NULL DEFAULT 0,
            event TEXT,
            order_system TEXT,
            order_id TEXT,
            until INTEGER,
            file INTEGER,
            line INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX claim_waiting ON claim (id) WHERE state = 2;
        CREATE INDEX claim_member ON claim (member, reward) WHERE state = 0;
        CREATE INDEX claim_order ON claim (order_system, order_id) WHERE order_id IS NOT NULL;

        -- What a night made of a claim.
        CREATE TABLE claim_outcome (
            night INTEGER NOT NULL,
            id TEXT NOT NULL,
            outcome TEXT NOT NULL,
            code TEXT,
            owner INTEGER,
            points INTEGER NOT NULL,
            last_day INTEGER,
            PRIMARY KEY (night, id)
        ) STRICT, WITHOUT ROWID;

        -- Units of a reward that were granted, with a code or without.
        CREATE TABLE reward_granted (
            reward INTEGER PRIMARY KEY,
            granted INTEGER NOT NULL CHECK (granted >= 0)
        ) STRICT;

        -- Events that workflows have seen. state: 0 counted, 1 waits for its member or its day, 2 given up.
        CREATE TABLE program_event (
            id TEXT PRIMARY KEY,
            night INTEGER NOT NULL,
            event TEXT NOT NULL,
            subject TEXT,
            occurred_at INTEGER NOT NULL,
            card TEXT NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
            until INTEGER,
            file INTEGER,
            line INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX program_event_waiting ON program_event (id) WHERE state = 1;

        -- Uses of gift codes that wait for their member or their day.
        CREATE TABLE gift_use (
            code TEXT NOT NULL,
            card TEXT NOT NULL,
            used_at INTEGER NOT NULL,
            night INTEGER NOT NULL,
            until INTEGER NOT NULL,
            file INTEGER NOT NULL,
            line INTEGER NOT NULL,
            PRIMARY KEY (code, card, used_at)
        ) STRICT, WITHOUT ROWID;

        -- What a system said it holds: one line a stock file that a night compared.
        -- state: reconciled, not_reconciled. reward 0: codes that nobody knows.
        CREATE TABLE reconciliation (
            night INTEGER NOT NULL,
            system INTEGER NOT NULL,
            reward INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('reconciled', 'not_reconciled')),
            as_of INTEGER,
            registered INTEGER NOT NULL,
            unknown INTEGER NOT NULL,
            in_sync INTEGER NOT NULL,
            breaks INTEGER NOT NULL,
            in_transit INTEGER NOT NULL,
            available INTEGER NOT NULL,
            assigned INTEGER NOT NULL,
            burned INTEGER NOT NULL,
            expired INTEGER NOT NULL,
            exposure INTEGER NOT NULL,
            PRIMARY KEY (night, system, reward)
        ) STRICT, WITHOUT ROWID;

        -- The codes on which register and systems disagreed in a night. statuses: what each system says,
        -- `pos=available;ecom=burned`. owner 0: unknown to the register.
        CREATE TABLE code_break (
            night INTEGER NOT NULL,
            code TEXT NOT NULL,
            owner INTEGER NOT NULL,
            class TEXT NOT NULL,
            reward INTEGER,
            register_state INTEGER,
            pos_status TEXT,
            ecom_status TEXT,
            statuses TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            action TEXT,
            amount INTEGER,
            PRIMARY KEY (night, code, owner)
        ) STRICT, WITHOUT ROWID;

        -- Requests for more codes. state: 0 outstanding, 1 answered, 2 lapsed.
        CREATE TABLE refill_request (
            reward INTEGER NOT NULL,
            asked_on INTEGER NOT NULL,
            asked INTEGER NOT NULL CHECK (asked > 0),
            came INTEGER NOT NULL DEFAULT 0,
            until INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
            PRIMARY KEY (reward, asked_on)
        ) STRICT, WITHOUT ROWID;

        -- The rewards that were below their threshold in a night.
        CREATE TABLE low_stock (
            night INTEGER NOT NULL,
            reward INTEGER NOT NULL,
            available INTEGER NOT NULL,
            outstanding INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            threshold INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            action TEXT NOT NULL,
            days_left INTEGER,
            PRIMARY KEY (night, reward)
        ) STRICT, WITHOUT ROWID;

        -- What must be sent, one row an effect; key is its UUID, subject the code or card whose order counts.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            night INTEGER NOT NULL REFERENCES night (day),
            endpoint TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            payload TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'sending', 'acknowledged', 'refused', 'given_up'))
        ) STRICT;

        -- The segments that a member is in, as the last members file said.
        CREATE TABLE member_segment (
            member INTEGER NOT NULL,
            segment TEXT NOT NULL,
            PRIMARY KEY (member, segment)
        ) STRICT, WITHOUT ROWID;
        -- Adjustments wait where orders do; their net are their points.
        INSERT OR IGNORE INTO parked (system, id, parked_on, reason, card, net, until)
            SELECT s.id, a.id, a.night,
                CASE WHEN a.effective_on > a.night THEN 'later_day' ELSE 'unknown_member' END,
                a.card, a.points, a.until
            FROM adjustment a JOIN system s ON s.name = 'adjustments' WHERE a.state = 1;
        -- Month and day of birth: 229 is 29 February.
        ALTER TABLE member ADD COLUMN birthday INTEGER;
        -- Members whose tier a night changed: from, and to.
        CREATE TABLE tier_move (
            night INTEGER NOT NULL,
            member INTEGER NOT NULL,
            before INTEGER NOT NULL,
            after INTEGER NOT NULL,
            PRIMARY KEY (night, member)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX member_birthday ON member (birthday) WHERE birthday IS NOT NULL;
        """
}
