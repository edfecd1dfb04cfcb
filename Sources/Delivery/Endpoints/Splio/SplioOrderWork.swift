internal import Foundation

/// One order: asked for first, since Splio knows no key for orders, then made or changed.
///
/// A return is an order of its own with negative amounts; what it returns stands in a custom field. A cancelled
/// order comes to nothing.
struct SplioOrderWork: SplioWork {
    private struct Payload: Decodable {
        var orderId: String
        var system: String
        var kind: String
        var state: String
        var orderedOn: String
        var cardCode: String
        var memberId: String?
        var storeId: String?
        var channel: String?
        var currency: String
        var amount: String
        var originalOrderId: String?
        var points: Int64
    }

    private struct Field: Encodable {
        var name: String
        var value: String
    }

    /// What is sent; products are never named, since an empty list of them would erase those that are there.
    private struct Order: Encodable {
        // Only where it is made: Splio doesn't let the first two change.
        var externalId: String?
        var cardCode: String?
        var completed = true
        var contactId: String?
        var currency: String
        var customFields: [Field]?
        var orderedAt: String
        var storeExternalId: String?
        var totalPrice: Decimal
    }

    private enum Phase { case look, make, change }

    private(set) var verdicts: [Verdict?] = [nil]
    private(set) var hidden: [String] = []
    private let isFirst: Bool
    private var order: Order?
    private var path = ""
    private var phase = Phase.look

    init(_ parcel: Parcel, _ details: SplioTerms) {
        isFirst = !parcel.isRepeated
        guard let row = parcel.rows.first, let payload: Payload = row.splioPayload() else {
            verdicts = [.refused(SplioRow.unreadable)]
            return
        }
        hidden = [payload.cardCode, payload.memberId].compactMap { $0 }
        if payload.kind == "void" {
            // Both would take it back twice.
            verdicts = [.acknowledged("told by the order that it cancels")]
            return
        }
        let external = { (order: String) in
            details.externalID.replacing("{order_id}", with: order)
                .replacing("{system}", with: payload.system)
        }
        guard let amount = Decimal(string: payload.amount),
            let path = SplioCall.path("", external(payload.orderId))
        else {
            verdicts = [.refused(SplioRow.unreadable)]
            return
        }
        let values = [
            "original_order_id": payload.originalOrderId.map(external), "system": payload.system,
            "channel": payload.channel, "kind": payload.kind, "points": String(payload.points),
        ]
        let fields = details.fields.sorted { $0.key < $1.key }.compactMap { field in
            values[field.key]?.map { Field(name: field.value, value: $0) }
        }
        self.path = path
        isCancelled = payload.state == "cancelled"
        order = Order(
            externalId: external(payload.orderId), cardCode: payload.cardCode,
            contactId: details.contact == .card ? payload.cardCode : payload.memberId,
            currency: payload.currency,
            customFields: fields.isEmpty ? nil : fields,
            orderedAt: payload.orderedOn + " 00:00:00", storeExternalId: payload.storeId,
            totalPrice: isCancelled ? 0 : amount)
        isNew = payload.state == "new"
        store = details.store
    }

    /// Whether the order was never told before, by this row or another.
    private var isNew = false
    private var isCancelled = false
    /// For orders whose store nobody knows any more.
    private var store: String?

    mutating func call() -> SplioCall? {
        guard verdicts == [nil], var order else { return nil }
        switch phase {
        case .look:
            return SplioCall(.get, "/data/v2/orders" + path)
        case .make:
            order.storeExternalId = order.storeExternalId ?? store
            return SplioCall(.post, "/data/v1/orders", body: SplioCall.json(order))
        case .change:
            order.externalId = nil
            order.cardCode = nil
            return SplioCall(.patch, "/data/v3/orders" + path, body: SplioCall.json(order))
        }
    }

    /// What keeps an order that isn't there from being made; a change needs none of it.
    private var reasonNotToMake: Verdict? {
        if isCancelled { return .acknowledged("was never there") }
        if order?.contactId?.isEmpty ?? true {
            return .refused(
                "the member has no member_id, by which Splio knows contacts here; "
                    + "'contact: card_code' takes the card")
        }
        if (order?.storeExternalId ?? store)?.isEmpty ?? true {
            return .refused(
                "the order has no store_id, which Splio needs; 'store' names one for such orders")
        }
        return nil
    }

    mutating func take(_ answer: SplioAnswer) {
        switch phase {
        case .look where answer.status == 404:
            verdicts = [reasonNotToMake]
            phase = .make
        case .look where answer.isTaken:
            // Two systems may give the same number: theirs must not be written over.
            let store = answer.value?["store"]?["external_id"]?.text
            if isNew, isFirst, let store, let own = order?.storeExternalId, store != own {
                verdicts = [
                    .refused(
                        "an order of that number, of another store, is there already; where two systems give "
                            + "the same numbers, set 'external_id: \"{system}-{order_id}\"'")
                ]
            }
            phase = .change
        case .make where answer.refusal.saysAlready:
            phase = .change
        case .look, .make, .change:
            verdicts = [answer.isTaken ? .acknowledged() : .refused(answer.refusal.text)]
        }
    }
}

/// What of rows all calls share.
enum SplioRow {
    static let unreadable = "the row can't be read: it lacks what Splio needs, or was damaged"
}

extension OutboxRow {
    /// Its payload, whose keys are of words joined by underlines.
    func splioPayload<Payload: Decodable>() -> Payload? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Payload.self, from: Data(payload))
    }
}
