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
        files += example.sorted { $0.key < $1.key }.map { ("example/" + $0.key, $0.value) }
        files += RecordKind.allCases.map { ("templates/\($0.rawValue).csv", $0.template) }
        files.append(("templates/fetch-files.yaml", fetchJob))
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

    /// A job that is of use only once it says whence.
    private static let fetchJob = """
        # Brings files from another machine into the inbox before a night begins. Copy this to Jobs/, under a name of its own, and
        # say where the files are; a job that must not begin without them says after: [fetch-files].
        version: 1
        job: fetch-files
        kind: fetch
        from: sftp://shop@sftp.example:22/out/      # or ftps://, ftp:// (turned into TLS), file:///mnt/till/out/; https:// one file, with region: S3
        pattern: "orders-{system}-{date}*.csv*"     # of one folder; what lies beside a file, NAME.done and NAME.manifest, comes along
        key: file:/etc/nightjar/ed25519             # or password: env:NAME; S3: auth: { access_key: env:NAME, secret_key: env:NAME }
        known_hosts: file:/etc/nightjar/known_hosts # ssh-keyscan sftp.example
        after: keep                                 # delete | move (to: folder): what becomes of a file there once it is safe here
        settle: { quiet: 60 seconds, require: any } # a file there is finished when it has not changed for this long, or marker | manifest

        """

    /// Drop these in inbox/ to see a first night.
    static let example: [String: String] = [
        "members-2026-01-01.csv": """
        card_code,tier,enrolled_on
        2900000000017,bronze,2025-12-01

        """,
        "orders-pos-2026-01-01.csv": """
        order_id,ordered_at,store_id,card_code,product_id,quantity,unit_price,line_amount
        P-1,2026-01-01T10:15:00,0001,2900000000017,COFFEE,2,4.50,9.00
        P-1,2026-01-01T10:15:00,0001,2900000000017,BREAD,1,3.20,3.20

        """,
        "rewards-2026-01-01.csv": """
        reward_id,name,type,value,owner
        welcome,Welcome voucher,voucher,5.00,pos

        """,
        "codes-welcome-2026-01-01.csv": """
        code,expires_on,state,card_code,assigned_at
        WELCOME-7K2M,2026-12-31,assigned,2900000000017,2025-12-01T09:00:00
        WELCOME-9QXF,2026-12-31,available,,
        WELCOME-B4TD,2026-12-31,available,,

        """,
        "burns-pos-2026-01-01.csv": """
        burn_id,burned_at,store_id,card_code,code,order_id,order_amount,discount_amount
        B-1,2026-01-01T10:15:00,0001,2900000000017,WELCOME-7K2M,P-1,12.20,5.00

        """,
    ]

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
        systems:                          # who sends files and holds codes
          pos: {}                         # { timezone: Europe/Lisbon, stores: [S1, S2] }: its own zone, the stores it may name
          ecom: {}                        # { grace: 2 hours, burns: none, on_burn: burn }: transit, never tells what was burned, what it is told
        integration: separate             # codes in other systems: real_time | asynchronous | separate | identification
        burns: { foreign_card: burn, after_expiry: burn, local_assignment: free }     # or refuse, refuse, charge
        rewards: []                       # or files of rewards; every reward has an owner, who makes its codes:
        #  - id: r25
        #    name: 25 euro voucher
        #    type: value                  # badge | voucher | coupon | gift_code | discount_code | free_delivery | percentage | product | custom
        #    cost_points: 100             # or by tier: { bronze: 120, silver: 100, gold: 80 }
        #    value: 25.00
        #    owner: pos                   # program: Nightjar makes the codes
        #    mirrors: [ecom]              # where they must be known too, with the integration real_time or asynchronous
        #    valid: { for: 1 year }       # or { from: 2026-01-01, to: 2026-12-31 }
        #    limits: { total: none, per_member: 1 }
        #    target: { tiers: [silver, gold] }
        #    min_purchase: 50.00
        #    stock: { threshold: 350, refill_to: 1000, renewal: generated }           # manual | program | at_grant
        workflows: []                     # - { event: birthday, assign: r25 } | { event: order_over, where: { amount_over: 200.00 }, assign: r25 }
        privacy:
          codes: masked                   # in reports: their last four characters | full
          keep: { rejects: 90 days, archive: 2 years }    # refused lines; archived and refused files. none: for ever

        """
}
