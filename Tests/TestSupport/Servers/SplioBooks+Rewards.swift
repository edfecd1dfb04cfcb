internal import Foundation

/// Grants and burns, one and many, with the several forms of their answers.
extension SplioBooks {
    /// Why an element is refused; nil where it is done.
    typealias Refusal = (key: String, slug: String, description: String)

    private static func codes(_ element: [String: Any]) -> [String] {
        element["attribution_ids"] as? [String] ?? []
    }

    private static func card(_ element: [String: Any]) -> String {
        element["card_code"] as? String ?? ""
    }

    mutating func grant(_ reward: String, _ element: [String: Any]) -> Refusal? {
        let card = SplioBooks.card(element)
        if stock[reward] == nil { return ("", "", "\(reward) not found") }
        if card.hasSuffix(SplioBooks.stranger) {
            return ("card_code", "not_found", "card_code \(card) not found")
        }
        for code in SplioBooks.codes(element) where attributions[code] != nil {
            return (
                "attribution_ids", "already_attributed", "external id \(code) is already attributed"
            )
        }
        for code in SplioBooks.codes(element) {
            var made = Attribution(
                reward: reward, card: card, granted: element["grant_date"] as? String ?? "")
            made.start = element["validity_start"] as? String
            made.end = element["validity_end"] as? String
            attributions[code] = made
            stock[reward]?.remove(code)
        }
        return nil
    }

    mutating func grantOne(_ reward: String, _ call: Call) -> Answer {
        guard stock[reward] != nil else {
            return SplioBooks.bare404("\(reward) not found")
        }
        if let key = call.text("idempotency_key") {
            if grantKeys.contains(key) { return Answer(status: 400, text: keyRefusal) }
            if let refusal = grant(reward, call.body) { return SplioBooks.bare400(refusal) }
            grantKeys.insert(key)
        } else if let refusal = grant(reward, call.body) {
            return SplioBooks.bare400(refusal)
        }
        let answer: [[String: Any]] = [
            ["uuid": "7061f345", "external_ids": SplioBooks.codes(call.body)]
        ]
        return Answer(status: 200, text: SplioBooks.json(answer))
    }

    mutating func burn(_ code: String, _ element: [String: Any]) -> Refusal? {
        let card = SplioBooks.card(element)
        guard let found = attributions[code] else {
            return ("external_id", "external_id_not_found", "reward_attribution \(code) not found")
        }
        if let burned = found.burned {
            doubles.append("burn \(code)")
            return (
                "external_id", "external_id_already_burned",
                "reward attribution \(code) already burned at \(burned)"
            )
        }
        if found.card != card {
            return (
                "card_code", "inconsistent_card_code",
                "the given cardcode \(card) does not match the card_code of the given reward attribution"
            )
        }
        attributions[code]?.burned = element["burned_date"] as? String
        attributions[code]?.store = element["store_id"] as? String
        return nil
    }

    mutating func burnOne(_ code: String, _ call: Call) -> Answer {
        if let refusal = strangeStore([call.body]) { return refusal }
        if let refusal = burn(code, call.body) {
            return refusal.slug == "external_id_not_found"
                ? SplioBooks.bare404(refusal.description) : SplioBooks.bare400(refusal)
        }
        return Answer(
            status: 200, text: SplioBooks.json(element(code, status: "burned")))
    }

    mutating func burnMany(_ call: Call) -> Answer {
        let elements = call.body["elements"] as? [[String: Any]] ?? []
        if let refusal = strangeStore(elements) { return refusal }
        for element in elements where SplioBooks.card(element).isEmpty {
            return SplioBooks.bare400(("", "payload_error", "Payload is invalid"))
        }
        return many(call, isBurn: true) { books, element in
            for code in SplioBooks.codes(element) {
                if let refusal = books.burn(code, element) { return refusal }
            }
            return nil
        }
    }

    /// One store that it doesn't know refuses all.
    private func strangeStore(_ elements: [[String: Any]]) -> Answer? {
        for element in elements {
            guard let store = element["store_id"] as? String else { continue }
            if store.hasSuffix(SplioBooks.stranger) {
                let error: [String: Any] = [
                    "error_key": NSNull(), "error": "not_found",
                    "error_description": "extid \"\(store)\" not found in stores",
                ]
                return Answer(
                    status: 404, text: SplioBooks.json(["status": 404, "errors": error]))
            }
        }
        return nil
    }

    /// 200 with a list, 207 with two, 400 where nothing was done.
    mutating func many(
        _ call: Call, isBurn: Bool = false,
        _ act: (inout SplioBooks, [String: Any]) -> Refusal?
    ) -> Answer {
        let elements = call.body["elements"] as? [[String: Any]] ?? []
        var done: [[String: Any]] = []
        var refused: [[String: Any]] = []
        for element in elements {
            let code = SplioBooks.codes(element).first ?? ""
            guard let refusal = act(&self, element) else {
                // Of burns that were done among others it says that they are valid still.
                done.append(self.element(code, status: "valid"))
                continue
            }
            var error: [String: Any] = [
                "card_code": SplioBooks.card(element), "code": 400,
                "description": refusal.description,
            ]
            if !isBurn {
                error["attribution_ids"] = [code]
            } else if !hidesCodes {
                error["attribution_id"] = code
            }
            refused.append(error)
        }
        if refused.isEmpty { return Answer(status: 200, text: SplioBooks.json(done)) }
        let noneDone: Any = isBurn ? NSNull() : [String]()
        let answer: [String: Any] = [
            "success_count": done.count, "errors_count": String(refused.count),
            "elements_success": done.isEmpty ? noneDone : done, "elements_error": refused,
        ]
        return Answer(status: done.isEmpty ? 400 : 207, text: SplioBooks.json(answer))
    }

    private func element(_ code: String, status: String) -> [String: Any] {
        let found = attributions[code]
        return [
            "external_id": code, "card_code": found?.card ?? "", "status": status,
            "earned_date": found?.granted ?? "",
            "burned_date": found?.burned.map { $0 as Any } ?? NSNull(),
            "expiration_date": "0000-00-00 00:00:00",
            "reward_definition": ["external_id": found?.reward ?? ""],
        ]
    }

    private static func bare404(_ description: String) -> Answer {
        bare(404, ("", "", description))
    }

    private static func bare400(_ refusal: Refusal) -> Answer { bare(400, refusal) }
}
