internal import Foundation

/// Makes elements on a thread of its own, a few ahead of whoever takes them.
///
/// The two threads share the queue under a lock and nothing else: what the making closure captures
/// must be its own until the last element is taken.
package final class ReadAhead<Element>: @unchecked Sendable {
    private let lock = NSCondition()
    private let depth: Int
    private var queue: [Element] = []
    private var failure: (any Error)?
    private var isEnded = false
    private var isAbandoned = false

    /// Starts making.
    ///
    /// - Parameters:
    ///   - depth: how many elements may wait.
    ///   - make: hands each element to its argument, which waits for room and says false once nobody
    ///     wants any more.
    package init(depth: Int, _ make: @escaping ((Element) -> Bool) throws -> Void) {
        self.depth = depth
        nonisolated(unsafe) let make = make
        Thread.detachNewThread {
            do {
                try make { self.hand($0) }
                self.end(nil)
            } catch {
                self.end(error)
            }
        }
    }

    /// The next element; nil when there is none any more.
    ///
    /// - Throws: what the making closure threw, behind the elements that it made before.
    package func next() throws -> Element? {
        lock.lock()
        defer { lock.unlock() }
        while queue.isEmpty, !isEnded { lock.wait() }
        if !queue.isEmpty {
            lock.broadcast()
            return queue.removeFirst()
        }
        if let failure { throw failure }
        return nil
    }

    /// Tells the thread that nobody wants any more, and waits until it has ended.
    package func abandon() {
        lock.lock()
        defer { lock.unlock() }
        isAbandoned = true
        queue.removeAll()
        lock.broadcast()
        while !isEnded { lock.wait() }
    }

    private func hand(_ element: Element) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while queue.count >= depth, !isAbandoned { lock.wait() }
        guard !isAbandoned else { return false }
        queue.append(element)
        lock.broadcast()
        return true
    }

    private func end(_ failure: (any Error)?) {
        lock.lock()
        defer { lock.unlock() }
        self.failure = failure
        isEnded = true
        lock.broadcast()
    }
}

/// One value that is made on a thread of its own while others work.
package struct Background<Value> {
    private let result: ReadAhead<Value>

    package init(_ make: @escaping () throws -> Value) {
        result = ReadAhead(depth: 1) { hand in _ = hand(try make()) }
    }

    /// Waits for the value; may be asked once.
    package func value() throws -> Value {
        guard let value = try result.next() else { throw CancellationError() }
        return value
    }
}
