internal import Foundation

/// Reads the requests of a connection, one behind the other.
struct RequestReader {
    private let caller: Int32
    private let number: Int
    private var buffer: [UInt8] = []

    init(_ caller: Int32, _ number: Int) {
        self.caller = caller
        self.number = number
    }

    /// Waits until something of a request is there; false where the other side has gone.
    func waits() -> Bool {
        if !buffer.isEmpty { return true }
        var byte: UInt8 = 0
        while true {
            let count = recv(caller, &byte, 1, Int32(MSG_PEEK))
            if count < 0, errno == EINTR { continue }
            return count > 0
        }
    }

    /// The next request; nil where the connection ends before it is whole.
    mutating func next() -> ScriptedRequest? {
        while true {
            guard let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) else {
                guard fill() else { return nil }
                continue
            }
            let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
            buffer.removeSubrange(..<end.upperBound)
            var lines = head.components(separatedBy: "\r\n")
            let words = lines.removeFirst().split(separator: " ")
            guard words.count == 3 else { return nil }
            var request = ScriptedRequest(
                method: String(words[0]), path: String(words[1]), headers: [], body: [],
                connection: number)
            for line in lines {
                let parts = line.split(
                    separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                request.headers.append(
                    (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces)))
            }
            guard let body = body(of: request) else { return nil }
            request.body = body
            return request
        }
    }

    private mutating func body(of request: ScriptedRequest) -> [UInt8]? {
        if request.header("expect")?.lowercased() == "100-continue" {
            let line = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            _ = line.withUnsafeBytes {
                send(caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }
        if request.header("transfer-encoding")?.lowercased() == "chunked" { return chunks() }
        return take(Int(request.header("content-length") ?? "") ?? 0)
    }

    private mutating func chunks() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            guard let end = buffer.firstRange(of: Array("\r\n".utf8)) else {
                guard fill() else { return nil }
                continue
            }
            let size = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                .prefix { $0 != ";" }
            buffer.removeSubrange(..<end.upperBound)
            guard let count = Int(size, radix: 16), let chunk = take(count), take(2) != nil
            else { return nil }
            if count == 0 { return body }
            body += chunk
        }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard fill() else { return nil } }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private mutating func fill() -> Bool {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(caller, &block, block.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            buffer += block[..<count]
            return true
        }
    }
}
