/// What is to be done for the rows of a parcel, one call after the other.
protocol SplioWork {
    /// One a row; nil as long as it isn't known.
    var verdicts: [Verdict?] { get }
    /// Cards, codes and contacts, which no message may show.
    var hidden: [String] { get }
    /// The next call, the same one when asked for again before its answer was taken; nil when every row has
    /// its verdict.
    mutating func call() -> SplioCall?
    /// Takes the answer to that call: taken or refused, in JSON or empty.
    mutating func take(_ answer: SplioAnswer)
}

/// Carries work out: what all calls have in common.
struct SplioErrand: Errand {
    let endpoint: SplioEndpoint
    let isRepeated: Bool
    var work: any SplioWork
    private var token: Secret?
    /// Whether a token was fetched because the one before was refused: once is enough.
    private var hasLoggedIn = false
    /// The call under way.
    private var underWay: SplioCall?
    /// Whether something that changes the other side has been sent and may have been taken.
    private var hasChanged = false

    init(endpoint: SplioEndpoint, isRepeated: Bool, work: any SplioWork) {
        self.endpoint = endpoint
        self.isRepeated = isRepeated
        self.work = work
    }

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        if let reply, let step = take(reply, now: now) { return step }
        guard let call = work.call() else {
            let lost = Verdict.later(
                Trouble("nothing more to ask, and no answer tells of the row", mayHaveArrived: true)
            )
            return .endEach(work.verdicts.map { shown($0 ?? lost) })
        }
        if endpoint.currentToken == nil { return .login }
        token = endpoint.currentToken
        underWay = call
        return .ask(endpoint.request(call))
    }

    /// Gives the step that ends it, or nil to go on.
    private mutating func take(_ reply: Reply, now: Int) -> Step? {
        guard let call = underWay else { return nil }
        let mayHaveArrived =
            call.isChange && (reply.failure != nil ? reply.mayHaveArrived : reply.status >= 500)
        if reply.failure == nil, reply.status == 401, !hasLoggedIn {
            hasLoggedIn = true
            endpoint.forget(token)
            if !hasChanged { return .login }
            // Whoever logs in may begin the parcel anew, and must then know that part of it is done.
            return end(
                .later(Trouble("answered 401 half-way: its token has run out", waitSeconds: 1)),
                mayHaveArrived: true)
        }
        switch reply.verdict(now: now) {
        case .acknowledged, .refused:
            let isEmpty = reply.body.allSatisfy { $0 <= 32 }
            let value = SplioValue(reply.body)
            guard isEmpty || value != nil else {
                let trouble = Trouble(
                    "answered \(reply.summary), which is no answer of Splio's API: check 'url'")
                // A page is somebody else's; what is neither a page nor JSON may be half an answer.
                let isPage = reply.text.drop { $0.isWhitespace }.hasPrefix("<")
                return end(
                    isPage ? .halted(trouble) : .later(trouble),
                    mayHaveArrived: call.isChange && reply.status < 300)
            }
            hasChanged = hasChanged || call.isChange && reply.status < 300
            work.take(SplioAnswer(status: reply.status, value: value, SplioRefusal(reply)))
            return nil
        case .later(var trouble):
            if reply.failure == nil { trouble.waitSeconds = reply.splioWaitSeconds(now: now) }
            return end(.later(trouble), mayHaveArrived: mayHaveArrived)
        case .halted(let trouble):
            return end(.halted(trouble), mayHaveArrived: mayHaveArrived)
        }
    }

    /// Rows that have a verdict keep it; all others get this one.
    private func end(_ verdict: Verdict, mayHaveArrived: Bool) -> Step {
        var verdict = verdict
        let mayHaveArrived = mayHaveArrived || hasChanged || isRepeated
        switch verdict {
        case .later(var trouble):
            trouble.mayHaveArrived = mayHaveArrived
            verdict = .later(trouble)
        case .halted(var trouble):
            trouble.mayHaveArrived = mayHaveArrived
            verdict = .halted(trouble)
        case .acknowledged, .refused:
            break
        }
        return .endEach(work.verdicts.map { shown($0 ?? verdict) })
    }

    private func shown(_ verdict: Verdict) -> Verdict {
        verdict.withText { text in
            var text = endpoint.withoutSecrets(text)
            for word in work.hidden where word.utf8.count >= 4 {
                text = text.replacing(word, with: "(…)")
            }
            return text
        }
    }
}

extension Verdict {
    /// The same with its text changed.
    func withText(_ change: (String) -> String) -> Verdict {
        switch self {
        case .acknowledged(let text): return .acknowledged(text.map(change))
        case .refused(let text): return .refused(change(text))
        case .later(var trouble):
            trouble.text = change(trouble.text)
            return .later(trouble)
        case .halted(var trouble):
            trouble.text = change(trouble.text)
            return .halted(trouble)
        }
    }
}

extension Reply {
    /// Seconds that Splio wants to be left alone; it knows no Retry-After.
    func splioWaitSeconds(now: Int) -> Int? {
        if let seconds = waitSeconds(now: now) { return seconds }
        if header("x-ratelimit-remaining-minute") == "0" { return 60 }
        return status == 429 ? 1 : nil
    }
}
