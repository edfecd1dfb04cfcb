extension WorkspaceTemplate {
    /// The jobs that ship, by path.
    static let jobs: [String: String] = [
        "Jobs/apply-codes.yaml": """
        # Judges burns, gift codes, claims and events, and hands out codes: points and code together or not at all.
        version: 1
        job: apply-codes
        kind: codes
        after: [ingest-rewards, ingest-codes, ingest-burns, ingest-claims, ingest-events, ingest-gift-codes]

        """,
        "Jobs/apply-points.yaml": """
        # Posts what the night accepted, member by member: corrections and accruals, voids and returns, claims, points
        # paid, points given or taken by hand, expiry.
        version: 1
        job: apply-points
        kind: points
        after: [ingest-members, ingest-tiers, ingest-products, ingest-opening-lots, ingest-opening-orders, ingest-orders, ingest-adjustments, apply-codes]

        """,
        "Jobs/emit-reports.yaml": """
        # Writes reports/<business date>/, whole or not at all.
        #
        # Each report has its own columns; a job may pick, order and rename them, say other words for values, and filter rows:
        #   - report: balances
        #     columns: [card_code, available, tier]
        #     rename: { card_code: card }
        #     values: { tier: { gold: or } }
        #     where: { tier: [gold, silver] }
        version: 1
        job: emit-reports
        kind: report
        after: [apply-points, reconcile-codes, replenish-codes]
        reports:
          - report: summary                 # the night in name, value rows; its totals tie the others together
          - report: postings                # every ledger entry of the night
          - report: balances                # the members that the night touched
          - report: orders                  # by store, channel and tier
          - report: liability               # open points by account and month of their last day
          - report: expiring                # points whose last day is near
          - report: exceptions              # what a person should look at
          - report: unmatched               # the orders that wait
          - report: rejects                 # every refused line with its reason
          - report: files                   # every file with its counts by verdict
          - report: burns                   # every burn with what became of it; codes are masked unless a report says codes: full
          - report: breaks                  # codes on which register and systems disagree, since when
          - report: replenish               # rewards below their threshold
          - report: codes                   # by reward and system: how many are available, assigned, burned, expired
          - report: grants                  # claims and grants, with their codes or why not
          - report: code-files              # what became of the codes of each file
          - report: catalogue               # the rewards that there are
          - report: deliveries              # by endpoint and kind: what was written, what became of it, what waits

        """,
        "Jobs/ingest-adjustments.yaml": """
        # Points given or taken by hand, each with a reason. A card that nobody has yet and a day to come are waited for.
        version: 1
        job: ingest-adjustments
        kind: ingest
        after: [ingest-members]
        records: adjustments
        files: "adjustments-*.csv*"
        layout: canonical                   # adjustment_id, card_code, account, points, effective_on, reason

        """,
        "Jobs/ingest-burns.yaml": """
        # Codes that were used at tills and in shops, and burns that were reversed. A code that is not known yet is waited for.
        version: 1
        job: ingest-burns
        kind: ingest
        after: [ingest-members, ingest-codes]
        records: burns
        files: "burns-{system}-{date}*.csv*"
        layout: canonical                   # burn_id, burned_at, store_id, channel, card_code, code, order_id, order_amount, discount_amount, kind
        park: 30 days                       # how long a burn of an unknown code waits

        """,
        "Jobs/ingest-claims.yaml": """
        # Rewards that members take for points (claim) or are given (grant). One of an unknown card waits for its member.
        version: 1
        job: ingest-claims
        kind: ingest
        after: [ingest-members, ingest-codes]
        records: claims
        files: "claims-{system}-{date}*.csv*"
        layout: canonical                   # claim_id, claimed_at, card_code, reward_id, kind, code, store_id, event_id, reason

        """,
        "Jobs/ingest-codes.yaml": """
        # Codes of rewards, from whoever makes them: each file adds, none replaces. A line may say more than the code: its last day, who
        # has it, that it is burned, and `delete` for one that nobody shall get.
        #
        # {reward} is read from the file's name: codes-r25-2026-11-20.csv are codes of the reward r25. For a file with other columns,
        # or one that names the reward in each line, copy this job, give it its own pattern and a layout.
        version: 1
        job: ingest-codes
        kind: ingest
        after: [ingest-rewards]
        records: codes
        files: "codes-{reward}-{date}*.csv*"
        layout: canonical                   # code, reward_id, expires_on, valid_from, state, card_code; qualifio-codes | uni8-vouchers | ...

        """,
        "Jobs/ingest-events.yaml": """
        # What members did: the workflows of program.yaml turn it into rewards, once for each event_id.
        version: 1
        job: ingest-events
        kind: ingest
        after: [ingest-members]
        records: events
        files: "events-{system}-{date}*.csv*"
        layout: canonical                   # event_id, occurred_at, card_code, event, subject

        """,
        "Jobs/ingest-gift-codes.yaml": """
        # Gift codes that members used: each gives its points once, to whoever came first.
        version: 1
        job: ingest-gift-codes
        kind: ingest
        after: [ingest-members, ingest-codes]
        records: gift-codes
        files: "gift-codes-{system}-{date}*.csv*"
        layout: canonical                   # used_at, card_code, code

        """,
        "Jobs/ingest-members.yaml": """
        # Member files: who is in the program, under which card, in which tier. A row says all of a member as of its night;
        # who is not in a file stays as he is.
        version: 1
        job: ingest-members
        kind: ingest
        records: members
        files: "members-*.csv*"             # in any sub-folder of the inbox; plain, .gz or .zst
        layout: canonical                   # columns bear Nightjar's own names: card_code, tier, enrolled_on, status ...

        """,
        "Jobs/ingest-opening-lots.yaml": """
        # Points that members bring from an older system, lot by lot. Before the first night only.
        version: 1
        job: ingest-opening-lots
        kind: ingest
        after: [ingest-members]
        records: opening-lots
        files: "opening-lots*.csv*"
        layout: canonical                   # lot_id, card_code, order_id, earned_on, active_on, expires_on, points, remaining

        """,
        "Jobs/ingest-opening-orders.yaml": """
        # Orders that an older system has given points for already: a re-send of one is a duplicate, and a return finds it.
        # Before the first night only.
        version: 1
        job: ingest-opening-orders
        kind: ingest
        after: [ingest-members]
        records: opening-orders
        files: "opening-orders*.csv*"
        layout: canonical                   # system, order_id, card_code, ordered_on, net_amount, points

        """,
        "Jobs/ingest-orders.yaml": """
        # Sales, returns, voids and exchanges, one line an article, the lines of an order together.
        #
        # {system} and {date} are read from the file's name: orders-pos-2026-11-20.csv is the system pos, night of 2026-11-20.
        # A system must be one of program.yaml's. For a file with other columns copy this job, give it its own pattern and a layout of
        # layouts/.
        version: 1
        job: ingest-orders
        kind: ingest
        after: [ingest-members, ingest-opening-orders]
        records: orders
        files: "orders-{system}-{date}*.csv*"
        layout: canonical
        settle: { quiet: 60 seconds, require: any }   # a file is finished when it has not changed for this long, or has a marker or a manifest beside it
        strict: false                       # true: a file with unknown columns is refused
        max_rejects: { percent: 5, lines: 100 }       # above both the file is refused whole and goes to quarantine/
        on_change: correct                  # a known order with other content: replace it | reject it | count it as duplicate
        park: 30 days                       # how long an order of an unknown card waits for its member
        after_ingest: archive               # keep: the file is read in place and never touched | delete
        full_day: false                     # true: a file is the whole day of its system; what an earlier one had and it lacks is taken back
        #expect: { from: [pos, ecom], by: "05:00", if_missing: wait }   # files that must have come before the night begins | warn | fail

        """,
        "Jobs/ingest-products.yaml": """
        # The catalogue: category, brand and department of each product.
        version: 1
        job: ingest-products
        kind: ingest
        records: products
        files: "products-*.csv*"
        layout: canonical                   # product_id, category, brand, department

        """,
        "Jobs/ingest-rewards.yaml": """
        # What members can get: a reward a line, with the keys of a reward in program.yaml as columns. A later file changes what it
        # names and leaves the others; what program.yaml defines, no file changes.
        version: 1
        job: ingest-rewards
        kind: ingest
        records: rewards
        files: "rewards-*.csv*"
        layout: canonical                   # reward_id, name, type, cost_points, value, owner, mirrors, stock_threshold ...

        """,
        "Jobs/ingest-stock.yaml": """
        # All codes that a system holds, as of the day in the file's name: the register is held against them.
        version: 1
        job: ingest-stock
        kind: ingest
        after: [ingest-codes]
        records: stock
        files: "stock-{system}-{date}*.csv*"
        layout: canonical                   # code, reward_id, status, card_code, expires_on

        """,
        "Jobs/ingest-tiers.yaml": """
        # Tiers that members are given by hand: each holds until its last day, then the member's own tier counts again.
        version: 1
        job: ingest-tiers
        kind: ingest
        after: [ingest-members]
        records: tiers
        files: "tiers-*.csv*"
        layout: canonical                   # card_code, tier, until

        """,
        "Jobs/prune.yaml": """
        # Removes what is older than privacy.keep of program.yaml says: archived and refused files, refused lines. It runs when the night
        # is closed, and is no part of it. Postings, codes and the identities of orders are kept for ever.
        version: 1
        job: prune
        kind: prune
        after: [emit-reports]

        """,
        "Jobs/push-results.yaml": """
        # Sends what waits for the endpoints of program.yaml and endpoints.yaml, when the night is closed and beside it: whatever goes
        # wrong there, the night stands. Without endpoints it does nothing.
        version: 1
        job: push-results
        kind: push
        after: [emit-reports]
        endpoints: []                       # names; none is all
        schedule: none                      # "*/15 * * * *": also then, so that what failed is tried again by day; nightjar schedule prints its line

        """,
        "Jobs/reconcile-codes.yaml": """
        # Holds the register of codes against the stock files of the systems, and writes what mends a difference to the outbox.
        version: 1
        job: reconcile-codes
        kind: reconcile
        after: [apply-points, ingest-stock]
        act: true                           # false: differences are reported, and nothing is changed or sent
        ignore: []                          # classes to leave out: [state_mismatch, reward_mismatch]

        """,
        "Jobs/replenish-codes.yaml": """
        # Asks for more codes of the rewards whose stock is below its threshold, once until they come; makes them where Nightjar does.
        version: 1
        job: replenish-codes
        kind: replenish
        after: [reconcile-codes]

        """,
    ]
}
