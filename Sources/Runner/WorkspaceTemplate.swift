internal import Foundation
internal import Intake

/// What `init` writes: the files that a new workspace begins with.
///
/// The jobs are those of the repository's Jobs folder; a test holds the two against each other.
package enum WorkspaceTemplate {
    /// Makes a workspace in a new or empty folder and gives the paths of its files.
    package static func write(to folder: String) throws -> [String] {
        let manager = FileManager.default
        if let there = try? manager.contentsOfDirectory(atPath: folder), !there.isEmpty {
            throw RunnerError.usage("\(folder): is not empty; name a new folder")
        }
        // The folder itself can be walked through: tills and shops must reach the inbox.
        try manager.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        for name in ["Jobs", "layouts", "claimed", "archive", "quarantine", "rejects"] {
            try manager.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        for name in ["inbox", "reports"] {
            try manager.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        var files = [("program.yaml", program)] + jobs.sorted { $0.key < $1.key }
        files.append(("example/orders-pos-2026-01-01.csv", exampleOrders))
        files.append(("example/members-2026-01-01.csv", exampleMembers))
        files += RecordKind.allCases.map { ("templates/\($0.rawValue).csv", $0.template) }
        var made: [String] = []
        for (name, text) in files {
            let path = folder + "/" + name
            try manager.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            made.append(path)
        }
        return made
    }

    /// Drop these two in inbox/ to see a first night.
    static let exampleMembers = """
        card_code,tier,enrolled_on
        2900000000017,bronze,2025-12-01

        """

    static let exampleOrders = """
        order_id,ordered_at,store_id,card_code,product_id,quantity,unit_price,line_amount
        P-1,2026-01-01T10:15:00,0001,2900000000017,COFFEE,2,4.50,9.00
        P-1,2026-01-01T10:15:00,0001,2900000000017,BREAD,1,3.20,3.20

        """

    static let program = """
        # The program: what a night posts by. Every key is in the README.
        version: 1
        program: my-program
        timezone: Europe/Paris            # every date rule and the night itself
        currency: EUR
        opens_on: 2026-01-01              # the first night
        earn_on: gross                    # gross | net_of_tax | net_of_points
        returns_by: earner                # whose points a return takes: who bought (earner) or who returns (presenter)
        missing_order: park               # a return whose order is unknown waits | unlinked: is taken at once
        accounts:
          spend:
            ratio: 1                      # points per 1.00
            rounding: floor               # floor | ceil | nearest
            hold_days: 14                 # days until points can be spent
            expiry: { after: 1 year }     # never | { after: 1 year, count_from: active, end_of: month } | { fixed: 12-31 } | { period: P }
            returns: within_balance       # only_pending | within_balance | debit
            refund_expired: expire        # points paid that come back after their last day | { grace: 30 days }
            max: none                     # the most that a member may hold
        periods: []                       # - { id: P, from: 2026-01-01, to: 2026-12-31, expires_on: 2027-03-31 }
        expiring: [30 days, 7 days, 1 day]      # how long before their last day points are reported
        tiers:                            # lowest first
          - { name: bronze, multiplier: 1 }
          - { name: silver, multiplier: 1.25 }
          - { name: gold, multiplier: 1.5 }
        systems:                          # who sends files
          pos: {}                         # { timezone: Europe/Lisbon, stores: [S1, S2] }: its own zone, the stores it may name
          ecom: {}

        """

    /// The jobs that ship, by path.
    static let jobs: [String: String] = [
        "Jobs/apply-points.yaml": """
        # Posts what the night accepted, member by member: corrections and accruals, voids and returns, points paid, points
        # given or taken by hand, expiry.
        version: 1
        job: apply-points
        kind: points
        after: [ingest-members, ingest-tiers, ingest-products, ingest-opening-lots, ingest-opening-orders, ingest-orders, ingest-adjustments]

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
        after: [apply-points]
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
    ]
}
