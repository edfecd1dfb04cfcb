import Delivery
import TestSupport
import Testing

@Suite struct SplioRewardTests {
    private let card = "2171707962088"
    private let other = "3503381382743"

    private func know(_ talk: SplioTalk, _ codes: String..., card: String? = nil) {
        let card = card ?? self.card
        talk.server.books { books in
            for code in codes { books.attributions[code] = SplioBooks.Attribution(card: card) }
        }
    }

    // MARK: Grants

    @Test func `one grant goes alone, with its key`() throws {
        let talk = try SplioTalk()
        #expect(try talk.deliver(SplioRows.grant(1, code: "PAR-1")) == [.acknowledged()])
        #expect(talk.trace == ["POST /loyalty/v1/rewards/r25/grant"])
        #expect(
            talk.lastBody == #"{"attribution_ids":["PAR-1"],"card_code":"2171707962088","#
                + #""grant_date":"2026-01-14 18:22:07","#
                + #""idempotency_key":"8f0a6c1e-2f57-5a0e-9a57-000000000001","quantity":1,"#
                + #""reason_msg":"claim","validity_end":"2027-01-14 23:59:59","#
                + #""validity_start":"2026-01-15 00:00:00"}"#)
    }

    @Test func `many grants go together, and each gets its own verdict`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-2", card: other)
        know(talk, "PAR-3")
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2"),
            SplioRows.grant(3, code: "PAR-3"),
            SplioRows.grant(4, code: "PAR-4", card: "2171707962999"))
        #expect(verdicts[0] == .acknowledged())
        #expect(verdicts[1] == .refused("the code is granted to another card there"))
        #expect(verdicts[2] == .acknowledged("was granted before"))
        #expect(verdicts[3] == .refused("answered 400: card_code (…) not found"))
        #expect(
            talk.trace == [
                "POST /loyalty/v1/rewards/grant", "GET /loyalty/reward-attributions/PAR-2",
                "GET /loyalty/reward-attributions/PAR-3",
            ])
    }

    @Test func `grants of which all are refused are read too`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1", card: "1999"),
            SplioRows.grant(2, code: "PAR-2", card: "2999"))
        #expect(verdicts.allSatisfy { $0.isRefused && $0.text.contains("not found") })
    }

    @Test func `a reward that Splio doesn't know refuses its own grants only`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2", reward: "r99"))
        #expect(verdicts[0] == .acknowledged())
        #expect(verdicts[1] == .refused("answered 400: r99 not found"))
    }

    @Test func `a grant whose answer was lost counts once`() throws {
        let talk = try SplioTalk()
        let rows = [SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2")]
        talk.loseAnswer()
        #expect(try talk.deliver(rows)[0].later?.mayHaveArrived == true)
        let verdicts = try talk.deliver(rows, isRepeated: true)
        #expect(
            verdicts == [.acknowledged("was granted before"), .acknowledged("was granted before")])
    }

    @Test func `a badge has no code: it goes alone, and its key keeps it from counting twice`()
        throws
    {
        let talk = try SplioTalk()
        let rows = [
            SplioRows.grant(1, code: nil), SplioRows.grant(2, code: "PAR-2"),
            SplioRows.grant(3, code: nil, card: "2171707962999"),
        ]
        let verdicts = try talk.deliver(rows)
        #expect(verdicts[0] == .acknowledged() && verdicts[1] == .acknowledged())
        #expect(verdicts[2].isRefused)
        #expect(!talk.server.requests.contains { $0.method == "GET" })
        #expect(talk.server.books { $0.grantKeys.count } == 2)
        let again = try talk.deliver([rows[0], rows[1]], isRepeated: true)
        #expect(
            again == [.acknowledged("was granted before"), .acknowledged("was granted before")])
        #expect(talk.server.books { $0.grantKeys.count } == 2)
    }

    @Test(arguments: ["429", "500", "503"])
    func `an element that failed for now comes again, and is not refused`(code: String) throws {
        let talk = try SplioTalk()
        let answer = """
            {"elements_success":[{"external_id":"PAR-1"}],
             "elements_error":[{"code":\(code),"description":"busy","attribution_ids":["PAR-2"]}]}
            """
        talk.meet(.init(isDone: false, answer: .status(207, answer)))
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2"))
        #expect(verdicts[0] == .acknowledged())
        #expect(verdicts[1] == .later(Trouble("answered \(code): busy", mayHaveArrived: true)))
        #expect(talk.trace == ["POST /loyalty/v1/rewards/grant"])
    }

    // MARK: Burns

    @Test func `one burn goes alone`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR/1")
        #expect(try talk.deliver(SplioRows.burn(1, code: "PAR/1")) == [.acknowledged()])
        #expect(talk.trace == ["POST /loyalty/v1/reward-attributions/PAR%2F1/burn"])
        #expect(
            talk.lastBody == #"{"burned_date":"2026-01-14 18:22:07","card_code":"2171707962088","#
                + #""reason_msg":"T-0412-000187","store_id":"PAR01"}"#)
    }

    @Test func `many burns go together; the date tells, whatever the status says`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-1", "PAR-2")
        let verdicts = try talk.deliver(
            SplioRows.burn(1, code: "PAR-1"), SplioRows.burn(2, code: "PAR-2"),
            SplioRows.burn(3, code: "NOPE"))
        #expect(verdicts[0] == .acknowledged())
        #expect(verdicts[1] == .acknowledged())
        #expect(verdicts[2] == .refused("answered 400: reward_attribution (…) not found"))
        #expect(talk.trace == ["POST /loyalty/v1/rewards/burn"])
    }

    @Test func `an error without a code is the one row of its card`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.hidesCodes = true }
        know(talk, "PAR-1", "PAR-2")
        let verdicts = try talk.deliver(
            SplioRows.burn(1, code: "PAR-1"), SplioRows.burn(2, code: "PAR-2"),
            SplioRows.burn(3, code: "NOPE", card: other))
        #expect(verdicts[0] == .acknowledged() && verdicts[1] == .acknowledged())
        #expect(verdicts[2].isRefused)
        #expect(talk.trace.count == 1)
    }

    @Test func `errors that may be about either row are settled code by code`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.hidesCodes = true }
        know(talk, "PAR-1")
        know(talk, "PAR-3", card: other)
        let verdicts = try talk.deliver(
            SplioRows.burn(1, code: "PAR-1"), SplioRows.burn(2, code: "NOPE"),
            SplioRows.burn(3, code: "PAR-3"))
        #expect(verdicts[0] == .acknowledged())
        #expect(verdicts[1].isRefused && verdicts[1].text.contains("not found"))
        #expect(verdicts[2].isRefused && verdicts[2].text.contains("does not match"))
        #expect(talk.server.books { $0.doubles } == [])
    }

    @Test func `a store that Splio doesn't know refuses its own burn only`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-1", "PAR-2", "PAR-3")
        let verdicts = try talk.deliver(
            SplioRows.burn(1, code: "PAR-1"), SplioRows.burn(2, code: "PAR-2", store: "S999"),
            SplioRows.burn(3, code: "PAR-3", store: nil))
        #expect(verdicts[0] == .acknowledged() && verdicts[2] == .acknowledged())
        #expect(verdicts[1].isRefused && verdicts[1].text.contains("S999"))
    }

    @Test func `of a burn without a card Splio knows the card itself`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-1")
        know(talk, "PAR-2", card: other)
        let verdicts = try talk.deliver(
            SplioRows.burn(1, code: "PAR-1"), SplioRows.burn(2, code: "PAR-2", card: nil))
        #expect(verdicts == [.acknowledged(), .acknowledged()])
        #expect(talk.server.books { $0.attributions["PAR-2"]?.burned } == "2026-01-14 18:22:07")
    }

    @Test func `a burn that may have arrived is asked for first`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-1", "PAR-2", "PAR-3")
        let rows = (1...3).map { SplioRows.burn($0, code: "PAR-\($0)") }
        talk.loseAnswer()
        #expect(try talk.deliver(rows)[0].later?.mayHaveArrived == true)
        #expect(
            try talk.deliver(rows, isRepeated: true)
                == Array(repeating: .acknowledged("was burned before"), count: 3))
        #expect(talk.server.books { $0.doubles } == [])
    }

    @Test func `a code that somebody else burned is for a person to look at`() throws {
        let talk = try SplioTalk()
        know(talk, "PAR-1")
        talk.server.books { $0.attributions["PAR-1"]?.burned = "2026-01-13 09:00:00" }
        for isRepeated in [false, true] {
            let verdicts = try talk.deliver(
                SplioRows.burn(1, code: "PAR-1"), isRepeated: isRepeated)
            #expect(verdicts[0].isRefused && verdicts[0].text.contains("2026-01-13 09:00:00"))
        }
    }

    // MARK: New codes

    @Test func `new codes go by reward`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.stock["r10"] = [] }
        let verdicts = try talk.deliver(
            SplioRows.code(1, code: "PAR-1"), SplioRows.code(2, code: "PAR-2", reward: "r10"),
            SplioRows.code(3, code: "PAR-3"))
        #expect(verdicts.allSatisfy { $0.isAcknowledged && $0.text.hasPrefix("process ") })
        #expect(
            talk.trace == [
                "POST /loyalty/rewards/r25/instances/send",
                "POST /loyalty/rewards/r10/instances/send",
            ])
        #expect(talk.server.books { $0.stock["r25"] } == ["PAR-1", "PAR-3"])
    }

    @Test func `a reward that makes its codes itself refuses others, and only its own`() throws {
        let talk = try SplioTalk()
        let verdicts = try talk.deliver(
            SplioRows.code(1, code: "PAR-1", reward: "auto"), SplioRows.code(2, code: "PAR-2"),
            SplioRows.code(3, code: "PAR-3", reward: "r99"))
        #expect(
            verdicts[0] == .refused("answered 400, reward must not have auto_generated option"))
        #expect(verdicts[1].isAcknowledged)
        #expect(verdicts[2] == .refused("answered 404, r99 not found"))
    }

    @Test func `codes that may have arrived don't come in twice, and the stock is read`() throws {
        let talk = try SplioTalk()
        let rows = (1...3).map { SplioRows.code($0, code: "PAR-\($0)") }
        talk.loseAnswer()
        #expect(try talk.deliver(rows)[0].later?.mayHaveArrived == true)
        // One of them has found a card meanwhile.
        _ = try talk.deliver(SplioRows.grant(9, code: "PAR-2"))
        let verdicts = try talk.deliver(rows, isRepeated: true)
        #expect(
            verdicts == [
                .acknowledged("stock 2"), .acknowledged("is there, and granted"),
                .acknowledged("stock 2"),
            ])
        #expect(talk.server.books { $0.doubles } == [])
    }

    @Test func `codes that the stock doesn't show yet are looked for later`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.slowStock = 1 }
        let row = SplioRows.code(1, code: "PAR-1")
        let trouble = try talk.deliver(row, isRepeated: true)[0].later
        #expect(trouble?.mayHaveArrived == true)
        #expect(trouble?.waitSeconds == 60)
        #expect(try talk.deliver(row, isRepeated: true) == [.acknowledged("stock 1")])
    }
}
