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
    init(
        _ text: String, _ layout: Layout, constants: [String: String] = ["system": "pos"],
        program: Program = .plain, stores: [String: [String]] = [:],
        into batches: Batches = Batches(tiers: ["silver", "gold"]), file: Int32 = 0
    ) throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(text, to: "file.csv")
        let context = FileContext(
            file: file, layout: layout, constants: [constants], program: program, stores: stores,
            systemZone: { _ in nil }, day: try #require(CivilDate("2026-11-16")), isStrict: false)
        let ingest = FileIngest(
            limits: FileIngest.Limits(
                expansion: ExpansionLimits(bytes: .max, ratio: .max), lineBytes: 1 << 20,
                fieldCount: 512), maxRejectsPercent: 100, maxRejectsLines: 100)
        self.batches = batches
        entry = try ingest.read(
            InboxFile(checking: path), job: "job", context: context, into: batches
        ) { _ in false }
    }

    /// `line reason` of each refused line, or why the file is refused.
    var refusals: [String] {
        if let refusal = entry.refusal { return [refusal.reason.rawValue] }
        return entry.refusals.map { "\($0.line) \($0.reason.name)" }
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

    /// The orders that the orders name.
    var originals: [String] { batches.orders.orders.map(\.original.string) }

    var contents: [ContentHash] { batches.orders.orders.map(\.content) }
}

extension Layout {
    /// The canonical layout of orders with something changed.
    static func orders(_ change: (inout Layout) -> Void) -> Layout {
        var layout = Layout.canonical(.orders)
        change(&layout)
        return layout
    }
}

extension Program {
    static func earning(on earnOn: EarnOn) -> Program {
        var program = Program.plain
        program.earnOn = earnOn
        return program
    }
}
