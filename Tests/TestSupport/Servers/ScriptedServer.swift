internal import Foundation
internal import Synchronization

/// A server of HTTP/1.1 on a loopback port that does what no honest server does.
///
/// It answers by its script, an answer a request, and behind the script's end by its rule.
package final class ScriptedServer: Sendable {
    package typealias Rule = @Sendable (ScriptedRequest) -> ScriptedAnswer

    private struct State {
        var script: [ScriptedAnswer] = []
        var requests: [ScriptedRequest] = []
        var counts: [String: Int] = [:]
        var open: Set<Int32> = []
        var connections = 0
        var isStopped = false
    }

    package let port: Int
    private let listener: Int32
    private let rule: Rule
    private let keyHeader: String
    private let honoursKeys: Bool
    private let state = Mutex(State())

    /// Starts it.
    ///
    /// - Parameters:
    ///   - keyHeader: the header, in lower case, whose value says what is the same request again.
    ///   - honoursKeys: whether a request of a key that it knows is answered and counts no more.
    package init(
        keyHeader: String = "idempotency-key", honoursKeys: Bool = true,
        rule: @escaping Rule = { _ in .ok }
    ) throws {
        (listener, port) = try Loopback.listen()
        self.rule = rule
        self.keyHeader = keyHeader
        self.honoursKeys = honoursKeys
        Loopback.serve(listener) { [weak self] caller in
            guard let self, let number = begin(caller) else { return false }
            Thread.detachNewThread { self.serve(caller, number) }
            return true
        }
    }

    deinit { stop() }

    /// Ends it; what is under way is cut off.
    package func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for caller in state.open { shutdown(caller, Int32(SHUT_RDWR)) }
        }
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// What the next requests get, behind what the script holds already.
    package func script(_ answers: ScriptedAnswer...) {
        state.withLock { $0.script += answers }
    }

    /// Forgets what is left of the script.
    package func heal() { state.withLock { $0.script = [] } }

    /// All that were read, in order.
    package var requests: [ScriptedRequest] { state.withLock { $0.requests } }

    /// How many connections there were.
    package var connections: Int { state.withLock { $0.connections } }

    /// How often each key counted.
    package var counts: [String: Int] { state.withLock { $0.counts } }

    // MARK: A connection

    private func begin(_ caller: Int32) -> Int? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            state.open.insert(caller)
            state.connections += 1
            return state.connections
        }
    }

    private func serve(_ caller: Int32, _ number: Int) {
        var isOpen = true
        var reader = RequestReader(caller, number)
        while isOpen, reader.waits() {
            let scripted = state.withLock { $0.script.isEmpty ? nil : $0.script.removeFirst() }
            if case .resetUnread? = scripted?.way {
                Loopback.endByReset(caller)
                break
            }
            guard let request = reader.next() else { break }
            let answer = scripted ?? rule(request)
            note(request, counts: answer.counts)
            isOpen = send(answer, to: caller, isHead: request.method == "HEAD")
        }
        state.withLock { state in
            state.open.remove(caller)
            // Under the lock: a number that is closed may be given to another connection.
            close(caller)
        }
    }

    private func note(_ request: ScriptedRequest, counts: Bool) {
        state.withLock { state in
            state.requests.append(request)
            guard counts, let key = request.header(keyHeader) else { return }
            if !honoursKeys || state.counts[key] == nil { state.counts[key, default: 0] += 1 }
        }
    }

    /// Whether the connection is still good.
    private func send(_ answer: ScriptedAnswer, to caller: Int32, isHead: Bool) -> Bool {
        var length = answer.body.count
        if case .long(let count) = answer.way { length = count }
        if case .truncated = answer.way { length += 1_000 }
        var head = "HTTP/1.1 \(answer.status) \(answer.status < 400 ? "Fine" : "Not fine")\r\n"
        let names = Set(answer.headers.map { $0.name.lowercased() })
        if !names.contains("content-type") { head += "Content-Type: application/json\r\n" }
        if !names.contains("content-length") { head += "Content-Length: \(length)\r\n" }
        for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + (isHead ? [] : answer.body)
        switch answer.way {
        case .whole:
            return Loopback.send(bytes, to: caller)
        case .resetUnread, .resetUnanswered:
            Loopback.endByReset(caller)
        case .resetHalfway:
            // Time for the half to arrive: a reset throws away what was not read.
            if Loopback.send(bytes.prefix(bytes.count / 2), to: caller) { usleep(50_000) }
            Loopback.endByReset(caller)
        case .truncated:
            _ = Loopback.send(bytes, to: caller)
        case .drip:
            for byte in bytes {
                guard Loopback.send([byte], to: caller), !leaves(caller, within: 1_000) else {
                    break
                }
            }
        case .hang:
            while !leaves(caller, within: 1_000) {}
        case .long(let count):
            guard Loopback.send(bytes, to: caller) else { return false }
            let block = Array(repeating: UInt8(ascii: " "), count: 1 << 20)
            var left = count - answer.body.count
            while left > 0 {
                guard Loopback.send(block.prefix(left), to: caller) else { return false }
                left -= block.count
            }
            return true
        }
        return false
    }

    /// Whether the other side has gone, or the server was stopped.
    private func leaves(_ caller: Int32, within milliseconds: Int32) -> Bool {
        var watch = pollfd(fd: caller, events: Int16(POLLIN), revents: 0)
        guard poll(&watch, 1, milliseconds) > 0 else { return state.withLock { $0.isStopped } }
        var byte: UInt8 = 0
        return recv(caller, &byte, 1, Int32(MSG_PEEK)) <= 0
            || state.withLock { $0.isStopped }
    }
}
