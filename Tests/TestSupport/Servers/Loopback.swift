internal import Foundation
internal import Synchronization

/// Sockets of this machine alone.
package enum Loopback {
    /// Why a socket can't be had.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        init(_ what: String) { description = "\(what): \(String(cString: strerror(errno)))" }
    }

    /// A socket that listens on a port, by itself on a free one.
    package static func listen(
        port: Int = 0, backlog: Int32 = 512
    ) throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard listener >= 0 else { throw Failure("socket") }
        var place = address(port: port)
        let bound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, Glibc.listen(listener, backlog) == 0 else {
            let failure = Failure("listen on loopback")
            close(listener)
            throw failure
        }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(listener, $0, &size)
            }
        }
        return (listener, Int(UInt16(bigEndian: place.sin_port)))
    }

    /// Takes the connections that come, on a thread of its own, until the listener is shut down.
    ///
    /// - Parameter take: what a connection belongs to from then on; false where nobody wants any more.
    static func serve(_ listener: Int32, _ take: @escaping @Sendable (Int32) -> Bool) {
        signal(SIGPIPE, SIG_IGN)
        Thread.detachNewThread {
            while true {
                let caller = accept(listener, nil, nil)
                if caller < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard caller >= 0 else { break }
                guard take(caller) else {
                    close(caller)
                    break
                }
            }
            close(listener)
        }
    }

    /// Sends all of it; false where the other side has gone.
    static func send(_ bytes: some Sequence<UInt8>, to caller: Int32) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Makes the close behind it a reset.
    static func endByReset(_ caller: Int32) {
        var none = linger(l_onoff: 1, l_linger: 0)
        setsockopt(caller, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
    }

    /// Ports below those that the system gives away by itself; other processes begin elsewhere.
    private static let ownPorts = 20_000..<32_000
    private static let nextPort = Atomic(Int.random(in: 0..<ownPorts.count))

    /// A port that nobody listens on, and that no other test is given.
    package static func freePort() throws -> Int {
        for _ in ownPorts {
            let next = nextPort.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = ownPorts.lowerBound + next % ownPorts.count
            guard let (listener, _) = try? listen(port: port) else { continue }
            close(listener)
            return port
        }
        throw Failure("no free port on loopback")
    }

    /// A connection to a port; nil where nobody answers.
    package static func connect(to port: Int) -> Int32? {
        let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard caller >= 0 else { return nil }
        var place = address(port: port)
        let connected = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected == 0 { return caller }
        close(caller)
        return nil
    }

    private static func address(port: Int) -> sockaddr_in {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return place
    }
}
