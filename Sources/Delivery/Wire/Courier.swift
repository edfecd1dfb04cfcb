internal import CCurl
internal import Glibc

/// Carries requests out, many at once, over connections that it keeps: libcurl's multi handle.
///
/// Used from one thread.
package final class Courier {
    private let multi: UnsafeMutableRawPointer
    private var exchanges: [Exchange] = []
    private var idle: [Exchange] = []
    /// Requests that could not go out.
    private var unsent: [(tag: Int, reply: Reply)] = []

    /// - Parameter connections: how many it keeps open at most, over all hosts.
    /// - Throws: `WireFailure` where libcurl can't be started, or is older than we need.
    package init(connections: Int = 128) throws {
        try Courier.start.get()
        guard let multi = curl_multi_init() else {
            throw WireFailure(
                .other, code: Int(CURLE_OUT_OF_MEMORY.rawValue), "libcurl did not start")
        }
        self.multi = multi
        curl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, connections)
        curl_multi_set_number(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    deinit {
        for exchange in exchanges where exchange.isUnderWay {
            curl_multi_remove_handle(multi, exchange.easy)
        }
        exchanges.removeAll()
        idle.removeAll()
        curl_multi_cleanup(multi)
    }

    /// Once for the process: libcurl asks for that, and a peer that hangs up must not end us.
    private static let start: Result<Void, WireFailure> = {
        signal(SIGPIPE, SIG_IGN)
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard code == CURLE_OK else {
            return .failure(WireFailure(.other, code: Int(code.rawValue), "libcurl did not start"))
        }
        let oldest: UInt32 = 0x07_58_00
        guard let version = curl_version_info(CURLVERSION_FIRST)?.pointee,
            version.version_num >= oldest
        else {
            return .failure(
                WireFailure(.other, code: 0, "libcurl is older than 7.88; install Debian 12's"))
        }
        return .success(())
    }()

    /// How many requests have not ended yet.
    package var count: Int { underWayCount + unsent.count }

    private var underWayCount: Int { exchanges.count - idle.count }

    /// Sends a request; its reply comes from `wait` under the same tag.
    ///
    /// - Parameter tag: one that no request under way has.
    package func send(_ request: Request, tag: Int) {
        guard let exchange = idle.popLast() ?? another() else {
            var reply = Reply()
            let code = Int(CURLE_OUT_OF_MEMORY.rawValue)
            reply.failure = WireFailure(.ownFile, code: code, "no memory for another request")
            unsent.append((tag, reply))
            return
        }
        exchange.begin(request, tag: tag)
        curl_multi_add_handle(multi, exchange.easy)
    }

    private func another() -> Exchange? {
        guard let exchange = Exchange() else { return nil }
        exchanges.append(exchange)
        return exchange
    }

    /// Moves what is under way until something has ended or the time is over.
    ///
    /// - Returns: the replies of requests that have ended; none where none did in that time.
    package func wait(milliseconds: Int) -> [(tag: Int, reply: Reply)] {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var ended = take()
        if !unsent.isEmpty {
            ended += unsent
            unsent.removeAll()
        }
        if ended.isEmpty, milliseconds > 0, underWayCount > 0 {
            curl_multi_poll(multi, nil, 0, Int32(clamping: milliseconds), nil)
            curl_multi_perform(multi, &running)
            ended = take()
        }
        return ended
    }

    /// Ends a request that nobody waits for any more.
    package func drop(tag: Int) {
        guard let exchange = exchanges.first(where: { $0.isUnderWay && $0.tag == tag }) else {
            return
        }
        curl_multi_remove_handle(multi, exchange.easy)
        _ = exchange.end(CURLE_OK)
        idle.append(exchange)
    }

    private func take() -> [(tag: Int, reply: Reply)] {
        var ended: [(tag: Int, reply: Reply)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
                continue
            }
            let code = curl_message_result(message)
            var pointer: UnsafeMutableRawPointer?
            curl_get_pointer(easy, &pointer)
            guard let pointer else { continue }
            let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
            curl_multi_remove_handle(multi, easy)
            if ended.isEmpty { ended.reserveCapacity(Int(left) + 1) }
            ended.append((exchange.tag, exchange.end(code)))
            idle.append(exchange)
        }
        return ended
    }
}
