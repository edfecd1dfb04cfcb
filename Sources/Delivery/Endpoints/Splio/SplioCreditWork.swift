internal import Foundation

/// Points for one card: the row's key keeps them from counting twice, and so does asking first where they may
/// have arrived.
struct SplioCreditWork: SplioWork {
    private struct Payload: Decodable {
        var cardCode: String
        var spend: Int64?
        var status: Int64?
        var source: String
        var kind: String
        var date: String
    }

    private struct Credit: Encodable {
        var context: String
        var eventDate: String
        var idempotencyKey: String
        var isFinal = true
        var nqPointsQuantity: Int64
        var qPointsQuantity: Int64
    }

    private enum Phase: Equatable {
        /// Splio's list shows one sort of points at a time, and the ones that can be spent if not asked.
        case look(sort: String, after: String?, pages: Int)
        case credit
    }

    private(set) var verdicts: [Verdict?] = [nil]
    private(set) var hidden: [String] = []
    private var card = ""
    private var credit: Credit?
    private var phase = Phase.credit
    /// What Splio said against the key, where it isn't plain whether the points are there.
    private var doubt: String?

    /// Pages of a card's points of one day; nobody has more.
    private static let mostPages = 20

    init(_ parcel: Parcel) {
        guard let row = parcel.rows.first, let payload: Payload = row.splioPayload() else {
            verdicts = [.refused(SplioRow.unreadable)]
            return
        }
        card = payload.cardCode
        hidden = [card]
        let spend = payload.spend ?? 0
        let status = payload.status ?? 0
        if spend < 0 || status < 0 {
            verdicts = [
                .refused(
                    "Splio's API can't take points away (spend \(spend), status \(status)): take them there "
                        + "by hand, or by a file of credit points")
            ]
        } else if spend == 0, status == 0 {
            verdicts = [.acknowledged("no points to credit")]
        } else if SplioCall.path("", card) == nil {
            verdicts = [.refused(SplioRow.unreadable)]
        }
        // The key stands in the context too: the list of points shows no other mark of ours.
        credit = Credit(
            context: "\(payload.kind) \(payload.source) (\(row.key))",
            eventDate: payload.date + " 00:00:00", idempotencyKey: row.key,
            nqPointsQuantity: spend, qPointsQuantity: status)
        if parcel.isRepeated { phase = firstLook }
    }

    private var firstLook: Phase {
        .look(sort: credit?.nqPointsQuantity == 0 ? "q" : "nq", after: nil, pages: 1)
    }

    mutating func call() -> SplioCall? {
        guard verdicts == [nil], let credit else { return nil }
        switch phase {
        case .look(let sort, let after, _):
            var query = [
                ("card_code", SplioCreditWork.search("equals", card)),
                (
                    "event_date",
                    SplioCreditWork.search("on date", String(credit.eventDate.prefix(10)))
                ),
                ("event_type", SplioCreditWork.search("equals", "credit_points")),
                ("points_type", SplioCreditWork.search("equals", sort)),
                ("limit", "200"),
            ]
            if let after { query.append(("after", after)) }
            let text = query.map { $0.0 + "=" + SplioCall.encoded($0.1) }.joined(separator: "&")
            return SplioCall(.get, "/loyalty/points?" + text)
        case .credit:
            let path = SplioCall.path("/loyalty/v1/members", card, "/credit") ?? ""
            return SplioCall(.post, path, body: SplioCall.json(credit))
        }
    }

    private static func search(_ comparison: String, _ value: String) -> String {
        String(
            decoding: SplioCall.json(["operator": comparison, "value": value]), as: UTF8.self)
    }

    mutating func take(_ answer: SplioAnswer) {
        switch phase {
        case .look(let sort, _, let pages): takeList(answer, sort, pages)
        case .credit: takeCredit(answer)
        }
    }

    private mutating func takeList(_ answer: SplioAnswer, _ sort: String, _ pages: Int) {
        guard answer.isTaken, let elements = answer.value?["elements"]?.list else {
            verdicts = [
                .later(
                    Trouble(
                        "its list of points can't be read (\(answer.refusal.text)), so nobody knows whether "
                            + "these were counted", mayHaveArrived: true))
            ]
            return
        }
        let key = credit?.idempotencyKey ?? ""
        if elements.contains(where: { $0["reason"]?["message"]?.text?.contains(key) ?? false }) {
            verdicts = [.acknowledged("was counted before")]
        } else if let after = answer.value?["paging"]?["cursors"]?["after"]?.text, !after.isEmpty,
            !elements.isEmpty, pages < SplioCreditWork.mostPages
        {
            phase = .look(sort: sort, after: after, pages: pages + 1)
        } else if sort == "nq", credit?.qPointsQuantity != 0 {
            phase = .look(sort: "q", after: nil, pages: 1)
        } else if let doubt {
            verdicts = [.later(Trouble(doubt, mayHaveArrived: true))]
        } else {
            phase = .credit
        }
    }

    private mutating func takeCredit(_ answer: SplioAnswer) {
        if answer.isTaken {
            verdicts = [.acknowledged()]
            return
        }
        guard let complaint = answer.refusal.aboutKey else {
            verdicts = [.refused(answer.refusal.text)]
            return
        }
        if ["wrong_type", "is_blank"].contains(complaint.slug) {
            verdicts = [.refused(answer.refusal.text)]
        } else if answer.refusal.saysAlready || complaint.description.contains("used") {
            verdicts = [.acknowledged("was counted before")]
        } else {
            // A word that may as well say that the key's form is wrong.
            doubt = answer.refusal.text
            phase = firstLook
        }
    }
}
