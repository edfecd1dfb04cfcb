import Delivery
import TestSupport
import Testing

@Suite struct SplioOrderTests {
    @Test func `an order is asked for, then made`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(SplioRows.order(1, order: "T-0412-000187"))
        #expect(verdicts == [.acknowledged()])
        #expect(talk.trace == ["GET /data/v2/orders/T-0412-000187", "POST /data/v1/orders"])
        #expect(
            talk.lastBody
                == #"{"card_code":"2171707962088","completed":true,"contact_id":"M-1001","#
                + #""currency":"EUR","external_id":"T-0412-000187","ordered_at":"2026-01-14 00:00:00","#
                + #""store_external_id":"PAR01","total_price":53}"#)
    }

    @Test func `a corrected order is changed, and keeps its products`() throws {
        let talk = try SplioTalk()
        _ = try talk.deliver(SplioRows.order(1, order: "A"))
        let verdicts = try talk.deliver(
            SplioRows.order(2, order: "A", state: "corrected", amount: "40.40"))
        #expect(verdicts == [.acknowledged()])
        #expect(talk.trace.last == "PATCH /data/v3/orders/A")
        for key in ["products", "card_code", "external_id"] {
            #expect(!talk.lastBody.contains("\"\(key)\""))
        }
        let order = talk.server.books { $0.orders["A"] }
        #expect(order?.fields["total_price"] == "40.4")
        #expect(order?.products == 2)
        #expect(order?.made == 1)
    }

    @Test func `a return is an order of its own with a negative amount`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(
            SplioRows.order(1, order: "R-7", kind: "return", amount: "-12.30", original: "A"))
        #expect(verdicts == [.acknowledged()])
        let order = talk.server.books { $0.orders["R-7"] }
        #expect(order?.fields["total_price"] == "-12.3")
        #expect(order?.custom == ["original_order_id": "A"])
    }

    @Test func `numbers that two systems may give bear the system's name`() throws {
        let talk = try SplioTalk(
            "external_id: \"{system}-{order_id}\"", "contact: card_code",
            "fields: { original_order_id: refund_of, channel: c0, points: pts }")
        _ = try talk.deliver(
            SplioRows.order(1, order: "7", kind: "return", amount: "-1", member: nil, original: "6")
        )
        let order = talk.server.books { $0.orders["pos-7"] }
        #expect(order?.custom == ["refund_of": "pos-6", "c0": "pos", "pts": "53"])
        #expect(order?.fields["contact_id"] == "2171707962088")
    }

    @Test func `an order of that number from another store is not written over`() throws {
        let talk = try SplioTalk()
        _ = try talk.deliver(SplioRows.order(1, order: "7"))
        let verdicts = try talk.deliver(SplioRows.order(2, order: "7", store: "LYO02"))
        #expect(verdicts[0].isRefused)
        #expect(verdicts[0].text.contains("external_id"))
        #expect(talk.server.books { $0.orders["7"]?.changed } == 0)
    }

    @Test func `what stands in a path is percent-encoded whole`() throws {
        let talk = try SplioTalk()
        #expect(try talk.deliver(SplioRows.order(1, order: "T/04 é%2F?")) == [.acknowledged()])
        #expect(talk.trace[0] == "GET /data/v2/orders/T%2F04%20%C3%A9%252F%3F")
        #expect(talk.server.books { $0.orders.keys.first } == "T/04 é%2F?")
        for name in ["", ".", ".."] {
            #expect(try talk.deliver(SplioRows.order(2, order: name))[0].isRefused)
        }
    }

    @Test func `what Splio needs to make an order, and the order lacks, is said`() throws {
        let talk = try SplioTalk()
        let noMember = try talk.deliver(SplioRows.order(1, order: "A", member: nil))
        #expect(noMember[0].isRefused && noMember[0].text.contains("contact: card_code"))
        let noStore = try talk.deliver(SplioRows.order(2, order: "A", store: nil))
        #expect(noStore[0].isRefused && noStore[0].text.contains("'store'"))
        #expect(talk.trace.allSatisfy { $0.hasPrefix("GET") })

        let other = try SplioTalk("store: NONE")
        #expect(
            try other.deliver(SplioRows.order(2, order: "A", store: nil)) == [.acknowledged()])
        #expect(other.server.books { $0.orders["A"]?.fields["store_external_id"] } == "NONE")
    }

    @Test func `a change needs neither store nor member, and changes neither`() throws {
        let talk = try SplioTalk("store: NONE")
        _ = try talk.deliver(SplioRows.order(1, order: "A"))
        let verdicts = try talk.deliver(
            SplioRows.order(
                2, order: "A", state: "corrected", amount: "7", member: nil, store: nil))
        #expect(verdicts == [.acknowledged()])
        let order = talk.server.books { $0.orders["A"] }
        #expect(order?.fields["store_external_id"] == "PAR01")
        #expect(order?.fields["contact_id"] == "M-1001")
        #expect(order?.fields["total_price"] == "7")
    }

    @Test func `a cancelled order comes to nothing, and its void is not told beside it`() throws {
        let talk = try SplioTalk()
        _ = try talk.deliver(SplioRows.order(1, order: "A"))
        let void = SplioRows.order(2, order: "V", kind: "void", amount: "-53.00", original: "A")
        #expect(try talk.deliver(void)[0].isAcknowledged)
        let cancelled = try talk.deliver(SplioRows.order(3, order: "A", state: "cancelled"))
        #expect(cancelled == [.acknowledged()])
        #expect(talk.server.books { $0.orders["A"]?.fields["total_price"] } == "0")
        // One that never came there needs not be taken back.
        let never = try talk.deliver(SplioRows.order(4, order: "B", state: "cancelled"))
        #expect(never == [.acknowledged("was never there")])
        #expect(talk.server.books { $0.orders.count } == 1)
    }

    @Test func `a contact or store that Splio doesn't know is refused, and not told on`() throws {
        let talk = try SplioTalk()
        let contact = try talk.deliver(SplioRows.order(1, order: "A", member: "M-1999"))
        #expect(
            contact == [.refused("answered 400, contact_id wrong_value: contact (…) unknown")])
        let store = try talk.deliver(SplioRows.order(2, order: "A", store: "S999"))
        #expect(
            store == [.refused("answered 404, not_found: extid \"S999\" not found in stores")])
    }

    @Test func `an order whose answer was lost is made once`() throws {
        let talk = try SplioTalk()
        talk.loseAnswer()
        let first = try talk.deliver(SplioRows.order(1, order: "A"))
        #expect(first[0].later?.mayHaveArrived == true)
        let second = try talk.deliver(SplioRows.order(1, order: "A"), isRepeated: true)
        #expect(second == [.acknowledged()])
        #expect(talk.server.books { $0.orders["A"]?.made } == 1)
    }

    @Test func `what fails while only asking has surely not arrived`() throws {
        let talk = try SplioTalk()
        talk.server.setLuck { _ in .init(isDone: false, answer: .status(503)) }
        let first = try talk.deliver(SplioRows.order(1, order: "A"))
        #expect(first[0].later?.mayHaveArrived == false)
        let second = try talk.deliver(SplioRows.order(1, order: "A"), isRepeated: true)
        #expect(second[0].later?.mayHaveArrived == true)
    }
}
