internal import Foundation

/// Does what the store is asked for on a thread of its own, one thing after another, so that the wire never
/// waits for a disk.
final class Clerk: @unchecked Sendable {
    /// Something to do there; what it gives is done on the thread of who asked for it.
    typealias Job = () throws -> () -> Void

    private let lock = NSCondition()
    private let hasThread: Bool
    private var jobs: [Job] = []
    private var results: [() -> Void] = []
    private var failure: (any Error)?
    private var isEnding = false
    private var hasEnded = false
    /// Jobs whose results nobody has taken yet.
    private(set) var count = 0

    /// - Parameter hasThread: false does each job at once, for tests.
    init(hasThread: Bool) {
        self.hasThread = hasThread
        guard hasThread else { return }
        Thread.detachNewThread { self.work() }
    }

    func submit(_ job: @escaping Job) {
        count += 1
        guard hasThread else { return perform(job) }
        lock.lock()
        jobs.append(job)
        lock.broadcast()
        lock.unlock()
    }

    /// Does on this thread what finished jobs left to do.
    ///
    /// - Parameter milliseconds: how long to wait where none has finished.
    /// - Throws: what a job threw; the jobs behind it are not done.
    func collect(waiting milliseconds: Int = 0) throws {
        lock.lock()
        if milliseconds > 0, results.isEmpty, failure == nil, count > 0 {
            _ = lock.wait(until: Date(timeIntervalSinceNow: Double(milliseconds) / 1_000))
        }
        let (finished, failure) = (results, failure)
        results = []
        lock.unlock()
        count -= finished.count
        for result in finished { result() }
        if let failure { throw failure }
    }

    /// Waits until all jobs are done, and ends the thread.
    func end() {
        guard hasThread else { return }
        lock.lock()
        isEnding = true
        lock.broadcast()
        while !hasEnded { lock.wait() }
        lock.unlock()
    }

    private func work() {
        lock.lock()
        while true {
            while jobs.isEmpty, !isEnding { lock.wait() }
            guard !jobs.isEmpty else { break }
            let job = jobs.removeFirst()
            lock.unlock()
            perform(job)
            lock.lock()
        }
        hasEnded = true
        lock.broadcast()
        lock.unlock()
    }

    private func perform(_ job: Job) {
        lock.lock()
        let hasFailed = failure != nil
        lock.unlock()
        guard !hasFailed else { return }
        let outcome = Result(catching: job)
        lock.lock()
        switch outcome {
        case .success(let result): results.append(result)
        case .failure(let error): failure = error
        }
        lock.broadcast()
        lock.unlock()
    }
}
