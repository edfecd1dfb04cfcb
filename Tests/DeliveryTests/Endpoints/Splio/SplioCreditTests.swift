import Delivery
import TestSupport
import Testing

@Suite struct SplioCreditTests {
    @Test func `points are credited with the row's key`() throws {
        let talk = try SplioTalk()
        #expect(try talk.deliver(SplioRows.points(1)) == [.acknowledged()])
        #expect(talk.trace == ["POST /loyalty/v1/members/2171707962088/credit"])
        #expect(
            talk.lastBody
                == #"{"context":"sale T-0412-000187 (8f0a6c1e-2f57-5a0e-9a57-000000000001)","#
                + #""event_date":"2026-01-14 00:00:00","#
                + #""idempotency_key":"8f0a6c1e-2f57-5a0e-9a57-000000000001","is_final":true,"#
                + #""nq_points_quantity":53,"q_points_quantity":20}"#)
    }

    @Test(arguments: [(53, 20), (0, 20), (53, 0)])
    func `points that may have arrived are looked for first`(spend: Int, status: Int) throws {
        let talk = try SplioTalk()
        // More of that card and day than a page holds.
        talk.server.books { $0.pageSize = 3 }
        for id in 10..<18 { _ = try talk.deliver(SplioRows.points(id, spend: 5, status: 5)) }
        let row = SplioRows.points(1, spend: spend, status: status)
        let later = SplioRows.points(2, spend: spend, status: status, source: "zzz")
        #expect(try talk.deliver(later) == [.acknowledged()])
        let credits = { talk.trace.count { $0.hasPrefix("POST") } }
        let before = credits()
        #expect(try talk.deliver(later, isRepeated: true) == [.acknowledged("was counted before")])
        #expect(credits() == before)
        // And what has not arrived is credited.
        #expect(try talk.deliver(row, isRepeated: true) == [.acknowledged()])
        #expect(talk.server.books { $0.credits.count } == 10)
    }

    @Test(arguments: [
        #"{"error_key":"idempotency_key","error":"already_used","error_description":"was already used"}"#,
        #"{"status":400,"errors":[{"error_key":"idempotency_key","error":"duplicate","error_description":""}]}"#,
        #"{"status":400,"errors":{"error_key":null,"error":"","error_description":"Idempotency key used"}}"#,
    ])
    func `a refusal of our own key counts as done`(refusal: String) throws {
        let talk = try SplioTalk()
        talk.server.books { $0.keyRefusal = refusal }
        _ = try talk.deliver(SplioRows.points(1))
        #expect(try talk.deliver(SplioRows.points(1)) == [.acknowledged("was counted before")])
    }

    @Test func `a refusal that may be about the key's form is looked into`() throws {
        let talk = try SplioTalk()
        talk.server.books {
            $0.keyRefusal =
                #"{"status":400,"errors":[{"error_key":"idempotency_key","error":"wrong_value","error_description":""}]}"#
        }
        _ = try talk.deliver(SplioRows.points(1))
        #expect(try talk.deliver(SplioRows.points(1)) == [.acknowledged("was counted before")])
        // The same words, and the points are not there.
        talk.server.books { books in
            books.credits["8f0a6c1e-2f57-5a0e-9a57-000000000001"]?.context = "of another"
        }
        let verdicts = try talk.deliver(SplioRows.points(1))
        #expect(verdicts[0].later?.mayHaveArrived == true)
        talk.server.books {
            $0.keyRefusal =
                #"{"status":400,"errors":[{"error_key":"idempotency_key","error":"wrong_type","error_description":""}]}"#
        }
        #expect(try talk.deliver(SplioRows.points(1))[0].isRefused)
    }

    @Test func `points can't be taken away, and that is said`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(SplioRows.points(1, spend: -12, status: 0))
        #expect(verdicts[0].isRefused)
        #expect(verdicts[0].text.contains("can't take points away"))
        #expect(try talk.deliver(SplioRows.points(2, spend: 5, status: -1))[0].isRefused)
        #expect(
            try talk.deliver(SplioRows.points(3, spend: 0, status: 0))
                == [.acknowledged("no points to credit")])
        #expect(talk.trace.isEmpty)
    }

    @Test func `a card that Splio doesn't know is refused`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(SplioRows.points(1, card: "2171707962999"))
        #expect(
            verdicts == [
                .refused(
                    "answered 404, card_code wrong_value: Membership not found for given identifier."
                )
            ])
    }

    @Test func `a list of points that can't be had leaves the row in doubt`() throws {
        let talk = try SplioTalk()
        talk.server.setLuck { request in
            request.method == "GET"
                ? .init(isDone: false, answer: .status(400, #"{"message":"no"}"#)) : nil
        }
        let verdicts = try talk.deliver(SplioRows.points(1), isRepeated: true)
        #expect(verdicts[0].later?.mayHaveArrived == true)
        #expect(talk.server.books { $0.credits.isEmpty })
    }
}
