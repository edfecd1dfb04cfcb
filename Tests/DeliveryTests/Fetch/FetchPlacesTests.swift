import Delivery
import Foundation
import Synchronization
import TestSupport
import Testing

/// Files that are fetched over the network.
@Suite struct FetchPlacesTests {
    @Test func `a URL is fetched when it has changed`() throws {
        let fetching = try Fetching()
        let nginx = try NginxServer()
        let file = nginx.files + "/orders.csv"
        let lines = """
            from: \(nginx.url(.right))/files/orders.csv
            ca: \(nginx.certificates.authority)

            """
        #expect(try fetching.run(lines).troubles.first?.contains("answered 404") ?? false)
        try Data("a,b\n".utf8).write(to: URL(filePath: file))
        #expect(try fetching.run(lines).names == ["orders.csv"])
        #expect(try fetching.ingest("orders.csv") == "a,b\n")
        #expect(try fetching.run(lines).names == [])
        try Data("a,b\n1,2\n".utf8).write(to: URL(filePath: file))
        #expect(try fetching.run(lines).names == ["orders.csv"])
        #expect(try fetching.ingest("orders.csv") == "a,b\n1,2\n")
        // Nobody's word is taken for who it is.
        let other = try fetching.run(
            lines.replacing(nginx.url(.right), with: nginx.url(.otherName)))
        #expect(other.troubles.first?.contains("certificate") ?? false)
    }

    private static let content = String(repeating: "0123456789\n", count: 1_000)

    /// A server whose first answer ends half-way; it knows ranges of a version.
    private func halfway(_ tag: @escaping @Sendable (Int) -> String) throws -> ScriptedServer {
        let gets = Mutex(0)
        return try ScriptedServer { request in
            let all = Array(Self.content.utf8)
            let count = gets.withLock { $0 }
            var answer = ScriptedAnswer.status(200, headers: [("ETag", tag(count))])
            if request.method == "HEAD" {
                answer.headers.append(("Content-Length", "\(all.count)"))
                return answer
            }
            gets.withLock { $0 += 1 }
            if count == 0 {
                answer.headers.append(("Content-Length", "\(all.count)"))
                answer.body = Array(all.prefix(5_000))
                answer.way = .truncated
                return answer
            }
            answer.body = all
            guard let range = request.header("range"),
                request.header("if-range") == tag(count),
                let start = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" })
            else { return answer }
            answer.status = 206
            answer.headers.append(
                ("Content-Range", "bytes \(start)-\(all.count - 1)/\(all.count)"))
            answer.body = Array(all.dropFirst(start))
            return answer
        }
    }

    @Test func `a download that breaks off goes on from there`() throws {
        let fetching = try Fetching()
        let server = try halfway { _ in "\"1\"" }
        let outcome = try fetching.run("from: \(server.url)/a.csv\n")
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == Self.content)
        #expect(server.requests.map(\.method) == ["HEAD", "GET", "GET"])
        #expect(server.requests[2].header("range") == "bytes=5000-")
    }

    @Test func `a file that changes meanwhile is never patched together`() throws {
        let fetching = try Fetching()
        let server = try halfway { "\"\($0)\"" }
        let first = try fetching.run("from: \(server.url)/a.csv\n")
        #expect(first.troubles.first?.contains("changed while it was fetched") ?? false)
        #expect(try fetching.inbox.allSatisfy { $0.hasPrefix(".") })
    }

    @Test func `a server that tells no version is asked again, and its bytes come once`() throws {
        let fetching = try Fetching()
        let server = try ScriptedServer { _ in .status(200, "a,b\n") }
        let lines = "from: \(server.url)/export/a.csv\n"
        #expect(try fetching.run(lines).names == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == "a,b\n")
        #expect(try fetching.run(lines).names == [])
        #expect(try fetching.inbox == [])
    }

    @Test func `an answer that is no file leaves none`() throws {
        let fetching = try Fetching()
        let server = try ScriptedServer { request in
            request.method == "HEAD" ? .status(200) : .status(503, "<html>Busy</html>")
        }
        let outcome = try fetching.run("from: \(server.url)/a.csv\n")
        #expect(outcome.troubles.count == 1)
        #expect(try fetching.inbox.allSatisfy { $0.hasPrefix(".") })
    }

    @Test func `objects of a bucket come by page, and are moved or removed there`() throws {
        let fetching = try Fetching()
        fetching.environment = ["ID": "AKID", "SECRET": "s"]
        let moto = try MotoServer()
        let courier = try Courier()
        func ask(_ method: Request.Method, _ target: String, _ text: String? = nil) -> Reply {
            var request = Request(method, moto.url + "/bucket" + target)
            if let text { request.body = .bytes(Array(text.utf8)) }
            MotoBucket.sign(&request)
            courier.send(request, tag: 1)
            while true {
                if let ended = courier.wait(milliseconds: 1_000).first { return ended.reply }
            }
        }
        _ = ask(.put, "")
        for number in 1...3 { _ = ask(.put, "/in/orders-\(number).csv", "order \(number)\n") }
        _ = ask(.put, "/in/older/orders-0.csv", "order 0\n")
        _ = ask(.put, "/in/read.me", "x")
        let lines = """
            from: \(moto.url)/bucket/in/
            pattern: "*.csv"
            region: us-east-1
            auth: { access_key: env:ID, secret_key: env:SECRET }

            """
        #expect(try fetching.run(lines).names == (1...3).map { "orders-\($0).csv" })
        #expect(try fetching.ingest("orders-2.csv") == "order 2\n")
        #expect(try fetching.run(lines).names == [])
        _ = ask(.put, "/in/orders-2.csv", "order 2, corrected\n")
        let outcome = try fetching.run(lines + "after: move\nto: seen\n")
        #expect(outcome.names == ["orders-2.csv"])
        #expect(outcome.troubles == [])
        #expect(ask(.get, "/in/seen/orders-2.csv").text == "order 2, corrected\n")
        #expect(ask(.head, "/in/orders-2.csv").status == 404)
        _ = try fetching.ingest("orders-2.csv")
        // Another day's file of that name is not written over; what a broken move left is.
        _ = ask(.put, "/in/orders-2.csv", "order 2, of another day\n")
        let taken = try fetching.run(lines + "after: move\nto: seen\n")
        #expect(taken.names == ["orders-2.csv"])
        #expect(taken.remarks.first?.contains("is there already") ?? false)
        #expect(ask(.get, "/in/seen/orders-2.csv").text == "order 2, corrected\n")
        _ = ask(.put, "/in/seen/orders-2.csv", "order 2, of another day\n")
        #expect(try fetching.run(lines + "after: move\nto: seen\n").troubles == [])
        #expect(ask(.head, "/in/orders-2.csv").status == 404)
        _ = ask(.put, "/in/orders-9.csv", "order 9\n")
        #expect(try fetching.run(lines + "after: delete\n").names == ["orders-9.csv"])
        #expect(ask(.head, "/in/orders-9.csv").status == 404)
        #expect(ask(.head, "/in/read.me").status == 200)
        #expect(
            try fetching.run(lines.replacing("/bucket/", with: "/elsewhere/")).troubles.first?
                .contains("NoSuchBucket") ?? false)
    }

    @Test func `pages of a listing follow one another`() throws {
        let fetching = try Fetching()
        fetching.environment = ["ID": "AKID", "SECRET": "s"]
        let server = try ScriptedServer { request in
            guard request.path.hasPrefix("/bucket/?") else {
                return .status(200, request.path, headers: [("ETag", "\"1\"")])
            }
            let isSecond = request.path.contains("continuation-token=two%2F")
            let key = isSecond ? "in/b&amp;c.csv" : "in/a.csv"
            let size = isSecond ? 20 : 16
            return .status(
                200,
                """
                <ListBucketResult><IsTruncated>\(!isSecond)</IsTruncated>
                <NextContinuationToken>two/</NextContinuationToken>
                <Contents><Key>\(key)</Key><ETag>&quot;1&quot;</ETag><Size>\(size)</Size></Contents>
                </ListBucketResult>
                """)
        }
        let outcome = try fetching.run(
            """
            from: \(server.url)/bucket/in/
            pattern: "*.csv"
            region: us-east-1
            auth: { access_key: env:ID, secret_key: env:SECRET }

            """)
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["a.csv", "b&c.csv"])
        #expect(try fetching.folder.read("inbox/b&c.csv") == "/bucket/in/b%26c.csv")
        #expect(
            server.requests.last?.headers.filter { $0.name == "if-match" }.map(\.value) == ["\"1\""]
        )
    }

    @Test func `an object that was written anew meanwhile is not removed`() throws {
        let fetching = try Fetching()
        fetching.environment = ["ID": "AKID", "SECRET": "s"]
        let server = try ScriptedServer { request in
            switch request.method {
            case "HEAD": .status(200, headers: [("ETag", "\"2\"")])
            case "GET" where request.path.hasPrefix("/bucket/?"):
                .status(
                    200,
                    """
                    <ListBucketResult><IsTruncated>false</IsTruncated>
                    <Contents><Key>in/a.csv</Key><ETag>&quot;1&quot;</ETag><Size>3</Size></Contents>
                    </ListBucketResult>
                    """)
            case "GET": .status(200, "one", headers: [("ETag", "\"1\"")])
            default: .status(204)
            }
        }
        let outcome = try fetching.run(
            """
            from: \(server.url)/bucket/in/
            pattern: "*.csv"
            region: us-east-1
            auth: { access_key: env:ID, secret_key: env:SECRET }
            after: delete

            """)
        #expect(outcome.names == ["a.csv"])
        #expect(outcome.troubles == [])
        #expect(server.requests.map(\.method) == ["GET", "GET", "HEAD"])
    }

    @Test
    func
        `an object whose tag would be a header of its own, or with less than nothing in it, stays there`()
        throws
    {
        let fetching = try Fetching()
        fetching.environment = ["ID": "AKID", "SECRET": "s"]
        @Sendable func object(_ name: String, _ tag: String, _ size: String) -> String {
            "<Contents><Key>in/\(name).csv</Key><ETag>\(tag)</ETag><Size>\(size)</Size></Contents>"
        }
        let server = try ScriptedServer { request in
            guard request.path.hasPrefix("/bucket/?") else {
                return .status(200, "x", headers: [("ETag", "1")])
            }
            let objects =
                object("a", "1&#13;&#10;x-amz-acl: public-read", "1")
                + object("b", "1", "\(Int.min)")
                + object("c", "1", "1")
            return .status(200, "<ListBucketResult>\(objects)</ListBucketResult>")
        }
        let outcome = try fetching.run(
            """
            from: \(server.url)/bucket/in/
            pattern: "*.csv"
            region: us-east-1
            auth: { access_key: env:ID, secret_key: env:SECRET }

            """)
        #expect(outcome.names == ["c.csv"])
        #expect(outcome.troubles == [])
        #expect(server.requests.allSatisfy { $0.headers.allSatisfy { $0.name != "x-amz-acl" } })
    }
}
