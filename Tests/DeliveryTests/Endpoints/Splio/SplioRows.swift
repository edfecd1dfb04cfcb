import Delivery
import Loyalty

/// Rows of the outbox as nights write them for Splio.
enum SplioRows {
    static let night = CivilDate(days: 20_468)

    static func row(_ id: Int, _ kind: String, _ subject: String, _ payload: String) -> OutboxRow {
        let digits = String(id, radix: 16)
        let key =
            "8f0a6c1e-2f57-5a0e-9a57-" + String(repeating: "0", count: 12 - digits.count) + digits
        return OutboxRow(
            id: Int64(id), night: night, kind: kind, subject: subject, key: key,
            payload: Array(payload.utf8))
    }

    static func order(
        _ id: Int, order: String, state: String = "new", kind: String = "sale",
        amount: String = "53.00", card: String = "2171707962088", member: String? = "M-1001",
        store: String? = "PAR01", original: String? = nil, points: Int = 53
    ) -> OutboxRow {
        var text =
            #"{"amount":"\#(amount)","card_code":"\#(card)","channel":"pos","currency":"EUR","#
        text += #""kind":"\#(kind)","#
        if let member { text += #""member_id":"\#(member)","# }
        text += #""order_id":"\#(order)","ordered_on":"2026-01-14","#
        if let original { text += #""original_order_id":"\#(original)","# }
        text += #""points":\#(points),"state":"\#(state)","#
        if let store { text += #""store_id":"\#(store)","# }
        return row(id, "orders", card, text + #""system":"pos"}"#)
    }

    static func points(
        _ id: Int, spend: Int = 53, status: Int = 20, card: String = "2171707962088",
        source: String = "T-0412-000187"
    ) -> OutboxRow {
        row(
            id, "points", card,
            #"{"card_code":"\#(card)","date":"2026-01-14","kind":"sale","source":"\#(source)","#
                + #""spend":\#(spend),"status":\#(status)}"#)
    }

    static func grant(
        _ id: Int, code: String?, card: String = "2171707962088", reward: String = "r25"
    ) -> OutboxRow {
        row(
            id, "grants", code ?? card,
            #"{"assigned_at":"2026-01-14T18:22:07","card_code":"\#(card)","#
                + (code.map { #""code":"\#($0)","# } ?? "")
                + #""expires_on":"2027-01-14","how":"claim","reward_id":"\#(reward)","#
                + #""valid_from":"2026-01-15"}"#)
    }

    static func burn(
        _ id: Int, code: String, card: String? = "2171707962088", store: String? = "PAR01",
        at: String = "2026-01-14T18:22:07"
    ) -> OutboxRow {
        var text = #"{"burned_at":"\#(at)","#
        if let card { text += #""card_code":"\#(card)","# }
        text += #""code":"\#(code)","order_id":"T-0412-000187","reward_id":"r25""#
        if let store { text += #","store_id":"\#(store)""# }
        return row(id, "burns", code, text + "}")
    }

    static func code(_ id: Int, code: String, reward: String = "r25") -> OutboxRow {
        row(
            id, "code-add", code,
            #"{"code":"\#(code)","reward_id":"\#(reward)","state":"available","type":"value"}"#)
    }

    static func parcel(_ rows: [OutboxRow], isRepeated: Bool = false) -> Parcel {
        Parcel(key: rows.first?.key ?? "", rows: rows, isRepeated: isRepeated)
    }
}
