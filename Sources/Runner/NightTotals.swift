internal import Intake
internal import Ledger
internal import Loyalty

/// The figures of a night, in the order of its summary, and what must agree among them.
enum NightTotals {
    /// The summary: lines and orders of the order files, then points by account.
    static func summary(
        _ files: [IngestedFile], _ orders: OrderTotals, _ accounts: [AccountTotals],
        _ program: Program
    ) -> [(name: String, value: Int64)] {
        let files = files.filter(\.records.isOfOrders)
        var lines = VerdictCounts()
        for file in files { lines += file.counts }
        func count(_ name: String, _ value: Int) -> (name: String, value: Int64) {
            (name, Int64(value))
        }
        var totals = [
            count("lines_read", files.reduce(0) { $0 + $1.linesRead }),
            count("lines_accepted", lines[.accepted]),
            count("lines_duplicate", lines[.duplicate]),
            count("lines_correction", lines[.correction]),
            count("lines_parked", lines[.parked]),
            count("lines_rejected", lines[.rejected]),
            count("lines_conflict", lines[.conflict]),
            count("orders_accepted", orders.new),
            count("orders_duplicate", orders.duplicate),
            count("orders_corrected", orders.correction),
            count("orders_conflict", orders.conflict),
            count("orders_anonymous", orders.anonymous),
            count("orders_unmatched", orders.unmatched),
            count("orders_not_active", orders.notActive),
            count("orders_missing_order", orders.missingOrder),
            count("orders_later_day", orders.laterDay),
            count("orders_released", orders.released),
            count("orders_given_up", orders.givenUp),
            count("orders_voided", orders.voided),
            count("orders_withdrawn", orders.withdrawn),
            count("orders_never_earn", orders.neverEarn),
            count("orders_card_expired", orders.cardExpired),
        ]
        for (account, sums) in zip(program.accounts, accounts) {
            totals += points(account.kind, sums)
        }
        return totals
    }

    /// The prefix of an account's names: none for `spend`.
    static func prefix(_ account: Account.Kind) -> String {
        account == .spend ? "" : "status_"
    }

    /// What is taken is shown positive.
    private static func points(
        _ account: Account.Kind, _ sums: AccountTotals
    ) -> [(name: String, value: Int64)] {
        let uncovered = sums[.returnUncovered] + sums[.redeemUncovered] + sums[.adjustUncovered]
        let values: [(String, Points)] = [
            ("points_opening", sums.opening), ("points_accrued", sums[.accrue]),
            ("points_reversed", -sums[.reverse]), ("points_returned", -sums[.return]),
            ("points_redeemed", -sums[.redeem]), ("points_expired", -sums[.expire]),
            ("points_refunded", sums[.refund]), ("points_adjusted", sums[.adjust]),
            ("points_capped", -sums[.cap]), ("points_merged", sums[.merge]),
            ("points_uncovered", -uncovered), ("points_closing", sums.closing),
        ]
        return values.map { (prefix(account) + $0.0, $0.1) }
    }

    /// Whether postings are those of the summary, a sentence a difference.
    ///
    /// - Parameters:
    ///   - place: where the postings were read.
    ///   - sum: their sum by account and kind.
    static func differences(
        in place: String, _ sum: (Account.Kind, Posting.Kind) -> Points,
        _ totals: [(name: String, value: Int64)], _ program: Program
    ) -> [String] {
        let kinds: [(name: String, kinds: [Posting.Kind], sign: Points)] = [
            ("points_accrued", [.accrue], 1), ("points_reversed", [.reverse], -1),
            ("points_returned", [.return], -1), ("points_redeemed", [.redeem], -1),
            ("points_expired", [.expire], -1),
            ("points_refunded", [.refund], 1), ("points_adjusted", [.adjust], 1),
            ("points_capped", [.cap], -1), ("points_merged", [.merge], 1),
            ("points_uncovered", [.returnUncovered, .redeemUncovered, .adjustUncovered], -1),
        ]
        var differences: [String] = []
        for account in program.accounts {
            for (name, kinds, sign) in kinds {
                let name = prefix(account.kind) + name
                let posted = sign * kinds.reduce(0) { $0 + sum(account.kind, $1) }
                guard let total = totals.first(where: { $0.name == name })?.value, total != posted
                else {
                    continue
                }
                differences.append(
                    "\(place): \(name) sums to \(posted), the night posted \(total)")
            }
        }
        return differences
    }

    /// What doesn't agree, a sentence each; none when all is well.
    static func differences(
        _ files: [IngestedFile], _ accounts: [AccountTotals], _ program: Program
    ) -> [String] {
        var differences: [String] = []
        for file in files where file.verdict == .ingested && file.linesRead != file.counts.total {
            differences.append(
                "\(file.file.path): \(file.linesRead) lines read, \(file.counts.total) judged")
        }
        for (account, sums) in zip(program.accounts, accounts) {
            let uncovered =
                sums[.returnUncovered] + sums[.redeemUncovered] + sums[.adjustUncovered]
            let posted = sums.byKind.reduce(0, +) - uncovered
            if sums.opening + posted != sums.closing {
                differences.append(
                    "\(account.kind): opening \(sums.opening) + postings \(posted) is not closing "
                        + "\(sums.closing)")
            }
        }
        return differences
    }
}
