import Foundation
import Testing

/// The same order again, in another file, another night, with another content.
@Suite struct ReSentOrderTests {
    private static let tenOfA = BadNight.header + line("A") + "\n"

    @Test func `D-1: a file that comes twice in one night counts once`() throws {
        let night = try BadNight()
        try night.drop(Self.tenOfA, as: "orders-pos-2026-11-16-a.csv")
        try night.drop(Self.tenOfA, as: "orders-pos-2026-11-16-b.csv")
        #expect(try night.close() == [])
        let verdicts = try night.files().filter { $0.path.hasPrefix("orders") }.map(\.verdict)
        #expect(verdicts == ["ingested", "duplicate_file"])
        #expect(try night.postings() == ["C1 accrue A 10"])
    }

    @Test(arguments: [false, true])
    func `D-1: a file that comes again later, packed or not, counts nothing`(isPacked: Bool) throws
    {
        let night = try BadNight()
        try night.drop([line("A")])
        #expect(try night.close() == [])
        let again = Data(Self.tenOfA.utf8)
        try night.drop(isPacked ? again.gzipped : again, as: "orders-pos-2026-11-16-again.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.orders(BadNight.second)?.verdict == "duplicate_file")
        #expect(try night.postings(BadNight.second) == [])
    }

    @Test func `D-2 and D-3: a name with other bytes is judged order by order`() throws {
        let night = try BadNight()
        try night.drop([line("A"), line("B"), line("C")])
        #expect(try night.close() == [])
        try night.drop([line("B"), line("C", "12.00"), line("D")])
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.orders(BadNight.second)?.verdicts
                == ["duplicate": 1, "correction": 1, "accepted": 1])
        #expect(
            try night.postings(BadNight.second)
                == ["C1 accrue C 12", "C1 accrue D 10", "C1 reverse C -10"])
    }

    @Test func `D-14: one order number of two systems is two orders`() throws {
        let night = try BadNight()
        try night.drop([line("A")])
        try night.drop([line("A", "20.00")], system: "ecom")
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 20", "C1 accrue A 10"])
    }

    @Test func `a file of a system that program.yaml does not name is refused`() throws {
        let night = try BadNight()
        try night.drop([line("A")], system: "pso")
        #expect(try night.close() == [])
        #expect(try night.orders()?.verdict == "system_unknown")
        #expect(night.notes.contains { $0.contains("system_unknown ('pso')") })
        #expect(try night.postings() == [])
    }

    @Test func `a line of a system that program.yaml does not name is refused`() throws {
        let night = try BadNight(["orders-{system}-": "orders-*-"])
        try night.drop(
            ["pos," + line("A"), "pso," + line("B"), "," + line("C")],
            header: "system," + BadNight.header)
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["3 system_unknown", "4 system_missing"])
    }

    @Test func `D-15: a recycled order number is a conflict where the job refuses changes`() throws
    {
        let night = try BadNight(["on_change: correct": "on_change: reject"])
        try night.drop([line("A")])
        #expect(try night.close() == [])
        try night.drop(
            [line("A", at: "2026-11-17T10:00:00", "99.00"), line("B")], night: BadNight.second)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.rejects(BadNight.second) == ["2 order_changed"])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 10"])
    }

    /// What a re-sent order says, and what it must post over 10 points of C1.
    private static let corrections: [(line: String, postings: [String], unmatched: [String])] = [
        (line("A", "25.00"), ["C1 accrue A 25", "C1 reverse A -10"], []),
        (line("A", "4.00"), ["C1 accrue A 4", "C1 reverse A -10"], []),
        (line("A", "0.00"), ["C1 reverse A -10"], []),
        (line("A", card: "C2"), ["C1 reverse A -10", "C2 accrue A 10"], []),
        (line("A", card: "Z9"), ["C1 reverse A -10"], ["Z9 A unknown_member"]),
        (line("A", card: ""), ["C1 reverse A -10"], []),
    ]

    @Test(arguments: corrections.indices)
    func `D-16 and D-29: a changed order is reversed and posted anew, and back again`(
        _ index: Int
    ) throws {
        let wanted = Self.corrections[index]
        let night = try BadNight()
        try night.drop([line("A")])
        #expect(try night.close() == [])
        try night.drop([wanted.line])
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.orders(BadNight.second)?.verdicts == ["correction": 1])
        #expect(try night.postings(BadNight.second) == wanted.postings)
        #expect(try night.unmatched(BadNight.second) == wanted.unmatched)
        try night.drop([line("A"), ""])
        #expect(try night.close(BadNight.third) == [])
        #expect(try night.orders(BadNight.third)?.verdicts == ["correction": 1])
        #expect(try night.postings(BadNight.third).contains("C1 accrue A 10"))
    }

    // MARK: One order, told in pieces

    @Test func `an order whose lines stand apart is told as a correction`() throws {
        let night = try BadNight()
        try night.drop([line("A"), line("B"), line("A", "5.00")])
        #expect(try night.close() == [])
        #expect(try night.orders()?.verdicts == ["accepted": 2, "correction": 1])
        #expect(try night.postings() == ["C1 accrue A 5", "C1 accrue B 10"])
    }

    @Test func `an order in two files of a night: the later path corrects`() throws {
        let night = try BadNight()
        try night.drop(Self.tenOfA, as: "orders-pos-2026-11-16-b.csv")
        try night.drop(
            BadNight.header + line("A", "7.00") + "\n", as: "orders-pos-2026-11-16-a.csv")
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
    }

    @Test func `an order with two cards is refused, one that leaves its card out is not`() throws {
        let night = try BadNight()
        try night.drop([
            line("A"), line("A", card: "C2"), line("B"), line("B", card: ""), line("C", card: ""),
            line("C"),
        ])
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["2 order_has_rejected_line", "3 ambiguous_member"])
        #expect(try night.postings() == ["C1 accrue B 20", "C1 accrue C 20"])
    }

    @Test func `D-7: an order of last month earns by its own date`() throws {
        let night = try BadNight()
        try night.drop([line("A", at: "2026-10-16T10:00:00"), line("B", at: "2020-02-29T10:00:00")])
        #expect(try night.close() == [])
        // What is over already is said to be: posted and expired in one night.
        #expect(
            try night.postings() == ["C1 accrue A 10", "C1 accrue B 10", "C1 expire B -10"])
    }

    @Test func `an order of tomorrow waits, one of next week is refused`() throws {
        let night = try BadNight()
        try night.drop([
            line("A", at: "2026-11-17T00:00:00"), line("B", at: "2026-11-18T00:00:00"),
        ])
        #expect(try night.close() == [])
        #expect(try night.orders()?.verdicts == ["parked": 1, "rejected": 1])
        #expect(try night.postings() == [])
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 10"])
    }
}
