import Loyalty
import TestSupport

/// The register's rules for burns once more, over all reports at once and without nights: written to be read.
struct BurnTwin {
    struct Report {
        var id: String
        var code: String
        var minute: Int
        var system: String
        var card: String
        var order: String
        var isReversal: Bool
        /// The night it comes in: days after the first.
        var night: Int

        /// As `BurnNights` reads it.
        var line: String {
            let day = 14 + minute / 1440
            let clock = "\(two(minute / 60 % 24)):\(two(minute % 60))"
            return "\(id) \(code) at 2024-03-\(day)T\(clock) system \(system) order \(order)"
                + (card.isEmpty ? "" : " card \(card)") + (isReversal ? " reverse" : "")
        }

        private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    }

    /// What a register may hold before the first report, and the last good day of it.
    enum Code: CaseIterable {
        case available, assigned, short, shortAssigned, burned, voided, unknown

        /// As `BurnNights` reads it; nil for one that no file names.
        func line(_ code: String) -> String? {
            switch self {
            case .available: "\(code) r25"
            case .assigned: "\(code) r25 state assigned card C1"
            case .short: "\(code) free until 2024-03-15"
            case .shortAssigned: "\(code) free state assigned card C2 until 2024-03-15"
            case .burned: "\(code) free state burned"
            case .voided: "\(code) free state voided"
            case .unknown: nil
            }
        }

        var ends: Bool { self == .short || self == .shortAssigned }
    }

    /// `burned pos B1` by code: its state and the burn that stands.
    private(set) var states: [String: String] = [:]
    /// By report.
    private(set) var outcomes: [String: String] = [:]

    init(_ codes: [String: Code], _ reports: [Report]) {
        for (code, kind) in codes {
            let ours = reports.filter { $0.code == code }
            judge(code, kind, ours.filter { !$0.isReversal }, ours.filter(\.isReversal))
        }
    }

    private mutating func judge(
        _ code: String, _ kind: Code, _ burns: [Report], _ reversals: [Report]
    ) {
        func say(_ reports: [Report], _ outcome: String) {
            for report in reports { outcomes[report.id] = outcome }
        }
        if kind == .unknown {
            say(burns + reversals, "unknown_code")
            states[code] = "unknown"
            return
        }
        if kind == .voided {
            say(burns, "voided")
            say(reversals, "unknown_burn")
            states[code] = "voided - -"
            return
        }
        let orders = Set(reversals.map(\.order))
        let uses = burns.filter { !orders.contains($0.order) }
            .sorted { ($0.minute, $0.id, $0.system) < ($1.minute, $1.id, $1.system) }
        let used = Set(burns.map(\.order))
        say(burns, "reversed")
        say(reversals.filter { used.contains($0.order) }, "reversed")
        say(reversals.filter { !used.contains($0.order) }, "unknown_burn")
        say(uses, "double_burn")
        if kind == .burned {
            states[code] = "burned - -"
        } else if let first = uses.first {
            outcomes[first.id] = "burned"
            states[code] = "burned \(first.system) \(first.id)"
        } else if kind.ends {
            states[code] = "expired - -"
        } else {
            let wasOpen = kind == .available && burns.isEmpty
            states[code] = wasOpen ? "available - -" : "assigned - -"
        }
    }

    /// Reports of every kind, in the nights of four days.
    static func reports(_ codes: [String], _ random: inout SplitMix64) -> [Report] {
        var reports: [Report] = []
        for number in 0..<random.int(1...40) {
            let minute = random.int(0...(4 * 1440 - 1))
            var report = Report(
                id: "B\(number)", code: random.pick(codes), minute: minute,
                system: random.pick(["pos", "ecom"]),
                card: random.pick(["", "C1", "C2", "C3", "C404"]), order: "T\(number)",
                isReversal: false, night: random.int(minute / 1440...3))
            if random.oneIn(6), let other = reports.last { report.minute = other.minute }
            report.night = max(report.night, report.minute / 1440)
            let isBurned = !random.oneIn(10)
            if isBurned { reports.append(report) }
            if !isBurned || random.oneIn(3) {
                report.id = "R\(number)"
                report.isReversal = true
                report.minute = min(report.minute + random.int(0...600), 4 * 1440 - 1)
                report.night = random.int(report.minute / 1440...3)
                reports.append(report)
            }
        }
        return reports
    }
}
