internal import Foundation
internal import Synchronization

/// A way to a server on loopback that can be made to fail: what it carries it doesn't understand.
package final class FaultyWire: Sendable {
    /// What it does to the connections that come from now on.
    package enum Fault: Sendable {
        case none
        /// Takes connections, and carries nothing.
        case silence
        /// Resets connections at once.
        case reset
        /// Carries answers a byte a second.
        case drip
        /// Carries each answer a quarter of a second late.
        case late
        /// As soon as a condition holds: carries answers no more.
        case cut(Ending, when: @Sendable () -> Bool)
    }

    package enum Ending: Sendable { case silence, reset, close }

    private struct State {
        var fault = Fault.none
        var open: Set<Int32> = []
        var isStopped = false
    }

    package let port: Int
    private let listener: Int32
    private let target: Int
    private let state = Mutex(State())

    /// - Parameter target: the port of the server.
    package init(to target: Int) throws {
        (listener, port) = try Loopback.listen()
        self.target = target
        Loopback.serve(listener) { [weak self] caller in
            self?.begin(caller)
            return self != nil
        }
    }

    deinit { stop() }

    /// Ends it; what is under way is cut off.
    package func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for one in state.open { shutdown(one, Int32(SHUT_RDWR)) }
        }
    }

    /// What becomes of the connections that come.
    package func fail(_ fault: Fault) { state.withLock { $0.fault = fault } }

    private func begin(_ caller: Int32) {
        let fault = state.withLock { $0.fault }
        if case .reset = fault {
            Loopback.endByReset(caller)
            close(caller)
            return
        }
        guard let server = Loopback.connect(to: target) else {
            close(caller)
            return
        }
        let isSilent = if case .silence = fault { true } else { false }
        state.withLock { $0.open.formUnion([caller, server]) }
        Thread.detachNewThread {
            if !isSilent {
                let there = Thread { self.carry(from: caller, to: server, .none) }
                there.start()
                self.carry(from: server, to: caller, fault)
                while !there.isFinished { usleep(1_000) }
            } else {
                Self.wait(for: caller)
            }
            self.state.withLock { state in
                state.open.subtract([caller, server])
                // Under the lock: a number that is closed may be given to another connection.
                close(caller)
                close(server)
            }
        }
    }

    /// Carries until one side ends, and then ends the other.
    private func carry(from: Int32, to: Int32, _ fault: Fault) {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        defer {
            shutdown(from, Int32(SHUT_RDWR))
            shutdown(to, Int32(SHUT_RDWR))
        }
        while true {
            let count = recv(from, &bytes, bytes.count, 0)
            guard count > 0 else { return }
            switch fault {
            case .drip:
                for byte in bytes[..<count] {
                    guard Loopback.send([byte], to: to) else { return }
                    // Bounded: nobody waits for longer than some bytes.
                    sleep(1)
                }
            case .cut(let ending, let condition) where condition():
                switch ending {
                case .silence: Self.wait(for: to)
                case .reset: Loopback.endByReset(to)
                case .close: break
                }
                return
            case .late:
                usleep(250_000)
                fallthrough
            default:
                guard Loopback.send(bytes[..<count], to: to) else { return }
            }
        }
    }

    /// Until the other side hangs up, or half a minute.
    private static func wait(for caller: Int32) {
        var byte: UInt8 = 0
        for _ in 0..<600 {
            let count = recv(caller, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            if count == 0 || count < 0 && errno != EAGAIN { return }
            usleep(50_000)
        }
    }
}
