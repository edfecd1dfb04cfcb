import Ledger
import Loyalty
import Testing

@testable import Runner

@Suite struct NightTotalsTests {
    private let program = Program(
        name: "p", timezone: "UTC", currency: Currency(code: "EUR", decimals: 2), status: .running,
        opensOn: CivilDate(days: 20_000), earnsFrom: nil, earnsTo: nil, earnOn: .gross,
        returnsBy: .earner, missingOrder: .park,
        accounts: [Account(kind: .spend), Account(kind: .status)], tiers: [.nameless])

    private func totals(opening: Points, closing: Points, accrued: Points) -> AccountTotals {
        var totals = AccountTotals()
        totals.opening = opening
        totals.closing = closing
        totals.byKind[Int(Posting.Kind.accrue.rawValue)] = accrued
        totals.byKind[Int(Posting.Kind.expire.rawValue)] = -30
        totals.byKind[Int(Posting.Kind.returnUncovered.rawValue)] = -7
        return totals
    }

    @Test func `opening and postings are closing, and what no lot covered is in neither`() {
        let good = totals(opening: 100, closing: 120, accrued: 50)
        #expect(NightTotals.differences([], [good, good], program).isEmpty)
    }

    @Test func `a point too many is named with its account`() {
        let good = totals(opening: 100, closing: 120, accrued: 50)
        let bad = totals(opening: 100, closing: 121, accrued: 50)
        #expect(
            NightTotals.differences([], [good, bad], program) == [
                "status: opening 100 + postings 20 is not closing 121"
            ])
    }

    @Test func `the summary names the second account and shows what is taken as positive`() {
        let sums = totals(opening: 100, closing: 120, accrued: 50)
        let summary = NightTotals.summary([], OrderTotals(), [sums, sums], program)
        let values = Dictionary(uniqueKeysWithValues: summary.map { ($0.name, $0.value) })
        #expect(values["points_expired"] == 30)
        #expect(values["status_points_uncovered"] == 7)
        #expect(values["status_points_closing"] == 120)
        #expect(summary.first?.name == "lines_read")
    }
}
