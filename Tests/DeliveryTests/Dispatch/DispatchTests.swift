import Foundation
import Loyalty
import Settings
import Storage
import TestSupport
import Testing

@testable import Delivery

/// How rows of the outbox go to an endpoint.
@Suite struct DispatchTests {
    @Test func `what waits is sent once, and counted in the night that is not posted yet`() throws {
        let history = try OutboxHistory()
        for number in 1...50 { try history.write("K\(number)") }
        let result = try history.deliver()
        #expect(result.acknowledged == 50)
        #expect(try history.states() == ["acknowledged": 50])
        #expect(history.server.counted.count == 50)
        #expect(history.server.requestCount == 50)
        // The first night is posted: what ends now is told of by the second.
        #expect(
            try history.value("SELECT max(ended_in) FROM outbox")
                == Int(OutboxHistory.firstNight.days) + 1)
        try history.checkTotals()
        #expect(try history.deliver().acknowledged == 0)
        #expect(history.server.requestCount == 50)
    }

    @Test func `so many at once as the endpoint says, and so many a second`() throws {
        let history = try OutboxHistory()
        for number in 1...40 { try history.write("K\(number)") }
        history.server.slowest = 1_000
        try history.deliver(OutboxHistory.terms("shop", ", in_flight: 3"))
        #expect(history.server.mostUnderWay == 3)

        let paced = try OutboxHistory()
        for number in 1...40 { try paced.write("K\(number)") }
        try paced.deliver(OutboxHistory.terms("shop", ", in_flight: 100, rate: 10"))
        let times = paced.server.times
        #expect(times.count == 40)
        for (index, time) in times.enumerated() where index >= 11 {
            #expect(time - times[index - 11] >= 1_000, "eleven within a second")
        }
        #expect(times.last ?? 0 <= 5_000)
    }

    @Test func `a later row of a subject waits for the earlier one, others don't`() throws {
        let history = try OutboxHistory()
        for _ in 1...5 { for code in ["A", "B", ""] { try history.write(code) } }
        history.server.fate = { number, _ in number < 4 ? .answer(500) : .answer(200) }
        try history.deliver(OutboxHistory.terms("shop", ", in_flight: 8, breaker: 100"))
        #expect(history.server.orders["A"] == [1, 4, 7, 10, 13])
        #expect(history.server.orders["B"] == [2, 5, 8, 11, 14])
        #expect(history.server.orders[""]?.count == 5)
        #expect(history.server.counted.count == 15)
    }

    @Test func `rows travel together by kind, under a key of their own`() throws {
        let history = try OutboxHistory()
        for number in 1...25 { try history.write("K\(number)") }
        for number in 1...3 { try history.write("C\(number)", kind: "grants") }
        try history.write("K1")
        try history.deliver(capacity: 10)
        // 10, 10, 5; 3; and K1 again, which waits for the first one.
        let sizes = history.server.parcels.values.map { $0.split(separator: "\n").count }
        #expect(sizes.sorted() == [1, 3, 5, 10, 10])
        #expect(history.server.counted.count == 29)
        #expect(history.server.orders["K1"] == [1, 29])
        let keys = history.server.parcels.keys
        #expect(keys.allSatisfy { $0.count == 36 && Array($0)[14] == "5" })
    }

    @Test func `a parcel that may have arrived is repeated with the same rows under the same key`()
        throws
    {
        let history = try OutboxHistory()
        for number in 1...7 { try history.write("K\(number)") }
        history.server.fate = { number, _ in number == 0 ? .lostAnswer : .answer(200) }
        // Later rows, and another size of parcels, change nothing of it.
        let dispatch = try history.dispatch(capacity: 5)
        while try dispatch.step(), history.server.requestCount == 0 {}
        for number in 8...12 { try history.write("K\(number)") }
        history.server.abandon()
        history.server.pass(seconds: 100)
        try history.deliver(capacity: 3)
        #expect(history.server.changedParcels == 0)
        #expect(history.server.repeatCount >= 1)
        #expect(history.server.counted.count == 12)
        #expect(try history.states() == ["acknowledged": 12])
    }

    @Test func `of a parcel some are taken, some refused, some wait`() throws {
        let history = try OutboxHistory()
        for number in 1...4 { try history.write("K\(number)") }
        history.server.fate = { number, _ in
            number == 0 ? .answer(207, "ok bad later ok") : .answer(200)
        }
        let result = try history.deliver(capacity: 4)
        #expect(result.acknowledged == 3)
        #expect(result.refused == 1)
        #expect(try history.states() == ["acknowledged": 3, "refused": 1])
        #expect(
            try history.value(
                "SELECT count(*) FROM delivery_exception WHERE outcome = 'refused' AND subject = 'K2'"
            )
                == 1)
        try history.checkTotals()
    }

    @Test func `a parcel that is refused as one goes in halves, until the bad row is alone`() throws
    {
        let history = try OutboxHistory()
        for number in 1...64 { try history.write("K\(number)") }
        history.server.fate = { _, request in
            .answer(ScriptedWire.numbers(of: request).contains(23) ? 400 : 200)
        }
        let result = try history.deliver(capacity: 64)
        #expect(result.acknowledged == 63 && result.refused == 1)
        #expect(try history.states() == ["acknowledged": 63, "refused": 1])
        #expect(
            try history.value("SELECT count(*) FROM delivery_exception WHERE subject = 'K23'") == 1)
        // The whole, and two halves at each of six steps.
        #expect(history.server.requestCount == 13)
        #expect(history.server.doubles == 0)
        try history.checkTotals()
    }

    @Test func `where every row is refused alone, each costs two requests at most`() throws {
        let history = try OutboxHistory()
        for number in 1...50 { try history.write("K\(number)") }
        history.server.fate = { _, _ in .answer(400) }
        try history.deliver(capacity: 50)
        #expect(try history.states() == ["refused": 50])
        #expect(history.server.requestCount == 99)
        // Taken up by hand they go together again.
        history.server.fate = { _, _ in .answer(200) }
        try history.deliver(capacity: 50, isRetry: true)
        #expect(try history.states() == ["acknowledged": 50])
        #expect(history.server.requestCount == 100)
    }

    @Test(arguments: 0...12)
    func `killed while a parcel is taken apart, no row goes under two keys`(transactions: Int)
        throws
    {
        for commitsFirst in [true, false] {
            let history = try OutboxHistory()
            for number in 1...16 { try history.write("K\(number)") }
            history.server.fate = { _, request in
                .answer(ScriptedWire.numbers(of: request).contains(5) ? 400 : 200)
            }
            let fragile = FragileStore(history.store)
            fragile.breaksAfter = transactions
            fragile.commitsFirst = commitsFirst
            do {
                _ = try history.dispatch(capacity: 16, fragile: fragile).run()
            } catch is Killed {}
            history.server.abandon()
            history.server.pass(seconds: 100)
            // A batch may be larger now: what may have arrived stays as it was.
            try history.deliver(capacity: 100)
            #expect(try history.states() == ["acknowledged": 15, "refused": 1])
            #expect(history.server.doubles == 0 && history.server.changedParcels == 0)
            try history.checkTotals()
        }
    }

    @Test(arguments: [500, 429])
    func `a later row waits for the earlier one, however many are between them`(status: Int) throws
    {
        let history = try OutboxHistory()
        try history.write("A")
        for number in 1...3_000 { try history.write("K\(number)") }
        try history.write("A")
        var failures = 0
        history.server.fate = { _, request in
            guard ScriptedWire.numbers(of: request) == [1], failures < 2 else {
                return .answer(200)
            }
            failures += 1
            return .answer(status)
        }
        try history.deliver(OutboxHistory.terms("shop", ", in_flight: 16, breaker: 100"))
        #expect(history.server.orders["A"] == [1, 3_002])
    }

    @Test(arguments: [false, true])
    func `a failure is tried again after a while, and given up in the end`(
        mayHaveArrived: Bool
    ) throws {
        let history = try OutboxHistory()
        try history.write("K1")
        history.server.fate = { _, _ in mayHaveArrived ? .answer(500) : .refusedConnection }
        let terms = try OutboxHistory.terms("shop", ", give_up_after: 2 hours, breaker: 1000")
        for _ in 1...200 where try history.states()["given_up"] == nil {
            try history.deliver(terms)
            history.server.pass(seconds: 300)
        }
        #expect(try history.states() == ["given_up": 1])
        #expect(history.server.milliseconds > 2 * 3_600_000)
        // Taken up, it is only asked for where it may be there.
        #expect(
            try history.value("SELECT parcel IS NOT NULL FROM outbox") == (mayHaveArrived ? 1 : 0))
        #expect(history.server.requestCount > 10)
        #expect(history.server.requestCount < 200)
        try history.checkTotals()
        // By hand it is taken up again, as it was, and its time begins anew.
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try history.store.write { connection in
                try OutboxChanges(connection, "shop").takeUp(false)
                let sending = try connection.integer("SELECT state = 'sending' FROM outbox")
                #expect(sending == (mayHaveArrived ? 1 : 0))
                throw Broken()
            }
        }
        // By hand it is taken up again, and its time begins anew: it may be given up once more.
        #expect(try history.deliver(terms, isRetry: true).givenUp == 0)
        for _ in 1...50 where try history.states()["given_up"] == nil {
            history.server.pass(seconds: 1_000)
            try history.deliver(terms)
        }
        #expect(try history.states() == ["given_up": 1])
        try history.checkTotals()
        history.server.fate = { _, _ in .answer(200) }
        #expect(try history.deliver(terms).acknowledged == 0)
        #expect(try history.deliver(terms, isRetry: true).acknowledged == 1)
        #expect(try history.states() == ["acknowledged": 1])
        try history.checkTotals()
    }

    @Test func `a refused row is never tried again but by hand`() throws {
        let history = try OutboxHistory()
        for _ in 1...2 { try history.write("K1", kind: "grants") }
        history.server.fate = { number, _ in .answer(number == 0 ? 422 : 200) }
        let result = try history.deliver()
        #expect(result.refused == 1 && result.acknowledged == 1)
        history.server.pass(seconds: 10_000)
        try history.deliver()
        #expect(history.server.requestCount == 2)
        #expect(try history.deliver(isRetry: true).acknowledged == 1)
        #expect(try history.states() == ["acknowledged": 2])
        try history.checkTotals()
    }

    @Test func `a code that has ended since is not brought back by hand`() throws {
        let history = try OutboxHistory()
        for (code, kind) in [("A", "code-add"), ("B", "code-assign"), ("C", "code-add")] {
            try history.write(code, kind: kind)
        }
        history.server.fate = { _, _ in .answer(422) }
        #expect(try history.deliver().refused == 3)
        history.server.fate = { _, _ in .answer(200) }
        try history.write("A", kind: "code-delete")
        try history.write("B", kind: "code-burn")
        try history.write("C", kind: "code-assign")
        #expect(try history.deliver().acknowledged == 3)
        // Sent now, they would make codes live there that were used, deleted, or given to somebody.
        #expect(try history.deliver(isRetry: true).acknowledged == 0)
        #expect(["A", "B", "C"].map { history.server.orders[$0] } == [[4], [5], [6]])
        #expect(try history.states() == ["acknowledged": 3, "superseded": 3])
        try history.checkTotals()
    }

    @Test func `after failures in a row the endpoint is left alone, for longer each time`() throws {
        let history = try OutboxHistory()
        for number in 1...100 { try history.write("K\(number)") }
        history.server.fate = { _, _ in .refusedConnection }
        let terms = try OutboxHistory.terms("shop", ", in_flight: 1, breaker: 5")
        let first = try history.deliver(terms)
        // Five failures, and one more after 30 seconds; the next would be after the minute's patience.
        #expect(history.server.requestCount == 6)
        #expect(history.told.count == 2)
        #expect(history.told[0].contains("endpoint 'shop': nobody answers there; after 5 failures"))
        let until = try #require(first.closedUntil)
        #expect(until - history.server.now > 0)
        #expect(try history.states() == ["pending": 100])
        // Another process of the scheduler knows of it: it knocks once where the time is over soon.
        #expect(try history.deliver(terms).closedUntil != nil)
        #expect(history.server.requestCount == 7)
        #expect(try history.deliver(terms).closedUntil != nil)
        #expect(history.server.requestCount == 7)
        history.server.pass(seconds: 3_600)
        history.server.fate = { _, _ in .answer(200) }
        #expect(try history.deliver(terms).acknowledged == 100)
        #expect(try history.value("SELECT failures FROM endpoint_state") == 0)
    }

    @Test func `the endpoint says itself when it wants to be asked again`() throws {
        let history = try OutboxHistory()
        for number in 1...20 { try history.write("K\(number)") }
        history.server.fate = { number, _ in number == 0 ? .retryAfter(7) : .answer(200) }
        try history.deliver(OutboxHistory.terms("shop", ", in_flight: 1"))
        #expect(history.server.times[1] - history.server.times[0] >= 7_000)
        #expect(try history.states() == ["acknowledged": 20])

        let patient = try OutboxHistory()
        try patient.write("K1")
        patient.server.fate = { _, _ in .retryAfter(3_600) }
        let until = try #require(try patient.deliver().closedUntil)
        #expect((3_590...3_600).contains(until - patient.server.now))
        #expect(try patient.deliver().closedUntil == until)
        #expect(patient.server.requestCount == 1)
    }

    @Test func `nothing waits for a moment that a wrong clock made`() throws {
        let history = try OutboxHistory()
        try history.write("K1")
        history.server.fate = { number, _ in number == 0 ? .retryAfter(3_600) : .answer(200) }
        try history.deliver()
        try history.store.write { connection in
            try connection.execute("UPDATE outbox SET due_at = due_at + 86400 * 400")
            try connection.execute(
                "UPDATE endpoint_state SET closed_until = closed_until + 86400 * 400")
        }
        #expect(try history.deliver().acknowledged == 1)
    }

    @Test func `a clock that jumps ahead while an endpoint fails gives nothing up`() throws {
        let history = try OutboxHistory()
        for number in 1...5 { try history.write("K\(number)") }
        history.server.fate = { [unowned history] number, _ in
            if number == 7 { history.server.jump = 40 * 86_400 }
            return .answer(500)
        }
        try history.deliver(OutboxHistory.terms("shop", ", breaker: 1000"))
        #expect(history.server.requestCount > 8)
        #expect(try history.states() == ["sending": 5])
        // The clock was set right: nothing waits for what it said.
        history.server.jump = 0
        history.server.fate = { _, _ in .answer(200) }
        #expect(try history.deliver().acknowledged == 5)
    }

    @Test func `an endpoint that always asks for patience doesn't hold a process for ever`() throws
    {
        let history = try OutboxHistory()
        for number in 1...20 { try history.write("K\(number)") }
        history.server.fate = { _, _ in .retryAfter(1) }
        try history.deliver()
        #expect(history.server.milliseconds < 70_000)
        #expect(try history.states() == ["pending": 20])
    }

    @Test func `what is about us stops the endpoint, and its rows wait for a person`() throws {
        let history = try OutboxHistory()
        for number in 1...100 { try history.write("K\(number)") }
        history.server.fate = { _, _ in .wrongCertificate }
        let result = try history.deliver(OutboxHistory.terms("shop", ", in_flight: 1"))
        #expect(history.server.requestCount == 1)
        #expect(history.told.count == 1)
        #expect(history.told[0].hasPrefix("endpoint 'shop': the certificate can't be trusted"))
        #expect(result.trouble != nil)
        #expect(try history.states() == ["pending": 100])
        #expect(
            try history.value("SELECT count(*) FROM outbox WHERE tried_at IS NOT NULL") == 1)
        history.server.fate = { _, _ in .answer(200) }
        #expect(try history.deliver().acknowledged == 100)
        #expect(
            try history.value("SELECT count(*) FROM endpoint_state WHERE detail IS NOT NULL") == 0)
    }

    @Test func `what may have arrived stays so where its turn doesn't come`() throws {
        let history = try OutboxHistory()
        for number in 1...6 { try history.write("K\(number)") }
        let terms = try OutboxHistory.terms("shop", ", in_flight: 1, breaker: 100")
        history.server.fate = { _, _ in .lostAnswer }
        let dispatch = try history.dispatch(terms, capacity: 3)
        while try dispatch.step(), history.server.requestCount < 2 {}
        history.server.abandon()
        history.server.pass(seconds: 1_000)
        // The first parcel finds that nothing can go there; the second was in hand already.
        history.server.fate = { _, _ in .wrongCertificate }
        try history.deliver(terms, capacity: 3)
        #expect(try history.states() == ["sending": 6])
        #expect(try history.value("SELECT count(DISTINCT parcel) FROM outbox") == 2)
        history.server.fate = { _, _ in .answer(200) }
        try history.deliver(terms, capacity: 2)
        #expect(history.server.parcels.count == 2)
        #expect(history.server.changedParcels == 0)
        #expect(try history.states() == ["acknowledged": 6])
    }

    @Test func `a token is asked for once, and once more where it is no longer taken`() throws {
        let history = try OutboxHistory()
        for number in 1...30 { try history.write("K\(number)") }
        let endpoint = ScriptedEndpoint(name: "shop", capacity: 1)
        endpoint.needsLogin = true
        var good = 1
        history.server.fate = { number, request in
            if request.headers.isEmpty { return .answer(200, "\(good)") }
            if number == 12 { good = 2 }
            return request.headers[1].value == "\(good)" ? .answer(200) : .answer(401)
        }
        #expect(try history.deliver(endpoint: endpoint).acknowledged == 30)
        #expect(endpoint.logins == 2)
        #expect(history.server.counted.count == 30)

        let refused = try OutboxHistory()
        for number in 1...30 { try refused.write("K\(number)") }
        let stranger = ScriptedEndpoint(name: "shop", capacity: 1)
        stranger.needsLogin = true
        refused.server.fate = { _, request in
            request.headers.isEmpty ? .answer(200, "1") : .answer(401)
        }
        try refused.deliver(endpoint: stranger)
        #expect(stranger.logins == 2)
        #expect(refused.told.count == 1)
        #expect(refused.told.first?.contains("refuses our login") ?? false)
        #expect(try refused.states() == ["pending": 30])
    }

    @Test func `of what stands so or so only the latest night's counts`() throws {
        let history = try OutboxHistory()
        for card in ["C1", "C2"] { try history.write(card, kind: "balances", night: 0) }
        for card in ["C1", "C2"] { try history.write(card, kind: "grants", night: 0) }
        try history.post(2)
        try history.write("C1", kind: "balances", night: 1)
        try history.write("C1", kind: "grants", night: 1)
        let result = try history.deliver()
        #expect(result.superseded == 1)
        #expect(history.server.orders["C1"] == [3, 5, 6])
        #expect(history.server.orders["C2"] == [2, 4])
        #expect(try history.states() == ["acknowledged": 5, "superseded": 1])
        try history.checkTotals()
    }

    @Test func `a file of requests goes as a file, and no request by itself`() throws {
        let history = try OutboxHistory()
        for number in 1...3 { try history.write("R\(number)", kind: "replenishment") }
        try history.store.write { connection in
            try connection.execute(
                "UPDATE outbox SET payload = json_set(payload, '$.sha256', 'x') WHERE id = 2")
            try connection.execute("UPDATE outbox SET parcel = 2 WHERE id = 1")
        }
        let text = """
            version: 1
            endpoints:
              shop: { kind: file, url: "file:out/", send: [replenishment] }
            """
        let terms = try #require(
            EndpointTerms.file(.init(name: "endpoints.yaml", text: text)).first)
        #expect(try history.deliver(terms).acknowledged == 1)
        #expect(history.server.requestCount == 1)
        #expect(try history.states() == ["acknowledged": 2, "pending": 1])
    }

    @Test func `what may have arrived is repeated as it was before a later night's goes`() throws {
        let history = try OutboxHistory()
        try history.write("C1", kind: "balances")
        history.server.fate = { _, _ in .lostAnswer }
        let dispatch = try history.dispatch()
        while try dispatch.step(), history.server.requestCount < 1 {}
        history.server.abandon()
        history.server.pass(seconds: 1_000)
        try history.post(2)
        try history.write("C1", kind: "balances", night: 1)
        history.server.fate = { _, _ in .answer(200) }
        let result = try history.deliver()
        #expect(result.acknowledged == 2 && result.superseded == 0)
        #expect(history.server.repeatCount == 1)
        #expect(history.server.orders["C1"] == [1, 2])
    }

    @Test func `the rows of a file end as the file does`() throws {
        let history = try OutboxHistory()
        for number in 1...3 { try history.write("K\(number)") }
        try history.write("code-changes", kind: "code-changes")
        // Behind the file came a row that has none yet, and another file.
        try history.write("K4")
        try history.write("members", kind: "members")
        try history.store.write {
            try $0.execute("UPDATE outbox SET parcel = 4 WHERE id < 4")
        }
        let text = """
            version: 1
            endpoints:
              shop: { kind: sftp, url: sftp://u@127.0.0.1/in/, known_hosts: /k, password: env:PW, send: [code-changes] }
            """
        let terms = try #require(
            EndpointTerms.file(.init(name: "endpoints.yaml", text: text)).first)
        history.server.fate = { number, _ in .answer(number == 0 ? 422 : 200) }
        #expect(try history.deliver(terms).refused == 1)
        #expect(try history.states() == ["refused": 4, "acknowledged": 1, "pending": 1])
        #expect(history.server.requestCount == 2)
        try history.checkTotals()
        #expect(try history.deliver(terms, isRetry: true).acknowledged == 1)
        #expect(try history.states() == ["acknowledged": 5, "pending": 1])
        #expect(history.server.requestCount == 3)
        try history.checkTotals()
    }
}
