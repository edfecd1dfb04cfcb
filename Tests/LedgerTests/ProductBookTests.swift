import Ledger
import Loyalty
import Storage
import TestSupport
import Testing

/// Products as the last file described them.
@Suite struct ProductBookTests {
    @Test func `the last line of a product stands, and each line has its verdict`() throws {
        let scratch = try ScratchFolder()
        let store = try Store(path: scratch.path + "/nightjar.db")
        let texts = TextArena()
        func post(_ lines: [[String]]) throws -> [String] {
            let products = lines.enumerated().map { index, line in
                Product(
                    id: texts.copy(line[0]), category: texts.copy(line[1]),
                    brand: texts.copy(line[2]), department: texts.copy(line[3]),
                    file: Int32(index), line: 2)
            }
            let counts = try store.write {
                try ProductBook($0).post(products, fileCount: products.count)
            }
            return counts.map { one in
                Verdict.allCases.first { one[$0] > 0 }.map { "\($0)" } ?? "-"
            }
        }
        #expect(
            try post([
                ["P2", "tea", "house", "food"], ["P1", "coffee", "", ""],
                ["P2", "tea", "house", "food"], ["P2", "", "house", "food"],
            ]) == ["accepted", "accepted", "duplicate", "correction"])
        #expect(
            try post([["P1", "coffee", "", ""], ["P2", "tea", "house", "food"]])
                == ["duplicate", "correction"])
        #expect(
            try LedgerDump.rows(of: scratch.path + "/nightjar.db", "SELECT * FROM product")
                == ["P1|coffee||", "P2|tea|house|food"])
    }
}
