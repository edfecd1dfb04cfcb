package import Delivery
internal import Foundation
internal import Loyalty
internal import Settings
internal import Storage

/// What of the outside a delivery needs beside the network.
package struct DeliveryMeans {
    /// Looks a variable of the environment up.
    package var environment: (String) -> String?
    package var random: any RandomNumberGenerator
    /// Seconds since 1970.
    package var clock: () -> Int

    package init(
        environment: @escaping (String) -> String?, random: any RandomNumberGenerator,
        clock: @escaping () -> Int
    ) {
        self.environment = environment
        self.random = random
        self.clock = clock
    }
}

/// What became of a delivery.
package struct DeliveryOutcome: Sendable {
    /// By endpoint, those that nothing was to be sent to too.
    package var results: [DeliveryResult] = []
    /// What waits now, by endpoint.
    package var waiting: [OutboxSummary] = []

    package init() {}

    package var isAllSent: Bool { waiting.isEmpty }
    /// Whether anything will never arrive unless a person sees to it.
    package var hasRefusals: Bool { results.contains { $0.refused + $0.givenUp > 0 } }
}

/// Sends what waits in a workspace's outbox, beside its nights and never in their way.
package struct WorkspaceDelivery {
    private let workspace: Workspace
    private let means: DeliveryMeans
    private let observer: RunObserver

    package init(_ workspace: Workspace, means: DeliveryMeans, observer: RunObserver) {
        self.workspace = workspace
        self.means = means
        self.observer = observer
    }

    /// A night's transaction may be long: it is waited for.
    private static let patienceSeconds = 900.0

    /// Sends until nothing is left that is due soon.
    ///
    /// - Parameters:
    ///   - names: endpoints; none is all.
    ///   - isRetry: whether nothing waits for its time, and what was refused or given up is taken up.
    /// - Throws: `RunnerError` where another process delivers, an endpoint is unknown, or no night has run.
    package func run(_ names: [String], isRetry: Bool = false) throws -> DeliveryOutcome {
        let known = workspace.settings.program.endpoints
        for name in names where !known.contains(where: { $0.name == name }) {
            let hint = Nearest.hint(for: name, among: known.map(\.name))
            throw RunnerError.usage("no endpoint is named '\(name)'\(hint)")
        }
        guard FileManager.default.fileExists(atPath: workspace.storePath) else {
            throw RunnerError.noStore(workspace.folder)
        }
        let lock = try WorkspaceLock(
            workspace: workspace.folder, for: .delivery, now: means.clock())
        defer { withExtendedLifetime(lock) {} }
        let store = try Store(
            path: workspace.storePath, migrates: false,
            patienceSeconds: WorkspaceDelivery.patienceSeconds)
        var outcome = DeliveryOutcome()
        let asked = known.filter { names.isEmpty || names.contains($0.name) }
        let ready = try asked.compactMap { try self.ready($0, store) }
        if !ready.isEmpty {
            let dispatch = try Dispatch(
                ready, store: store, carrier: Courier(), clock: DeliveryClock(now: means.clock),
                random: means.random, isRetry: isRetry,
                observer: DeliveryObserver(
                    tell: { observer.tell(RunMessage(.warning, $0)) },
                    progress: { observer.progress("delivering", $0, $1) }))
            outcome.results = try dispatch.run()
            try store.checkpoint()
        }
        for terms in asked where !ready.contains(where: { $0.terms.name == terms.name }) {
            outcome.results.append(DeliveryResult(endpoint: terms.name))
        }
        outcome.results.sort { $0.endpoint < $1.endpoint }
        let summaries = try store.read { try OutboxSummary.all($0, known: known) }
        outcome.waiting = summaries.filter { summary in
            // What waits for the file of the next night is in no delivery's hand.
            summary.waiting > summary.unfiled && (names.isEmpty || names.contains(summary.endpoint))
        }
        for result in outcome.results where result.refused + result.givenUp > 0 {
            tell(of: result, summaries.first { $0.endpoint == result.endpoint }?.refusal)
        }
        for summary in outcome.waiting { tell(of: summary, known, ready) }
        return outcome
    }

    /// An endpoint with its secrets; nil, with the reason told, where one can't be had.
    private func ready(_ terms: EndpointTerms, _ store: Store) throws -> ReadyEndpoint? {
        do throws(SecretError) {
            let endpoint = try terms.endpoint(folder: workspace.folder, means.environment)
            return ReadyEndpoint(terms, endpoint)
        } catch {
            try store.write {
                try Breaker.halt($0, terms.name, "\(error)", at: means.clock())
            }
            observer.tell(
                RunMessage(
                    .error,
                    "endpoint '\(terms.name)' (\(terms.location)): \(error); what it should get waits"
                ))
            return nil
        }
    }

    /// What will not arrive by itself: why, and what a person can do.
    private func tell(of result: DeliveryResult, _ refusal: String?) {
        let name = result.endpoint
        let parts = [
            result.refused > 0 ? "'\(name)' refused \(result.refused)" : nil,
            result.givenUp > 0 ? "\(result.givenUp) for '\(name)' were given up" : nil,
        ]
        observer.tell(
            RunMessage(
                .warning,
                parts.compactMap(\.self).joined(separator: " and ")
                    + (refusal.map { ": \($0)" } ?? "")
                    + "; when that is mended: nightjar deliver \(name) --retry"))
    }

    private func tell(
        of summary: OutboxSummary, _ known: [EndpointTerms], _ ready: [ReadyEndpoint]
    ) {
        let rows = "\(summary.waiting) wait for '\(summary.endpoint)'"
        guard known.contains(where: { $0.name == summary.endpoint }) else {
            let text = "\(rows), and no endpoint has that name any more: give it back to one"
            return observer.tell(RunMessage(.warning, text))
        }
        guard ready.contains(where: { $0.terms.name == summary.endpoint }) else { return }
        let until = summary.closedUntil.map {
            "; it is left alone until "
                + Date(timeIntervalSince1970: Double($0)).ISO8601Format()
        }
        observer.tell(
            RunMessage(
                .warning,
                "\(rows)\(until ?? ""): \(summary.trouble ?? "they are tried again later")"))
    }
}

extension Workspace {
    /// The endpoints of push jobs: of those named, or of all; nil where there is nothing to push.
    package func pushed(_ jobs: [String]) -> [String]? {
        let pushes = settings.jobs.filter {
            $0.kind == .push && (jobs.isEmpty || jobs.contains($0.name))
        }
        guard !pushes.isEmpty, !settings.program.endpoints.isEmpty else { return nil }
        var names: [String] = []
        for job in pushes {
            guard case .push(let endpoints) = job.work, !endpoints.isEmpty else { return [] }
            names += endpoints.map(\.value).filter { !names.contains($0) }
        }
        return names
    }

    /// Whether it is the time of one of these jobs; where none has a time of its own, it always is.
    package func isDue(_ jobs: [String], at now: Int) -> Bool {
        let times = settings.jobs.filter { jobs.contains($0.name) }.compactMap(\.schedule)
        return times.isEmpty || times.contains { $0.isDue(at: now, clock) }
    }

    /// Whether jobs were named and all of them only push.
    package func isPush(_ jobs: [String]) -> Bool {
        !jobs.isEmpty
            && jobs.allSatisfy { name in
                settings.jobs.contains { $0.name == name && $0.kind == .push }
            }
    }
}
