import Delivery
import Loyalty
import TestSupport
import Testing

/// Answers that tell of each row for itself.
@Suite struct HTTPResultsTests {
    private let server: ScriptedServer

    init() throws { server = try ScriptedServer() }

    private func verdicts(
        _ results: String, _ answer: ScriptedAnswer, cards: [String] = ["a", "b", "c"]
    ) throws -> [Delivery.Verdict] {
        server.script(answer)
        let endpoint = try EndpointText(
            """
            kind: http
            url: \(server.url)
            send: [balances]
            batch: 10
            \(results)
            """
        ).endpoint()
        let rows = cards.enumerated().map { index, card in
            OutboxRow(
                id: Int64(index), night: CivilDate(days: 20_468), kind: "balances", subject: "",
                key: "key-\(index)", payload: Array(#"{"card":"\#(card)"}"#.utf8))
        }
        var drive = try Drive(endpoint)
        let verdicts = drive.deliver(Parcel(key: "parcel", rows: rows, isRepeated: false))
        return try #require(verdicts)
    }

    private static let byCard = "results: { list: data.rows, key: card, status: code, error: why }"

    @Test func `each row gets the verdict of its element, in whatever order`() throws {
        let found = try verdicts(
            Self.byCard,
            .status(
                207,
                """
                {"data":{"rows":[{"card":"c","code":503,"why":"busy"},{"card":"a","code":200},
                {"card":"b","code":"404","why":"who\\nis that?"}]}}
                """))
        #expect(
            found == [
                .acknowledged(), .refused("answered 404: who is that?"),
                .later(Trouble("answered 503: busy", mayHaveArrived: true)),
            ])
    }

    @Test func `a row that the answer leaves out is tried again`() throws {
        let found = try verdicts(
            Self.byCard, .status(200, #"{"data":{"rows":[{"card":"b","code":200}]}}"#))
        #expect(found[1] == .acknowledged())
        for index in [0, 2] {
            guard case .later(let trouble) = found[index] else {
                Issue.record("\(found[index])")
                continue
            }
            #expect(trouble.mayHaveArrived)
        }
    }

    @Test func `two rows of one card take its elements in turn`() throws {
        let found = try verdicts(
            Self.byCard,
            .status(
                200,
                #"{"data":{"rows":[{"card":"a","code":200},{"card":"a","code":422},{"card":"b","code":200}]}}"#
            ),
            cards: ["a", "b", "a"])
        #expect(found == [.acknowledged(), .acknowledged(), .refused("answered 422")])
    }

    @Test func `elements without a key come in the order of the rows`() throws {
        let found = try verdicts(
            "results: { ok: done, error: why }",
            .status(200, #"[{"done":true},{"done":false,"why":"blocked"},{"done":true}]"#))
        #expect(found == [.acknowledged(), .refused("blocked"), .acknowledged()])
    }

    @Test func `a row may be named by its key`() throws {
        let found = try verdicts(
            "results: { key: id, ok: done }",
            .status(
                200,
                #"[{"id":"key-1","done":false},{"id":"key-0","done":true},{"id":"key-2","done":true}]"#
            ))
        #expect(found == [.acknowledged(), .refused("not taken"), .acknowledged()])
    }

    @Test(arguments: [
        ("", "it is no JSON"), ("<ok/>", "it is no JSON"),
        (#"{"rows":[]}"#, "it has no 'data.rows'"),
        (#"{"data":{"rows":7}}"#, "what should be the list is none"),
        (#"{"data":{"rows":[7]}}"#, "an element of the list is no object"),
        (#"{"data":{"rows":[{"card":"a"}]}}"#, "an element has no 'code'"),
        (#"{"data":{"rows":[{"card":"a","code":7}]}}"#, "an element has no 'code'"),
    ])
    func `an answer that is not as promised is no success`(body: String, why: String) throws {
        let found = try verdicts(Self.byCard, .status(207, body))
        #expect(found.count == 3)
        for verdict in found {
            guard case .later(let trouble) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(trouble.text.contains(why))
            #expect(trouble.mayHaveArrived)
        }
    }

    @Test func `fewer elements than rows are not as promised`() throws {
        guard
            case .later(let trouble) = try verdicts(
                "results: { ok: done }", .status(200, #"[{"done":true}]"#))[0]
        else {
            Issue.record("not later")
            return
        }
        #expect(trouble.text.contains("tells of 1 rows and got 3"))
    }

    @Test func `207 without a word on how to read it stops the endpoint`() throws {
        guard case .halted(let trouble) = try verdicts("", .status(207, "[]"))[0] else {
            Issue.record("not halted")
            return
        }
        #expect(trouble.text.contains("'results'"))
        #expect(trouble.mayHaveArrived)
    }
}
