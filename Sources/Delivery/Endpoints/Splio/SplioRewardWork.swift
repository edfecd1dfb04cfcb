/// Codes granted or burned, one or many a call.
///
/// A code itself keeps a grant from counting twice: Splio gives it to one card only. Burns have nothing of the
/// kind: where one may have arrived, the code is asked for first. Answers of partial success are read element
/// by element; what they leave open is settled code by code.
struct SplioRewardWork: SplioWork {
    enum Effect { case grant, burn }

    private struct Payload: Decodable {
        /// A badge has none.
        var code: String?
        var rewardId: String
        var cardCode: String?
        var assignedAt: String?
        var validFrom: String?
        var expiresOn: String?
        var how: String?
        var burnedAt: String?
        var storeId: String?
        var orderId: String?
    }

    /// What of grants and burns is sent; each call takes some of it.
    private struct Element: Encodable {
        var attributionIds: [String]?
        var burnedDate: String?
        var cardCode: String?
        var grantDate: String?
        var idempotencyKey: String?
        var quantity: Int?
        var reasonMsg: String?
        var rewardId: String?
        var storeId: String?
        var validityEnd: String?
        var validityStart: String?
    }

    private enum Task {
        /// Asks what Splio knows of a row's code.
        case look(Int)
        /// All rows that are open.
        case many
        case one(Int)
    }

    private(set) var verdicts: [Verdict?]
    private(set) var hidden: [String] = []
    private let effect: Effect
    private let isRepeated: Bool
    private let keys: [String]
    private var payloads: [Payload?]
    private var tasks: [Task] = []
    /// What Splio said against a row, where that may be because the row has arrived before.
    private var complaints: [String?]

    init(_ parcel: Parcel, _ effect: Effect) {
        self.effect = effect
        isRepeated = parcel.isRepeated
        keys = parcel.rows.map(\.key)
        payloads = parcel.rows.map { row in
            guard let payload: Payload = row.splioPayload(),
                payload.code.map({ SplioCall.path("", $0) != nil }) ?? (effect == .grant),
                SplioCall.path("", payload.rewardId) != nil,
                effect == .grant
                    ? payload.cardCode?.isEmpty == false && payload.assignedAt != nil
                    : payload.burnedAt != nil
            else { return nil }
            return payload
        }
        verdicts = payloads.map { $0 == nil ? .refused(SplioRow.unreadable) : nil }
        complaints = payloads.map { _ in nil }
        hidden = payloads.flatMap { [$0?.code, $0?.cardCode].compactMap { $0 } }
        if effect == .burn {
            // Splio wants the card of every burn; of one that was reported without, it knows it itself.
            tasks = payloads.indices.filter { isRepeated || payloads[$0]?.cardCode == nil }
                .map { .look($0) }
        }
        tasks.append(.many)
        // A badge has no code that would keep it from counting twice: it goes alone, with its key.
        tasks += payloads.indices.filter { payloads[$0] != nil && payloads[$0]?.code == nil }
            .map { .one($0) }
    }

    /// Rows with a code that have no verdict.
    private var open: [Int] {
        verdicts.indices.filter { verdicts[$0] == nil && payloads[$0]?.code != nil }
    }

    // MARK: Calls

    mutating func call() -> SplioCall? {
        while let task = tasks.first {
            switch task {
            case .look(let row) where verdicts[row] == nil:
                if let code = payloads[row]?.code,
                    let path = SplioCall.path("/loyalty/reward-attributions", code)
                {
                    return SplioCall(.get, path)
                }
            case .one(let row) where verdicts[row] == nil:
                if let call = one(row) { return call }
            case .many:
                let rows = open
                if rows.count == 1 {
                    tasks[0] = .one(rows[0])
                    continue
                }
                if !rows.isEmpty { return many(rows) }
            case .look, .one:
                break
            }
            tasks.removeFirst()
        }
        return nil
    }

    private func many(_ rows: [Int]) -> SplioCall {
        let path = effect == .grant ? "/loyalty/v1/rewards/grant" : "/loyalty/v1/rewards/burn"
        let elements = rows.compactMap { row in payloads[row].map { element($0) } }
        return SplioCall(.post, path, body: SplioCall.json(["elements": elements]))
    }

    private func one(_ row: Int) -> SplioCall? {
        guard let payload = payloads[row] else { return nil }
        var element = element(payload)
        var path: String?
        switch effect {
        case .grant:
            element.rewardId = nil
            element.quantity = 1
            element.idempotencyKey = keys[row]
            path = SplioCall.path("/loyalty/v1/rewards", payload.rewardId, "/grant")
        case .burn:
            element.attributionIds = nil
            path = payload.code.flatMap {
                SplioCall.path("/loyalty/v1/reward-attributions", $0, "/burn")
            }
        }
        return path.map { SplioCall(.post, $0, body: SplioCall.json(element)) }
    }

    private func element(_ payload: Payload) -> Element {
        var element = Element()
        element.attributionIds = payload.code.map { [$0] }
        element.cardCode = payload.cardCode
        switch effect {
        case .grant:
            element.rewardId = payload.rewardId
            element.grantDate = payload.assignedAt.map { SplioCall.time($0) }
            element.validityStart = payload.validFrom.map { $0.prefix(10) + " 00:00:00" }
            element.validityEnd = payload.expiresOn.map { $0.prefix(10) + " 23:59:59" }
            element.reasonMsg = payload.how
        case .burn:
            element.burnedDate = payload.burnedAt.map { SplioCall.time($0) }
            element.storeId = payload.storeId
            element.reasonMsg = payload.orderId
        }
        return element
    }

    // MARK: Answers

    mutating func take(_ answer: SplioAnswer) {
        guard let task = tasks.first else { return }
        tasks.removeFirst()
        switch task {
        case .look(let row): takeLook(answer, row)
        case .many: takeMany(answer)
        case .one(let row): takeOne(answer, row)
        }
    }

    private mutating func takeOne(_ answer: SplioAnswer, _ row: Int) {
        if answer.isTaken {
            verdicts[row] = .acknowledged()
        } else {
            judge(
                row, answer.refusal.text,
                isKnown: answer.refusal.aboutKey != nil || answer.refusal.saysAlready)
        }
    }

    /// A row that was refused: it may be refused because it has arrived before.
    private mutating func judge(_ row: Int, _ complaint: String, isKnown: Bool) {
        if payloads[row]?.code == nil {
            verdicts[row] = isKnown ? .acknowledged("was granted before") : .refused(complaint)
        } else if isKnown || isRepeated || SplioRefusal.saysAlready(complaint) {
            complaints[row] = complaint
            tasks.append(.look(row))
        } else {
            verdicts[row] = .refused(complaint)
        }
    }

    private mutating func takeLook(_ answer: SplioAnswer, _ row: Int) {
        let complaint = complaints[row]
        guard answer.isTaken, let value = answer.value else {
            if answer.status != 404 || effect == .burn || complaint != nil {
                verdicts[row] = .refused(complaint ?? answer.refusal.text)
            }
            return
        }
        let card = value["contact_status"]?["card_code"]?.text ?? value["card_code"]?.text
        switch effect {
        case .grant:
            verdicts[row] =
                card == payloads[row]?.cardCode
                ? .acknowledged("was granted before")
                : .refused("the code is granted to another card there")
        case .burn:
            let burned = value["burned_date"]?.moment ?? value["claim_date"]?.moment
            if let burned {
                verdicts[row] =
                    burned == payloads[row]?.burnedAt.map { SplioCall.time($0) }
                    ? .acknowledged("was burned before")
                    : .refused(
                        "the code was burned there at \(burned), by somebody else: it may have been used twice"
                    )
            } else if let complaint {
                verdicts[row] = .refused(complaint)
            } else if payloads[row]?.cardCode == nil {
                payloads[row]?.cardCode = card
                hidden.append(contentsOf: [card].compactMap { $0 })
            }
        }
    }

    // MARK: Many

    private mutating func takeMany(_ answer: SplioAnswer) {
        let open = open
        let taken =
            answer.value?["elements_success"]?.list ?? (answer.isTaken ? answer.value?.list : nil)
        let refused = answer.value?["elements_error"]?.list
        guard taken != nil || refused != nil else {
            // All refused for the sake of one, perhaps: each is asked for alone.
            tasks.append(contentsOf: open.map { .one($0) })
            return
        }
        for element in taken ?? [] {
            guard let code = element["external_id"]?.text,
                let row = open.first(where: { payloads[$0]?.code == code })
            else { continue }
            // The status may still say 'valid' of a code that is burned; the date tells.
            let isBurned = element["burned_date"]?.moment != nil
            if effect == .grant || isBurned { verdicts[row] = .acknowledged() }
        }
        for (row, error) in matched(refused ?? [], open.filter { verdicts[$0] == nil }) {
            let description = error["description"]?.text ?? "no reason"
            let code = error["code"]?.text.flatMap { Int($0) } ?? 400
            if code == 429 || code >= 500 {
                verdicts[row] = .later(
                    Trouble("answered \(code): \(description)", mayHaveArrived: true))
            } else {
                judge(row, "answered \(code): \(description)", isKnown: false)
            }
        }
        // What no element tells of, or more than one may: asked for, then sent alone.
        for row in open where verdicts[row] == nil && complaints[row] == nil {
            if effect == .burn { tasks.append(.look(row)) }
            tasks.append(.one(row))
        }
    }

    /// Which row each error is about, as far as that is beyond doubt.
    ///
    /// Some bear a list of codes, some a code, some only the card.
    private func matched(
        _ errors: [SplioValue], _ rows: [Int]
    ) -> [(row: Int, error: SplioValue)] {
        var matches: [(row: Int, error: SplioValue)] = []
        var rows = rows
        var nameless: [SplioValue] = []
        for error in errors {
            let codes =
                error["attribution_ids"]?.list?.compactMap(\.text)
                ?? [error["attribution_id"]?.text].compactMap { $0 }
            if let row = rows.first(where: { codes.contains(payloads[$0]?.code ?? "") }) {
                matches.append((row, error))
                rows.removeAll { $0 == row }
            } else {
                nameless.append(error)
            }
        }
        for error in nameless {
            let card = error["card_code"]?.text
            let candidates = rows.filter { card == nil || payloads[$0]?.cardCode == card }
            // Two errors of one card could each be about either row.
            let rivals = nameless.filter { $0["card_code"]?.text == card }
            guard candidates.count == 1, rivals.count == 1 else { continue }
            matches.append((candidates[0], error))
            rows.removeAll { $0 == candidates[0] }
        }
        return matches
    }
}
