internal import Loyalty
internal import Storage

/// Which terms an order earns at: tonight's terms of the tier that its member had on its date.
struct TierTerms {
    /// The integer of tonight's terms, by the integer of a tier.
    private var termsOfTier: [Int32: Int32] = [:]
    private let entryTier: Int32
    private let entryTerms: Int32
    private let history: Statement
    private let day: CivilDate
    /// All terms of the store, by their integer: what the fold's events point into.
    let all: [Terms]

    init(_ program: Program, day: CivilDate, _ connection: Connection) throws {
        let names = Names(connection)
        for tier in program.tiers {
            termsOfTier[try names.tier(tier.name)] = try names.terms(Terms(program, tier: tier))
        }
        entryTier = try names.tier(program.tiers[0].name)
        entryTerms = termsOfTier[entryTier] ?? 0
        all = try names.allTerms()
        self.day = day
        history = try connection.prepare(
            """
            SELECT tier FROM member_tier WHERE member = ? AND since < ?
            ORDER BY since DESC LIMIT 1
            """)
    }

    /// Terms for an order of this date: on time, those of the member's tier tonight; late, of the tier
    /// at the end of the day before its date (the entry tier before the first).
    func terms(of holder: CardDirectory.Holder, on date: CivilDate) throws -> Int32 {
        guard date < day else { return termsOfTier[holder.tier] ?? entryTerms }
        history.reset()
        history.bind(Int64(holder.member), at: 1)
        history.bind(date, at: 2)
        let tier = try history.step() ? Int32(history.integer(0)) : entryTier
        return termsOfTier[tier] ?? entryTerms
    }
    /// Terms for what an exchange brought back, where what it sold earns nothing: those of its card, else
    /// of the member whose points it takes.
    func terms(
        ofBack row: OrderRow, for member: Int32, _ registry: OrderRegistry
    ) throws -> Int {
        guard let holder = try registry.holder(of: row.member > 0 ? row.member : member) else {
            return 0
        }
        return Int(try terms(of: holder, on: row.date))
    }
}
