import Foundation
import Loyalty
import Runner
import Settings
import Tabular

@testable import Intake

extension FuzzTarget {
    /// Files of every record kind and layout: each gets a verdict, the same one each time, and what is refused comes back
    /// from its rejects file line by line.
    static let records = FuzzTarget(
        name: "records", files: ["drops/"],
        bestDial: bestLayout
    ) { input in
        var input = input
        let layout = input.pick(layouts)
        let path = ScratchFile.write(input.bytes)
        let entry = try ingest(path, layout)
        let again = try ingest(path, layout)
        require(
            entry.verdict == again.verdict && entry.refusals.count == again.refusals.count,
            "\(entry), then \(again)")
        require(entry.verdict != .refused || entry.refusal != nil, "refused for no reason")
        guard !entry.refusals.isEmpty else { return }
        try requireRejects(of: entry, layout, input.bytes)
    }

    /// The layout that takes the most lines of a file.
    @Sendable private static func bestLayout(_ bytes: [UInt8]) throws -> [UInt8] {
        let path = ScratchFile.write(bytes)
        let good = try layouts.map { layout in
            let entry = try ingest(path, layout)
            return entry.verdict == .refused ? -1 : entry.linesRead - entry.refusals.count
        }
        return [UInt8(good.indices.max { good[$0] < good[$1] } ?? 0)]
    }

    /// Reads what was refused again.
    private static func requireRejects(
        of entry: IngestedFile, _ layout: Layout, _ bytes: [UInt8]
    ) throws {
        let folder = ScratchFile.path + "-rejects"
        try RejectsFile(folder: folder, limits: limits).write(entry, layout: layout)
        let again = try ingest("\(folder)/\(entry.file.path)", layout)
        // What a quote spans can't be told apart any more once the lines around it are gone; and a line feed that was text
        // where carriage returns end lines ends one now.
        let damage: Set<Reason> = [.badEncoding, .badQuote, .lineTooLong, .tooManyFields, .badJSON]
        var isDamaged = bytes.contains(13)
        try entry.refusals.read { isDamaged = isDamaged || damage.contains($0.reason) }
        guard !isDamaged else { return }
        require(
            again.isCorrected && again.linesRead == entry.refusals.count,
            "\(entry.refusals.count) lines were refused, of which \(again) reads \(again.linesRead)"
        )
    }

    fileprivate static let limits = FileIngest.Limits(
        expansion: ExpansionLimits(bytes: 1 << 22, ratio: 200), lineBytes: 1 << 12, fieldCount: 64)

    fileprivate static func ingest(
        _ path: String, _ layout: Layout, manifest: String? = nil
    ) throws -> IngestedFile {
        var terms = CodeTerms()
        terms.systems = [.init(name: "till"), .init(name: "shop")]
        terms.integration = .asynchronous
        let context = FileContext(
            file: 0, layout: layout, constants: [["system": "till"]], program: .plain, codes: terms,
            rewards: ["bon-5", "bon-10"], systemZone: { _ in nil }, day: CivilDate(days: 20_773),
            isStrict: false, spillFolder: "/tmp")
        var file = InboxFile(
            path: "in.csv", location: path, bytes: 0, modifiedAt: 0, evidence: "none",
            isClaimed: false)
        file.manifest = manifest
        return try FileIngest(limits: limits, maxRejectsPercent: 100, maxRejectsLines: .max).read(
            file, job: "job", context: context, into: Batches(tiers: ["silver", "gold"])
        ) { _ in false }
    }

    /// Every layout that there is without one of a retailer, those of the samples, and one with a trailer.
    private static let layouts: [Layout] = {
        var layouts = RecordKind.allCases.map { Layout.canonical($0) } + Layout.builtIn
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: Repository.samples + "layouts")
        for name in (names ?? []).sorted() {
            let path = Repository.samples + "layouts/" + name
            if let source = try? SettingsSource(name: name, path: path),
                let layout = try? LayoutFile.read(source)
            {
                layouts.append(layout)
            }
        }
        var totals = Layout.canonical(.orders)
        totals.trailer = Layout.Trailer(starts: "T", rows: 2, sums: ["line_amount": 3])
        totals.orderKey = [.storeID, .terminalID, .businessDate, .orderID]
        layouts.append(totals)
        var scattered = Layout.canonical(.orders)
        scattered.isContiguous = false
        scattered.format = .jsonLines
        layouts.append(scattered)
        var cards = Layout.canonical(.members)
        cards.encoding = .utf16
        cards.check = .ean13
        cards.cardPattern = "2[0-9]{12}"
        layouts.append(cards)
        var codes = Layout.canonical(.codes)
        codes.encoding = .windows1252
        codes.codePattern = "[A-Z0-9]{2,4}(-[A-Z0-9]{2,4})*"
        layouts.append(codes)
        return layouts
    }()

    /// Packed files: whatever the room there is for what they expand to, it is the same, and never more than is allowed.
    static let packed = FuzzTarget(
        name: "packed", files: [".gz", ".zst"]
    ) { input in
        var input = input
        let room = input.pick([1, 7, 64, 4096])
        let limits = ExpansionLimits(bytes: 1 << 21, ratio: input.pick([2, 20, 200]))
        if let packing = Packing(input.bytes) {
            let whole = try expanded(input.bytes, packing, room: 1 << 16)
            let parts = try expanded(input.bytes, packing, room: room)
            let count = min(whole.bytes.count, parts.bytes.count)
            require(
                whole.bytes.prefix(count) == parts.bytes.prefix(count),
                "other bytes with room for \(room) at a time")
            // Of what is damaged, the last bytes are lost that came with the news of it.
            if whole.bytes.count < mostExpanded, parts.bytes.count < mostExpanded {
                require(
                    whole.isWhole == parts.isWhole && (whole.isWhole == nil || whole == parts),
                    "\(whole.bytes.count) bytes, with room for \(room) at a time \(parts.bytes.count)"
                )
            }
        }
        let source = try FileSource(path: ScratchFile.write(input.bytes), limits: limits)
        var count = 0
        do {
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
            defer { room.deallocate() }
            while case let more = try source.read(into: room), more > 0 { count += more }
            require(try source.finish().bytes == input.bytes.count, "another number of bytes")
        } catch is FileRefusal {}
        require(count <= limits.bytes, "\(count) bytes came")
    }

    private static let mostExpanded = 1 << 12

    private struct Expanded: Equatable {
        var bytes: [UInt8] = []
        /// Nil where it is damaged.
        var isWhole: Bool?
    }

    private static func expanded(_ bytes: [UInt8], _ packing: Packing, room: Int) throws -> Expanded
    {
        var result = Expanded()
        let expander = try packing.expander()
        var bytes = bytes
        var output = [UInt8](repeating: 0, count: room)
        var (taken, isFull) = (0, false)
        do {
            while taken < bytes.count || (isFull && !expander.isWhole),
                result.bytes.count < mostExpanded
            {
                let step = try bytes.withUnsafeMutableBufferPointer { input in
                    try output.withUnsafeMutableBufferPointer { output in
                        guard let from = input.baseAddress, let to = output.baseAddress else {
                            return (taken: 0, given: 0)
                        }
                        return try expander.expand(
                            from + taken, input.count - taken, into: to, room: room)
                    }
                }
                taken += step.taken
                isFull = step.given == room
                result.bytes += output[..<step.given]
            }
            result.isWhole = expander.isWhole
        } catch is FileRefusal {}
        return result
    }

    /// Manifests: one that is taken is a JSON object, and what it says is what the file is held against.
    static let manifest = FuzzTarget(
        name: "manifest",
        seeds: [
            #"{"bytes":120,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","rows":2}"#,
            #"{"rows":2,"sums":{"line_amount":"12.50","quantity":3}}"#,
            #"{"as_of":"2026-11-16T23:59:59+01:00","rows":2,"other":[{"a":null}]}"#,
            #"{"rows":"2","sums":{"line_amount":-1e5},"as_of":"2026-11-16T23:59:59"}"#,
        ], files: [".manifest"]
    ) { input in
        let path = ScratchFile.write(input.bytes, ending: ".manifest")
        let orders = ScratchFile.write(
            Array(
                """
                order_id,ordered_at,card_code,quantity,line_amount
                1,2026-11-16T10:00:00,2900041368726,1,10.00
                2,2026-11-16T10:01:00,2900041368726,2,2.50

                """.utf8))
        let entry = try ingest(orders, .canonical(.orders), manifest: path)
        let manifest: Manifest
        do {
            manifest = try Manifest(path: path)
        } catch let refusal as FileRefusal {
            require(entry.refusal?.reason == refusal.reason, "\(refusal), then \(entry)")
            return
        }
        let object = try JSONSerialization.jsonObject(with: Data(input.bytes)) as? [String: Any]
        require((object?["rows"] as? Int) == manifest.rows, "rows: \(manifest)")
        require((object?["bytes"] as? Int) == manifest.bytes, "bytes: \(manifest)")
        if entry.verdict == .ingested {
            require(manifest.rows ?? 2 == 2, "\(manifest) has other rows")
            for (name, sum) in manifest.sums {
                let total: Decimal = name == "line_amount" ? 12.5 : name == "quantity" ? 3 : .nan
                require(Decimal(string: sum) == total, "\(name) sums to \(sum)")
            }
        }
    }

    /// Cards and codes: a check digit is that of the rule as it is told, and what a pattern takes is text without what
    /// damages files.
    static let cards = FuzzTarget(
        name: "cards",
        seeds: [
            "2900041368726", "79927398713", "B5-K7M-1003", "2.9E+12", "=A1", "4006381333931",
            "AA-AA-AA-AA-AA-!",
        ]
    ) { input in
        var input = input
        var layout = Layout.canonical(.members)
        layout.check = input.pick([nil, .ean13, .luhn])
        layout.cardPattern = input.pick([nil, "2[0-9]{12}", "([A-Z0-9]+-?)+", "(a|aa)+b?"])
        layout.codePattern = input.pick([nil, "[A-Z0-9]{2,4}(-[A-Z0-9]{2,4})*", "([A-Z]+)*[0-9]"])
        let (cards, codes) = (try CardSyntax(layout), try CodeSyntax(layout))
        with(input.bytes) { text in
            let digits = input.bytes.map { Int($0) - 48 }
            let isNumber = !digits.isEmpty && digits.allSatisfy { 0...9 ~= $0 }
            if cards.flaw(of: text) == nil, !digits.isEmpty {
                switch layout.check {
                case .ean13:
                    let sum = zip(digits, [1, 3] + Array(repeating: [1, 3], count: 9).joined()).map(
                        *
                    ).reduce(0, +)
                    require(
                        isNumber && digits.count == 13 && sum % 10 == 0, "no EAN-13: \(text.string)"
                    )
                case .luhn:
                    let sum = zip(digits.reversed(), (0...).lazy.map { $0 % 2 == 0 ? 1 : 2 })
                        .map { $0 * $1 }.reduce(0) { $0 + $1 / 10 + $1 % 10 }
                    require(isNumber && sum % 10 == 0, "no Luhn: \(text.string)")
                case nil: break
                }
            }
            if codes.flaw(of: text) == nil {
                require(
                    input.bytes.allSatisfy { $0 > 32 && $0 != 34 && $0 != 44 && $0 != 127 }
                        && (1...255).contains(input.bytes.count), "a code: \(text.string)")
            }
        }
    }
}

extension Program {
    /// A running program in euros, one account and one tier.
    fileprivate static let plain = Program(
        name: "fuzz", timezone: "Europe/Paris", currency: Currency(code: "EUR", decimals: 2),
        status: .running, opensOn: CivilDate(days: 0), earnsFrom: nil, earnsTo: nil,
        earnOn: .gross, returnsBy: .earner, missingOrder: .park, accounts: [Account(kind: .spend)],
        tiers: [.nameless])
}

/// This repository.
enum Repository {
    static let samples =
        URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/samples/"
}
