/// What program.yaml says of rewards and codes.
package struct CodeTerms: Hashable, Sendable {
    /// How the systems learn of one another's codes: the four integrations of the spec.
    package enum Integration: String, CaseIterable, Sendable {
        /// The systems talk by day; what got lost is sent again at night.
        case realTime = "real_time"
        /// New codes, assignments and burns go out to each mirror at night.
        case asynchronous
        /// One stock a channel; nothing is sent across.
        case separate
        /// Members, balances and rewards go out to the tills; codes live there only.
        case identification
    }

    /// A place that holds codes.
    package struct System: Hashable, Sendable {
        package enum OnBurn: String, CaseIterable, Sendable { case delete, burn }

        package var name: String
        /// Seconds around a stock file's moment in which what the register did is still in transit.
        package var grace = 0
        /// False for one that never tells what was burned: its codes count as used when handed over, and are
        /// never a break.
        package var reportsBurns = true
        /// What it is told of a code that was used elsewhere.
        package var onBurn = OnBurn.delete
        /// Days after which a request to it lapses; nil: as the reward says.
        package var renewAfterDays: Int?
        /// The endpoint at which it hears of its codes; nil: it is told nothing.
        package var endpoint: String?
        /// The kinds of rows of the outbox that its endpoint is sent.
        package var told: Set<String> = []

        package init(name: String) { self.name = name }
    }

    /// What a retailer's contract says of burns that should not have been.
    package struct Burns: Hashable, Sendable {
        package enum Policy: String, CaseIterable, Sendable { case burn, refuse }
        package enum Local: String, CaseIterable, Sendable { case free, charge }

        package var foreignCard = Policy.burn
        package var afterExpiry = Policy.burn
        /// `charge` takes the reward's cost from the card that burned a code nobody had.
        package var localAssignment = Local.free

        package init() {}
    }

    /// Whether grants look at the stock alone, or at target and limits too.
    package enum GrantCheck: String, CaseIterable, Sendable { case stock, all }

    /// Turns an event into a grant, once for ever.
    package struct Workflow: Hashable, Sendable {
        package var event: String
        /// Nil stands for whatever the event says.
        package var subject: String?
        package var tier: String?
        /// The least amount of an order, not included, in minor units.
        package var amountOver: MinorUnits?
        package var points: Points?
        /// The id of the reward.
        package var assign: String

        package init(event: String, assign: String) {
            self.event = event
            self.assign = assign
        }
    }

    /// In the order of the file.
    package var rewards: [Reward] = []
    /// The fields that every reward has beside the usual ones; the key `fields.rewards`.
    package var rewardFields: [CustomField] = []
    package var systems: [System] = []
    package var integration = Integration.separate
    package var burns = Burns()
    package var grants = GrantCheck.stock
    package var workflows: [Workflow] = []

    package init() {}

    package func system(_ name: String) -> System? { systems.first { $0.name == name } }
}

/// What a job of the kind reconcile says.
package struct ReconcileTerms: Hashable, Sendable {
    /// False: breaks are reported and nothing is changed or sent.
    package var acts = true
    /// Classes that are left out.
    package var ignored: Set<BreakClass> = []

    package init() {}
}
