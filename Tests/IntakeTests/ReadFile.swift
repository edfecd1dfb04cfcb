import Foundation
import Intake
import Loyalty
import TestSupport
import Testing

/// One file read as a night reads it, and what came of it.
struct ReadFile {
    let entry: IngestedFile
    let batches: Batches

    /// - Parameters:
    ///   - batches: where the records go; those of another file may be there.
    ///   - file: the file's index among tonight's.
    ///   - isKnown: whether the file was ingested before.
    ///   - sortBytes: what sorting its lines may take.
    init(
        _ text: String, _ layout: Layout, constants: [String: String] = ["system": "pos"],
        program: Program = .plain, systems: Set<String> = [], stores: [String: [String]] = [:],
        codes: CodeTerms = .twoSystems, rewards: Set<String> = ["r25", "r10", "MY-REWARD"],
        zones: [String: String] = [:],
        into batches: Batches = Batches(tiers: ["silver", "gold"]), file: Int32 = 0,
        isKnown: Bool = false, sortBytes: Int = 64 << 20
    ) throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(text, to: "file.csv")
        let context = FileContext(
            file: file, layout: layout, constants: [constants], program: program, systems: systems,
            stores: stores, codes: codes, rewards: rewards, systemZone: { zones[$0] },
            day: try #require(CivilDate("2026-11-16")), isStrict: false,
            sortBytes: sortBytes)
        let ingest = FileIngest(
            limits: FileIngest.Limits(
                expansion: ExpansionLimits(bytes: .max, ratio: .max), lineBytes: 1 << 20,
                fieldCount: 512), maxRejectsPercent: 100, maxRejectsLines: 100)
        self.batches = batches
        entry = try ingest.read(
            InboxFile(checking: path), job: "job", context: context, into: batches
        ) { _ in isKnown }
    }

    /// `line reason` of each refused line, or why the file is refused.
    var refusals: [String] {
        if let refusal = entry.refusal { return [refusal.reason.rawValue] }
        var lines: [String] = []
        do {
            try entry.refusals.read { lines.append("\($0.line) \($0.reason.name)") }
        } catch {
            lines.append("\(error)")
        }
        return lines
    }

    /// `id kind net base`, and `paid` and `back` where an order has them.
    var orders: [String] {
        batches.orders.orders.map { order in
            var words = ["\(order.id.string) \(order.kind) \(order.net) \(order.base)"]
            if order.extra >= 0 {
                let extra = batches.orders.extras[Int(order.extra)]
                if extra.pointsPaid > 0 { words.append("paid \(extra.pointsPaid)") }
                if extra.returnBase > 0 { words.append("back \(extra.returnBase)") }
            }
            return words.joined(separator: " ")
        }
    }

    /// `code reward state`, and what else a line says: `until`, `from`, `points`, `card`, `given`, `used`.
    var codes: [String] {
        let batch = batches.codes
        return batch.codes.map { line in
            var words = [line.code.string, batch.names.texts[Int(line.reward)].string]
            words.append(line.state.map { "\($0)" } ?? "-")
            if line.expiresOn != Lot.never { words.append("until \(line.expiresOn)") }
            if let day = line.validFrom { words.append("from \(day)") }
            if let points = line.points { words.append("points \(points)") }
            if !line.card.isEmpty { words.append("card \(line.card.string)") }
            if let at = line.assignedAt { words.append("given \(clock(at))") }
            if let at = line.burnedAt { words.append("used \(clock(at))") }
            return words.joined(separator: " ")
        }
    }

    /// The orders that the orders name.
    var originals: [String] { batches.orders.orders.map(\.original.string) }

    var contents: [ContentHash] { batches.orders.orders.map(\.content) }
}

/// A time on the program's clocks: `2026-11-16 18:22`, with seconds where there are any.
func clock(_ at: LocalSeconds) -> String {
    let day = CivilDate(local: at)
    let second = at - day.midnight
    func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let text = "\(day) \(two(second / 3600)):\(two(second / 60 % 60))"
    return second % 60 == 0 ? text : text + ":" + two(second % 60)
}

extension Layout {
    /// The canonical layout of orders with something changed.
    static func orders(_ change: (inout Layout) -> Void) -> Layout {
        var layout = Layout.canonical(.orders)
        change(&layout)
        return layout
    }
}

extension CodeTerms {
    /// Two systems that hear of one another's codes.
    static var twoSystems: CodeTerms {
        var terms = CodeTerms()
        terms.systems = [System(name: "pos"), System(name: "ecom")]
        terms.integration = .asynchronous
        return terms
    }
}

extension Program {
    static func earning(on earnOn: EarnOn) -> Program {
        var program = Program.plain
        program.earnOn = earnOn
        return program
    }
}
