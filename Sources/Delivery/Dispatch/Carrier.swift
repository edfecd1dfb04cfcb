internal import Foundation
internal import Glibc

/// What carries requests out: the courier, or in tests a script.
package protocol Carrier: AnyObject {
    /// How many requests have not ended yet.
    var count: Int { get }

    /// Sends a request; its reply comes from `wait` under the same tag.
    func send(_ request: Request, tag: Int)

    /// Moves what is under way until something has ended or the time is over.
    func wait(milliseconds: Int) -> [(tag: Int, reply: Reply)]
}

extension Courier: Carrier {}

/// The times that a delivery goes by.
package struct DeliveryClock {
    /// Seconds since 1970.
    package var now: () -> Int
    /// Milliseconds of a clock that only goes forward.
    package var elapsed: () -> Int
    /// Waits so many milliseconds.
    package var sleep: (Int) -> Void

    package init(
        now: @escaping () -> Int, elapsed: @escaping () -> Int, sleep: @escaping (Int) -> Void
    ) {
        self.now = now
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// A clock whose milliseconds are the machine's.
    ///
    /// - Parameter now: seconds since 1970.
    package init(now: @escaping () -> Int) {
        self.init(
            now: now,
            elapsed: {
                var time = timespec()
                clock_gettime(CLOCK_MONOTONIC, &time)
                return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
            },
            sleep: { Thread.sleep(forTimeInterval: Double($0) / 1_000) })
    }
}
