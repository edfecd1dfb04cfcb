internal import Loyalty
internal import Storage

/// What burns of a reward's codes are judged by: the few things of it that a line needs.
struct BurnTerms {
    /// The systems that must know its codes besides their owner.
    var mirrors: Set<Int32>
    /// Where its codes may be burned; empty: everywhere.
    var channels: [ByteText]
    var lastDay: CivilDate
    /// Minor units.
    var minPurchase: MinorUnits?
    var value: MinorUnits?
    var cost: Points
    var costByTier: [String: Points]

    init(_ reward: Reward, _ register: Register) throws {
        mirrors = Set(try reward.mirrors.map { try register.system($0) })
        channels = reward.channels.map { register.texts.copy($0) }
        lastDay = reward.lastDay
        minPurchase = reward.minPurchase
        value = reward.value
        cost = reward.cost
        costByTier = reward.costByTier
    }

    func cost(tier: String) -> Points { costByTier[tier] ?? cost }
}

/// The systems that report burns, by the store's integers.
struct BurnSystems {
    private(set) var names: [Int32: ByteText] = [:]
    /// By the batch's index.
    private(set) var ids: [Int32] = []

    /// New systems get their integers in the order of their names, whatever file was read first.
    init(_ batch: CodeBatch, _ register: Register, _ connection: Connection) throws {
        var known: [Int32: ByteText] = [:]
        try connection.forEach("SELECT id, name FROM code_system") {
            known[Int32($0.integer(0))] = register.texts.copy($0.text(1))
        }
        names = known
        ids = [Int32](repeating: 0, count: batch.names.texts.count)
        let reporting = Set(batch.burns.map(\.system)).sorted {
            batch.names.texts[Int($0)] < batch.names.texts[Int($1)]
        }
        for index in reporting {
            let name = batch.names.texts[Int(index)]
            let id = try register.system(name.string)
            ids[Int(index)] = id
            names[id] = name
        }
    }

    func name(_ system: Int32, or none: ByteText) -> ByteText { names[system] ?? none }
}
