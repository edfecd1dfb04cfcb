import Delivery
import Testing

/// What every kind of endpoint must get right, against a server that fails in every way it can.
///
/// Of a fault the suite asks: the right verdict, in words that help and tell no secret; never 'it has surely not
/// arrived' where it has; and, when all is well again, the same parcel taken and counted once.
func exercise(_ peer: some Peer) throws {
    try Exercise(peer: peer).all()
}

private struct Exercise<Other: Peer> {
    let peer: Other

    func all() throws {
        try delivers()
        try repeats()
        try survivesEveryKill()
        for fault in Fault.allCases where peer.faults.contains(fault) {
            switch fault.outcome {
            case .each: try refusesSome(fault)
            case .later, .halted: try meets(fault)
            }
        }
    }

    /// Delivered: each row counts once.
    private func delivers() throws {
        let parcel = try peer.parcel(rows: 1)
        let verdicts = try deliver(parcel, meeting: nil)
        expectAcknowledged(verdicts, "delivered")
        try expectCounted(parcel, "delivered")
        #expect(try peer.strays() == [], "delivered")
    }

    /// What arrived and is sent again counts once.
    private func repeats() throws {
        var parcel = try peer.parcel(rows: 1)
        expectAcknowledged(try deliver(parcel, meeting: nil), "repeated")
        parcel.isRepeated = true
        expectAcknowledged(try deliver(parcel, meeting: nil), "repeated")
        try expectCounted(parcel, "repeated")
        #expect(try peer.strays() == [], "repeated")
    }

    /// Repeated after a crash, behind each request of its way.
    private func survivesEveryKill() throws {
        for requests in 1...50 {
            var parcel = try peer.parcel(rows: 1)
            var drive = try Drive(try peer.endpoint(meeting: nil))
            drive.endsAfter = requests
            if let verdicts = drive.deliver(parcel) {
                expectAcknowledged(verdicts, "killed behind request \(requests)")
                return
            }
            parcel.isRepeated = true
            let verdicts = try deliver(parcel, meeting: nil)
            expectAcknowledged(verdicts, "killed behind request \(requests)")
            try expectCounted(parcel, "killed behind request \(requests)")
            #expect(try peer.strays() == [], "killed behind request \(requests)")
        }
        Issue.record("more than 50 requests for one parcel")
    }

    private func meets(_ fault: Fault) throws {
        let what = Comment(rawValue: fault.rawValue)
        var parcel = try peer.parcel(rows: 1)
        let clock = ContinuousClock()
        let start = clock.now
        let verdicts = try deliver(parcel, meeting: fault)
        let took = clock.now - start
        // An endpoint that waits for ever is found, a machine that is busy is none.
        #expect(took < .seconds(60), what)
        let verdict = try #require(verdicts?.first, what)
        let count = try peer.count(of: parcel.rows[0])
        let trouble: Trouble
        switch (verdict, fault.outcome) {
        case (.later(let found), .later):
            trouble = found
        case (.halted(let found), .halted):
            trouble = found
            #expect(count == 0, what)
        default:
            Issue.record("\(fault): \(verdict)")
            return
        }
        #expect(count <= 1, what)
        // The one lie that would lose or double something.
        if count > 0 { #expect(trouble.mayHaveArrived, what) }
        if let range = fault.waitSeconds {
            #expect(trouble.waitSeconds.map { range.contains($0) } ?? false, what)
        }
        #expect(trouble.text.count > 10, what)
        expectNoSecret(trouble.text, fault.rawValue)
        #expect(try peer.strays() == [], what)

        parcel.isRepeated = trouble.mayHaveArrived
        expectAcknowledged(try deliver(parcel, meeting: nil), "\(fault), then mended")
        try expectCounted(parcel, "\(fault), then mended")
        #expect(try peer.strays() == [], "\(fault), then mended")
    }

    /// The rows around the refused one count, and it does not.
    private func refusesSome(_ fault: Fault) throws {
        let what = Comment(rawValue: fault.rawValue)
        let parcel = try peer.parcel(rows: 3)
        let verdicts = try #require(try deliver(parcel, meeting: fault), what)
        try #require(verdicts.count == 3, what)
        for index in [0, 2] { expectAcknowledged([verdicts[index]], "\(fault), row \(index)") }
        guard case .refused(let text) = verdicts[1] else {
            Issue.record("\(fault): \(verdicts[1])")
            return
        }
        expectNoSecret(text, fault.rawValue)
        #expect(try parcel.rows.map { try peer.count(of: $0) } == [1, 0, 1], what)
    }

    private func deliver(_ parcel: Parcel, meeting fault: Fault?) throws -> [Verdict]? {
        var drive = try Drive(try peer.endpoint(meeting: fault))
        return drive.deliver(parcel)
    }

    private func expectAcknowledged(_ verdicts: [Verdict]?, _ what: String) {
        for verdict in verdicts ?? [] {
            if case .acknowledged = verdict { continue }
            Issue.record("\(what): \(verdict)")
        }
        #expect(verdicts != nil, "\(what): no verdict")
    }

    private func expectCounted(_ parcel: Parcel, _ what: String) throws {
        for row in parcel.rows {
            #expect(try peer.count(of: row) == 1, "\(what)")
        }
    }

    private func expectNoSecret(_ text: String, _ what: String) {
        for secret in peer.secrets {
            #expect(!text.contains(secret), "\(what): tells a secret")
        }
    }
}
