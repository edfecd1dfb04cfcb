/// How many requests a second may begin: a bucket that fills up steadily and holds few.
struct Pace {
    private let rate: Int?
    private let roomThousandths: Int
    private var thousandths: Int
    private var filledAt: Int

    /// - Parameters:
    ///   - rate: requests a second; nil for no limit.
    ///   - elapsed: milliseconds.
    init(rate: Int?, elapsed: Int) {
        self.rate = rate
        // A twentieth of a second may go at once: more would be a rate of its own.
        roomThousandths = max(1_000, (rate ?? 0) * 50)
        thousandths = roomThousandths
        filledAt = elapsed
    }

    /// Takes one if it is there.
    ///
    /// - Parameter elapsed: milliseconds, asked for where there is a limit.
    mutating func take(elapsed: @autoclosure () -> Int) -> Bool {
        guard let rate else { return true }
        let elapsed = elapsed()
        thousandths = min(roomThousandths, thousandths + (elapsed - filledAt) * rate)
        filledAt = elapsed
        guard thousandths >= 1_000 else { return false }
        thousandths -= 1_000
        return true
    }

    /// Milliseconds until the next one; nil where one is there.
    func wait(elapsed: @autoclosure () -> Int) -> Int? {
        guard let rate else { return nil }
        let lacking = 1_000 - thousandths - (elapsed() - filledAt) * rate
        return lacking > 0 ? max(1, (lacking + rate - 1) / rate) : nil
    }
}

/// How long a row waits before it is tried again: full jitter, so that what failed together doesn't come
/// back together.
enum Backoff {
    /// Seconds: any number up to 1 s · 2^attempts, and up to 15 minutes.
    static func seconds(
        attempts: Int, _ random: inout some RandomNumberGenerator
    ) -> Int {
        let longest = min(15 * 60, 1 << min(max(attempts, 0), 10)) * 1_000
        return (Int.random(in: 0...longest, using: &random) + 999) / 1_000
    }
}
