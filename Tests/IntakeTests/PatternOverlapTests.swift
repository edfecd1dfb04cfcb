import Intake
import Testing

/// Which names two patterns share.
@Suite struct PatternOverlapTests {
    @Test(arguments: [
        ("a.csv", "a.csv", FilePattern.Overlap.all),
        ("a.csv", "b.csv", .none),
        ("orders-*.csv", "*.csv", .all),
        ("*.csv", "orders-*.csv", .some),
        ("orders-{system}-{date}*.csv*", "orders-*", .all),
        ("orders-*", "orders-{system}-{date}*.csv*", .some),
        ("orders-pos-{date}.csv", "orders-{system}-{date}.csv", .all),
        ("orders-{system}-{date}.csv", "orders-pos-{date}.csv", .some),
        ("opening-orders*.csv", "orders-*.csv", .none),
        ("opening-orders*.csv", "*orders-*.csv", .some),
        ("{date}.csv", "????????.csv", .some),
        ("{date}.csv", "*-*.csv", .some),
        ("{date}.csv", "{system}.csv", .all),
        ("{date}.csv", "????????.txt", .none),
        ("a?c", "abc", .some),
        // A name in any folder, and a path.
        ("a.csv", "shop/a.csv", .some),
        ("shop/a.csv", "a.csv", .all),
        ("shop/*.csv", "till/*.csv", .none),
        ("*/a.csv", "a.csv", .all),
        ("{store}-{system}.csv", "{system}.csv", .all),
        ("é-*.csv", "?-*.csv", .all),
        ("codes-{reward}.csv", "codes-*.csv", .all),
        ("codes-*.csv", "codes-{reward}.csv", .some),
        ("codes-{system}.csv", "codes-{reward}.csv", .all),
        ("{reward}/a.csv", "shop/{reward}.csv", .some),
    ])
    func `of the first, the second takes`(
        first: String, second: String, overlap: FilePattern.Overlap
    ) throws {
        #expect(try FilePattern(first).overlap(with: FilePattern(second)) == overlap)
    }

    @Test func `a pattern that would take for ever is not called hidden`() throws {
        let many = "*a" + String(repeating: "?", count: 40)
        #expect(try FilePattern(many).overlap(with: FilePattern("*b" + many)) == .some)
    }
}
