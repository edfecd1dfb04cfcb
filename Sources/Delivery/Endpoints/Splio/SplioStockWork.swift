/// New codes of one or several rewards, sent by reward.
///
/// Splio takes a list and works on it later, and nothing tells what became of each code. So a list that may
/// have arrived before is sent again without the codes that are granted already, which must not come into
/// stock a second time, and the stock is read afterwards.
struct SplioStockWork: SplioWork {
    private struct Payload: Decodable {
        var code: String
        var rewardId: String
    }

    private struct Upload: Encodable { var codes: [String] }

    private enum Task {
        /// Whether a code is granted already.
        case look(Int)
        case send(String)
        /// Whether the stock can hold what was sent.
        case count(String)
    }

    private(set) var verdicts: [Verdict?] = []
    private(set) var hidden: [String] = []
    private var payloads: [Payload?] = []
    private var tasks: [Task] = []
    private let isRepeated: Bool

    init(_ parcel: Parcel) {
        isRepeated = parcel.isRepeated
        for row in parcel.rows {
            var payload: Payload? = row.splioPayload()
            if let found = payload,
                SplioCall.path("", found.code) == nil || SplioCall.path("", found.rewardId) == nil
            {
                payload = nil
            }
            payloads.append(payload)
            verdicts.append(payload == nil ? .refused(SplioRow.unreadable) : nil)
        }
        hidden = payloads.compactMap { $0?.code }
        if isRepeated { tasks = verdicts.indices.map { .look($0) } }
        var rewards: [String] = []
        for payload in payloads {
            if let reward = payload?.rewardId, !rewards.contains(reward) { rewards.append(reward) }
        }
        for reward in rewards {
            tasks.append(.send(reward))
            if isRepeated { tasks.append(.count(reward)) }
        }
    }

    /// Rows of a reward that have no verdict.
    private func open(_ reward: String) -> [Int] {
        payloads.indices.filter { verdicts[$0] == nil && payloads[$0]?.rewardId == reward }
    }

    mutating func call() -> SplioCall? {
        while let task = tasks.first {
            switch task {
            case .look(let row):
                if verdicts[row] == nil, let code = payloads[row]?.code,
                    let path = SplioCall.path("/loyalty/reward-attributions", code)
                {
                    return SplioCall(.get, path)
                }
            case .send(let reward):
                let codes = open(reward).compactMap { payloads[$0]?.code }
                if !codes.isEmpty,
                    let path = SplioCall.path("/loyalty/rewards", reward, "/instances/send")
                {
                    return SplioCall(.post, path, body: SplioCall.json(Upload(codes: codes)))
                }
            case .count(let reward):
                if !open(reward).isEmpty, let path = SplioCall.path("/loyalty/v1/rewards", reward) {
                    return SplioCall(.get, path)
                }
            }
            tasks.removeFirst()
        }
        return nil
    }

    mutating func take(_ answer: SplioAnswer) {
        guard let task = tasks.first else { return }
        tasks.removeFirst()
        switch task {
        case .look(let row):
            if answer.isTaken {
                verdicts[row] = .acknowledged("is there, and granted")
            } else if answer.status != 404 {
                verdicts[row] = .later(Trouble(answer.refusal.text, mayHaveArrived: true))
            }
        case .send(let reward):
            takeUpload(answer, reward)
        case .count(let reward):
            takeStock(answer, reward)
        }
    }

    private mutating func takeUpload(_ answer: SplioAnswer, _ reward: String) {
        let rows = open(reward)
        guard answer.isTaken else {
            for row in rows { verdicts[row] = .refused(answer.refusal.text) }
            return
        }
        guard let process = answer.value?["process_uuid"]?.text else {
            let trouble = Trouble(
                "took a list of codes without a process_uuid: nobody knows whether they came in",
                mayHaveArrived: true)
            for row in rows { verdicts[row] = .later(trouble) }
            return
        }
        if !isRepeated { for row in rows { verdicts[row] = .acknowledged("process \(process)") } }
    }

    private mutating func takeStock(_ answer: SplioAnswer, _ reward: String) {
        let rows = open(reward)
        let stock = answer.value?["stock"]?.text.flatMap { Int($0) }
        for row in rows {
            if answer.isTaken, let stock, stock >= rows.count {
                verdicts[row] = .acknowledged("stock \(stock)")
            } else {
                verdicts[row] = .later(
                    Trouble(
                        "took \(rows.count) codes, and its stock of the reward doesn't show them yet",
                        waitSeconds: 60, mayHaveArrived: true))
            }
        }
    }
}
