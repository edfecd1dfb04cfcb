import Foundation
import TestSupport
import Testing

/// Fetch jobs as the program runs them.
@Suite struct FetchTests {
    /// A fresh shop whose files come from a folder.
    private final class Shop {
        let fresh: FreshShop
        var there: String { fresh.folder.path + "/there" }

        init(after: String = "delete") throws {
            fresh = try FreshShop()
            try FileManager.default.createDirectory(
                atPath: there, withIntermediateDirectories: false)
            try job("fetch-files", there, after: after)
        }

        func job(_ name: String, _ folder: String, after: String = "keep") throws {
            try fresh.folder.write(
                """
                version: 1
                job: \(name)
                kind: fetch
                from: file://\(folder)/
                pattern: "*-{date}.csv"
                after: \(after)
                settle: { quiet: 0 seconds }
                """, to: "shop/Jobs/\(name).yaml")
        }

        /// Files of the first night: a member, and so many files with an order each.
        func put(orders: Int) throws {
            let day = "\(fresh.first)"
            try fresh.folder.write(
                "card_code,tier,enrolled_on\nC1,bronze,2025-12-01\n",
                to: "there/members-\(day).csv")
            for number in 1...orders {
                try fresh.folder.write(
                    """
                    order_id,ordered_at,store_id,card_code,product_id,quantity,unit_price,line_amount
                    P-\(number),\(day)T10:15:00,0001,C1,COFFEE,1,1.00,1.00

                    """, to: "there/orders-pos\(number)-\(day).csv")
            }
        }

        /// What the night's reports say of its files: names and verdicts.
        func files() throws -> [[Substring]] {
            try fresh.folder.read("shop/reports/\(fresh.first)/files.csv").split(separator: "\n")
                .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        }
    }

    @Test func `a night fetches its files first`() throws {
        let shop = try Shop()
        try shop.put(orders: 1)
        try shop.fresh.edit("Jobs/ingest-orders.yaml", "orders-{system}-", "orders-pos*-")
        try shop.fresh.edit(
            "Jobs/ingest-orders.yaml", "layout: canonical", "constants: { system: pos }")
        let result = try shop.fresh.run("run", "-v")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("fetch-files: ended; 2 files, "), "\(result.errors)")
        #expect(try shop.files().count == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop.there) == [])
    }

    @Test func `a fetch job runs by itself and closes nothing`() throws {
        let shop = try Shop(after: "keep")
        try shop.put(orders: 1)
        let result = try shop.fresh.run("run", "fetch-files")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "")
        let inbox = try FileManager.default.contentsOfDirectory(
            atPath: shop.fresh.path + "/inbox")
        #expect(inbox.count { $0.hasSuffix(".csv") } == 2)
        #expect(try shop.fresh.run("status").output.contains("\(shop.fresh.first)"))
    }

    @Test func `a fetch that fails is told, and stops only what comes after it`() throws {
        let shop = try Shop()
        try shop.put(orders: 1)
        try shop.fresh.edit("Jobs/ingest-orders.yaml", "orders-{system}-", "orders-pos*-")
        try shop.fresh.edit(
            "Jobs/ingest-orders.yaml", "layout: canonical", "constants: { system: pos }")
        try shop.job("fetch-gone", shop.there + "/gone")
        var result = try shop.fresh.run("run")
        #expect(result.status == 75)
        #expect(result.errors.contains("fetch-gone: file://"), "\(result.errors)")
        #expect(result.errors.contains("gone/: No such file or directory"))
        // The night stands all the same.
        #expect(result.output.contains("closed; 1 orders"), "\(result.output)")

        let other = try Shop()
        try other.put(orders: 1)
        try other.job("fetch-gone", other.there + "/gone")
        try other.fresh.edit(
            "Jobs/ingest-orders.yaml", "after: [", "after: [fetch-gone, ")
        result = try other.fresh.run("run")
        #expect(result.status == 75)
        #expect(result.output == "")
        #expect(
            result.errors.contains("waits: 'ingest-orders' comes after 'fetch-gone'"),
            "\(result.errors)")
    }

    @Test func `killed at any moment, it brings each file once`() throws {
        let shop = try Shop()
        let count = 60
        try shop.put(orders: count)
        try shop.fresh.edit("Jobs/ingest-orders.yaml", "orders-{system}-", "orders-pos*-")
        try shop.fresh.edit(
            "Jobs/ingest-orders.yaml", "layout: canonical", "constants: { system: pos }")
        let seed = Int.random(in: 0...1_000_000)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        for _ in 0..<12 {
            try BuiltProgram.runAndKill(
                ["run", "fetch-files", "--quiet", "--workspace", shop.fresh.path],
                after: Double(random.int(20...160)) / 1_000)
        }
        let result = try shop.fresh.run("run")
        #expect(result.status == 0, "seed \(seed): \(result.errors)")
        #expect(result.output.contains("closed; \(count) orders"), "seed \(seed): \(result.output)")
        let files = try shop.files()
        #expect(files.count == count + 1, "seed \(seed)")
        #expect(!files.joined().contains("duplicate_file"), "seed \(seed)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: shop.there) == [])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: shop.fresh.path + "/inbox") == [])
    }
}
