internal import Foundation

/// What a Splio of a test knows, and what became of each effect: how often an order was made, points were
/// credited, a code came in, was granted, was burned.
package struct SplioBooks: Sendable {
    package struct Order: Sendable {
        package var fields: [String: String] = [:]
        package var custom: [String: String] = [:]
        package var products = 2
        package var made = 0
        package var changed = 0
    }

    package struct Credit: Sendable {
        package var card: String
        package var nq: Int
        package var q: Int
        package var context: String
        package var date: String
        package var times = 1
    }

    package struct Attribution: Sendable {
        package var reward: String
        package var card: String
        package var granted: String
        package var burned: String?
        package var start: String?
        package var end: String?
        package var store: String?

        package init(reward: String = "r25", card: String, granted: String = "2026-01-01 00:00:00")
        {
            self.reward = reward
            self.card = card
            self.granted = granted
        }
    }

    /// A call, taken apart.
    struct Call {
        var method: String
        var path: [String]
        var query: [String: String]
        var body: [String: Any]

        func text(_ key: String) -> String? { body[key] as? String }
    }

    /// An answer, not yet on its way.
    struct Answer {
        var status: Int
        var text: String
    }

    package var orders: [String: Order] = [:]
    /// By their key.
    package var credits: [String: Credit] = [:]
    package var attributions: [String: Attribution] = [:]
    package var stock: [String: Set<String>] = ["r25": [], "auto": []]
    /// How often each code came into stock.
    package var instances: [String: Int] = [:]
    /// What a server should never be asked for.
    package var doubles: [String] = []
    package var grantKeys: Set<String> = []
    /// Cards that it knows end in anything but 999; contacts and stores too.
    package static let stranger = "999"
    /// How a key is refused that was used before.
    package var keyRefusal =
        "{\"error_key\":\"idempotency_key\",\"error\":\"already_used\","
        + "\"error_description\":\"this idempotency key was already used\"}"
    /// Errors of elements name no code; of each other it is the card alone that tells.
    package var hidesCodes = false
    /// How many codes an upload needs calls to come in: 0 at once.
    package var slowStock = 0

    package init() {}

    // MARK: Forms of refusal

    /// A list of errors with a status.
    static func errors(
        _ status: Int, _ error: (key: String, slug: String, description: String)
    ) -> Answer {
        Answer(status: status, text: json(["status": status, "errors": [form(error)]]))
    }

    /// One error with a status.
    private static func error(_ status: Int, _ description: String) -> Answer {
        let error: [String: Any] = [
            "error_key": NSNull(), "error": "not_found", "error_description": description,
        ]
        return Answer(status: status, text: json(["status": status, "errors": error]))
    }

    /// One error alone.
    static func bare(
        _ status: Int, _ error: (key: String, slug: String, description: String)
    ) -> Answer {
        Answer(status: status, text: json(form(error)))
    }

    private static func form(
        _ error: (key: String, slug: String, description: String)
    ) -> [String: Any] {
        [
            "error_key": error.key, "error": error.slug,
            "error_description": error.description,
        ]
    }

    static func json(_ value: Any) -> String {
        let data = try? JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func isStranger(_ text: String?) -> Bool {
        text?.hasSuffix(stranger) ?? false
    }

    // MARK: Calls

    mutating func take(_ call: Call) -> Answer {
        let path = call.path
        switch (call.method, path.first, path.dropFirst().joined(separator: "/")) {
        case ("GET", "data", _) where path.count == 4 && path[1] == "v2" && path[2] == "orders":
            return order(path[3])
        case ("POST", "data", "v1/orders"):
            return makeOrder(call)
        case ("PATCH", "data", _) where path.count == 4 && path[1] == "v3" && path[2] == "orders":
            return changeOrder(path[3], call)
        case ("GET", "loyalty", "points"):
            return points(call)
        case ("POST", "loyalty", _) where path.count == 5 && path.last == "credit":
            return credit(path[3], call)
        case ("GET", "loyalty", _) where path.count == 3 && path[1] == "reward-attributions":
            return attribution(path[2])
        case ("GET", "loyalty", _) where path.count == 4 && path[2] == "rewards":
            return reward(path[3])
        case ("POST", "loyalty", _) where path.last == "send":
            return upload(path[2], call)
        case ("POST", "loyalty", "v1/rewards/grant"):
            return many(call) { $0.grant($1["reward_id"] as? String ?? "", $1) }
        case ("POST", "loyalty", _) where path.count == 5 && path.last == "grant":
            return grantOne(path[3], call)
        case ("POST", "loyalty", "v1/rewards/burn"):
            return burnMany(call)
        case ("POST", "loyalty", _) where path.count == 5 && path.last == "burn":
            return burnOne(path[3], call)
        default:
            return Answer(status: 405, text: #""Method not allowed.""#)
        }
    }

    // MARK: Orders

    private func order(_ id: String) -> Answer {
        guard let order = orders[id] else {
            return SplioBooks.errors(
                404, ("ext_id", "wrong_value", "Order not found for given identifier."))
        }
        var answer: [String: Any] = order.fields
        // In places a number where it was given as text.
        answer["external_id"] = Int(id).map { $0 as Any } ?? id
        answer["store"] = ["external_id": order.fields["store_external_id"] ?? ""]
        answer["loyalty"] = ["card_code": order.fields["card_code"] ?? ""]
        return Answer(status: 200, text: SplioBooks.json(answer))
    }

    private mutating func makeOrder(_ call: Call) -> Answer {
        for key in ["external_id", "contact_id", "store_external_id"] where call.text(key) == nil {
            return SplioBooks.errors(400, (key, "is_blank", "This value should not be blank."))
        }
        if let refusal = refusal(of: call) { return refusal }
        let id = call.text("external_id") ?? ""
        var order = orders[id] ?? Order()
        order.made += 1
        if order.made > 1 { doubles.append("order \(id)") }
        SplioBooks.fill(&order, call)
        orders[id] = order
        return Answer(status: 201, text: self.order(id).text)
    }

    private func refusal(of call: Call) -> Answer? {
        if SplioBooks.isStranger(call.text("contact_id")) {
            return SplioBooks.errors(
                400,
                ("contact_id", "wrong_value", "contact \(call.text("contact_id") ?? "") unknown"))
        }
        if SplioBooks.isStranger(call.text("store_external_id")) {
            return SplioBooks.error(404, "extid \"S999\" not found in stores")
        }
        guard call.body["total_price"] is NSNumber else {
            return SplioBooks.errors(
                400, ("total_price", "wrong_type", "This value should be of type float."))
        }
        return nil
    }

    private static func fill(_ order: inout Order, _ call: Call) {
        for (key, value) in call.body {
            if let text = value as? String {
                order.fields[key] = text
            } else if key == "total_price", let number = value as? NSNumber {
                order.fields[key] = number.decimalValue.description
            }
        }
        for field in call.body["custom_fields"] as? [[String: String]] ?? [] {
            if let name = field["name"] { order.custom[name] = field["value"] }
        }
        if let products = call.body["products"] as? [Any] { order.products = products.count }
    }

    private mutating func changeOrder(_ id: String, _ call: Call) -> Answer {
        guard var order = orders[id] else {
            return SplioBooks.errors(
                404, ("ext_id", "wrong_value", "Order not found for given identifier."))
        }
        if let refusal = refusal(of: call) { return refusal }
        for key in ["external_id", "card_code"] where call.body[key] != nil {
            return SplioBooks.errors(400, (key, "wrong_value", "This field was not expected."))
        }
        order.changed += 1
        SplioBooks.fill(&order, call)
        orders[id] = order
        return Answer(status: 200, text: self.order(id).text)
    }

    // MARK: Points

    private mutating func credit(_ card: String, _ call: Call) -> Answer {
        for key in ["nq_points_quantity", "q_points_quantity"] where !(call.body[key] is Int) {
            return SplioBooks.errors(400, (key, "wrong_type", "This value should be of type int."))
        }
        guard let context = call.text("context"), call.body["is_final"] is Bool else {
            return SplioBooks.errors(
                400, ("context", "wrong_type", "This value should be of type string."))
        }
        if SplioBooks.isStranger(card) {
            return SplioBooks.errors(
                404, ("card_code", "wrong_value", "Membership not found for given identifier."))
        }
        let key = call.text("idempotency_key") ?? "none \(credits.count)"
        if credits[key] != nil { return Answer(status: 400, text: keyRefusal) }
        credits[key] = Credit(
            card: card, nq: call.body["nq_points_quantity"] as? Int ?? 0,
            q: call.body["q_points_quantity"] as? Int ?? 0, context: context,
            date: call.text("event_date") ?? "")
        return Answer(status: 202, text: "")
    }

    /// One sort of points, by default those that can be spent, and of events by default none that is ours.
    private func points(_ call: Call) -> Answer {
        func value(_ key: String, _ operation: String) -> String? {
            guard let text = call.query[key],
                let search = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
                let pair = search as? [String: String], pair["operator"] == operation
            else { return nil }
            return pair["value"]
        }
        let sort = value("points_type", "equals") ?? "nq"
        guard value("event_type", "equals") == "credit_points" else { return page([], nil) }
        let limit = max(1, Int(call.query["limit"] ?? "") ?? 50)
        let found = credits.values
            .filter { credit in
                (sort == "nq" ? credit.nq : credit.q) > 0
                    && value("card_code", "equals").map { credit.card == $0 } ?? true
                    && value("event_date", "on date").map { credit.date.hasPrefix($0) } ?? true
            }
            .sorted { $0.context < $1.context }
        let from = call.query["after"].flatMap { Int($0) } ?? 0
        let some = found.dropFirst(from).prefix(min(limit, pageSize))
        let elements: [[String: Any]] = some.map { credit in
            [
                "card_code": credit.card, "event_date": credit.date,
                "points_earned": String(sort == "nq" ? credit.nq : credit.q),
                "points_type": sort == "nq" ? "non-qualifying" : "qualifying",
                "reason": ["interaction_type": "manual", "message": credit.context],
            ]
        }
        let end = from + some.count
        return page(elements, end < found.count ? String(end) : nil)
    }

    /// Points a page, whatever is asked for.
    package var pageSize = 1_000

    private func page(_ elements: [[String: Any]], _ after: String?) -> Answer {
        let cursors: [String: Any] = [
            "after": after.map { $0 as Any } ?? NSNull(), "before": NSNull(),
        ]
        return Answer(
            status: 200,
            text: SplioBooks.json(
                [
                    "paging": ["cursors": cursors], "count_element": elements.count,
                    "elements": elements,
                ] as [String: Any]))
    }

    // MARK: Rewards and codes

    private func reward(_ id: String) -> Answer {
        guard let codes = stock[id] else {
            return SplioBooks.errors(404, ("", "", "\(id) not found"))
        }
        // A number as text, as in places.
        return Answer(
            status: 200, text: SplioBooks.json(["external_id": id, "stock": String(codes.count)]))
    }

    private mutating func upload(_ reward: String, _ call: Call) -> Answer {
        guard stock[reward] != nil else {
            return SplioBooks.bare(404, ("", "", "\(reward) not found"))
        }
        if reward == "auto" {
            return SplioBooks.bare(400, ("", "", "reward must not have auto_generated option"))
        }
        guard let codes = call.body["codes"] as? [String], !codes.isEmpty else {
            return SplioBooks.errors(400, ("codes", "is_blank", "This value should not be blank."))
        }
        if slowStock > 0 {
            slowStock -= 1
        } else {
            for code in codes where stock[reward]?.insert(code).inserted ?? false {
                instances[code, default: 0] += 1
                if instances[code] == 2 { doubles.append("code \(code)") }
            }
        }
        let uuid = "0b1c0000-0000-4000-8000-000000000000"
        return Answer(
            status: 200,
            text: SplioBooks.json(["process_uuid": uuid, "status": "in progress"]))
    }

    private func attribution(_ code: String) -> Answer {
        guard let found = attributions[code] else {
            return SplioBooks.errors(
                404,
                ("ext_id", "wrong_value", "Reward attribution not found for given identifier."))
        }
        let answer: [String: Any] = [
            "id": 6, "external_id": code, "earn_date": found.granted,
            "claim_date": found.burned.map { $0 as Any } ?? NSNull(),
            "status": found.burned == nil ? "available" : "burned",
            "reward": ["external_id": found.reward],
            "contact_status": ["id": 1, "card_code": found.card],
        ]
        return Answer(status: 200, text: SplioBooks.json(answer))
    }
}
