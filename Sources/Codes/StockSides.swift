internal import Loyalty
internal import Storage

/// What a system says of one code.
struct Listing {
    var status: CodeState
    /// The store's integer; 0 where nobody says, -1 for one that no program knows.
    var reward: Int32
    var card: ByteText
    var expiresOn: CivilDate
    /// Where it says so.
    var file: Int64
    var line: Int32
    var asOf: LocalSeconds

    var isOpen: Bool { status.isOpen }
}

/// A system whose stock is compared tonight.
struct StockSide {
    var name: String
    /// The store's integer.
    var id: Int32
    var terms: CodeTerms.System
    /// The moment that its list shows; of several files the earliest.
    var asOf: LocalSeconds
    /// Codes that it listed, each once.
    var listed: Int64 = 0

    /// What the register did after this may not have come there yet.
    var transitSince: LocalSeconds { asOf - LocalSeconds(terms.grace) }
}

/// The stocks of all systems that are compared, met code by code.
final class StockSides {
    private struct File {
        var side: Int
        var asOf: LocalSeconds
        var id: Int64
        var reader: RunReader
    }

    private(set) var sides: [StockSide] = []
    /// What each side says of the code at hand; nil where it doesn't list it.
    private(set) var listings: [Listing?] = []
    private var files: [File] = []
    /// The code that each file comes to next; nil at its end.
    private var heads: [ByteText?] = []
    /// By side, the rewards that its files are about; nil for all of them.
    private var covered: [Set<Int32>?] = []
    /// The store's integers of rewards by those of the batch.
    private let rewards: [Int32]

    /// Chooses what is compared: of each system and reward the newest file, unless it is older than the day or
    /// another one is of the same moment.
    ///
    /// - Parameter names: the texts that the files' lines point at.
    init(
        _ stocks: [Stock], _ terms: CodeTerms, day: CivilDate, rewards list: RewardList,
        names: [ByteText], id: (String) throws -> Int32
    ) throws {
        rewards = names.map { list.id(of: $0.string) ?? -1 }
        var newest: [String: Stock] = [:]
        var rivals: Set<String> = []
        for stock in stocks {
            let key = stock.system + "\u{1F}" + (stock.reward ?? "")
            if let other = newest[key], other.asOf >= stock.asOf {
                // Two lists of one moment: each may be half of it, or one of them is wrong.
                if other.asOf == stock.asOf, !stock.isRepeated { rivals.insert(key) }
                continue
            }
            rivals.remove(key)
            newest[key] = stock
        }
        for key in rivals { newest[key] = nil }
        // In the order of program.yaml.
        let order = terms.systems.map(\.name)
        func place(_ stock: Stock) -> Int { order.firstIndex(of: stock.system) ?? order.count }
        for (_, stock) in newest.sorted(by: {
            (place($0.value), $0.key) < (place($1.value), $1.key)
        }) {
            let system = terms.system(stock.system) ?? CodeTerms.System(name: stock.system)
            // The last moment of a day is that day's.
            guard system.reportsBurns, CivilDate(local: stock.asOf - 1) >= day else { continue }
            let side = try side(of: system, stock, id)
            if let reward = stock.reward {
                if let id = list.id(of: reward) { covered[side]?.insert(id) }
            } else {
                covered[side] = nil
            }
            let reader = stock.lines.reader()
            heads.append(try reader.next() ? reader.key : nil)
            files.append(File(side: side, asOf: stock.asOf, id: stock.file, reader: reader))
        }
        listings = Array(repeating: nil, count: sides.count)
    }

    private func side(
        of system: CodeTerms.System, _ stock: Stock, _ id: (String) throws -> Int32
    ) throws -> Int {
        if let known = sides.firstIndex(where: { $0.name == system.name }) {
            sides[known].asOf = min(sides[known].asOf, stock.asOf)
            return known
        }
        sides.append(
            StockSide(
                name: system.name, id: try id(system.name), terms: system, asOf: stock.asOf))
        covered.append([])
        return sides.count - 1
    }

    /// Whether a side's files tell of a reward.
    func covers(_ side: Int, _ reward: Int32) -> Bool {
        covered[side].map { $0.contains(reward) } ?? true
    }

    /// The least code that any side has still to tell of; valid until `next`.
    var code: ByteText? {
        var least: ByteText?
        for head in heads {
            guard let head else { continue }
            if let known = least, known <= head { continue }
            least = head
        }
        return least
    }

    /// Fills `listings` with what the sides say of a code.
    func look(at code: ByteText) {
        for side in listings.indices { listings[side] = nil }
        for index in heads.indices where heads[index] == code {
            let file = files[index]
            if let known = listings[file.side], known.asOf >= file.asOf { continue }
            let line = StockLine(code: code, packed: file.reader.body)
            listings[file.side] = Listing(
                status: CodeState(rawValue: line.status) ?? .voided,
                reward: line.reward < 0 ? 0 : rewards[Int(line.reward)], card: line.card,
                expiresOn: CivilDate(days: line.expiresOn), file: file.id, line: line.line,
                asOf: file.asOf)
        }
        for side in listings.indices where listings[side] != nil { sides[side].listed += 1 }
    }

    /// Goes behind a code that was looked at.
    func next(behind code: ByteText) throws {
        for index in heads.indices where heads[index] == code {
            let reader = files[index].reader
            heads[index] = try reader.next() ? reader.key : nil
        }
    }
}
