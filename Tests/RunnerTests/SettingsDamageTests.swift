import Intake
import Runner
import Settings
import Testing

/// Damaged files: whatever stands in them, the answer is a value or located errors.
@Suite struct SettingsDamageTests {
    private static let samples = [
        """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01
        night: { starts: "02:30", until: "07:00" }
        accounts:
          spend: { ratio: 0.5, hold_days: 14, expiry: { after: 1 year } }
        tiers: [{ name: gold, multiplier: { spend: 1.5 } }]
        limits: { expanded: 1 GiB, ratio: none }
        integration: asynchronous
        systems: { pos: { grace: 6 hours, burns: none }, ecom: { on_burn: burn, renew_after: 3 days } }
        fields: { rewards: [{ name: least, type: number }] }
        burns: { foreign_card: refuse, local_assignment: charge }
        rewards:
          - { id: r25, name: 25 euro, type: value, cost_points: { gold: 80 }, value: 25.00, owner: pos,
              mirrors: [ecom], valid: { for: 1 year }, limits: { per_member: 1 }, target: { tiers: [gold] },
              min_purchase: { field: least }, custom_fields: { least: 50 },
              stock: { threshold: 350, refill_to: 1000, renewal: manual }, texts: { pl: { name: Bon } } }
        workflows: [{ event: order_over, where: { amount_over: 200.00 }, assign: r25 }]
        """,
        """
        version: 1
        job: ingest-orders
        kind: ingest
        records: orders
        files: "orders-{system}-{date}*.csv*"
        after: [members]
        constants: { channel: pos }
        settle: { quiet: 0, require: marker }
        """,
        """
        version: 1
        layout: acme
        records: orders
        dates: { ordered_at: "yyyy-MM-dd'T'HH:mm:ss" }
        values: { kind: { sell: sale, "*": other } }
        delimiter: "\\t"
        """,
    ]

    /// SplitMix64: the same damage for the same seed, everywhere.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private func damaged(_ text: String, _ dice: inout Dice) -> [UInt8] {
        let marks = Array("&*!|>%@`'\"#,[]{}:?-\\\t\n <~0".utf8) + [0x00, 0xC3, 0xFF]
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &dice) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &dice)
            let mark = marks[Int.random(in: 0..<marks.count, using: &dice)]
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes[place] = mark
            case 1: bytes.insert(mark, at: place)
            case 2: bytes.remove(at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 12))
            }
        }
        return bytes
    }

    @Test(arguments: 0..<8) func `damage is located, never fatal`(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        for _ in 0..<250 {
            for (index, sample) in Self.samples.enumerated() {
                let source = SettingsSource(name: "a.yaml", bytes: damaged(sample, &dice))
                do {
                    switch index {
                    case 0: _ = try ProgramFile(source)
                    case 1: _ = try JobFile(source)
                    default: _ = try LayoutFile.read(source)
                    }
                } catch let error as SettingsErrors {
                    #expect(error.errors.allSatisfy { $0.line > 0 && $0.column > 0 })
                }
            }
        }
    }
}
