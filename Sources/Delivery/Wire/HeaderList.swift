internal import CCurl

/// Bytes that stay where they are for libcurl to read, in memory that the next request uses again.
struct LastingBytes: ~Copyable {
    private(set) var start = UnsafeMutablePointer<UInt8>.allocate(capacity: 0)
    private var capacity = 0

    deinit { start.deallocate() }

    /// Makes room for so many; what was there is gone.
    mutating func reserve(_ count: Int) {
        // Of a long one nobody else has any use.
        if count <= capacity, capacity <= 64 << 10 || count > 64 << 10 { return }
        start.deallocate()
        capacity = max(256, count)
        start = .allocate(capacity: capacity)
    }
}

/// A request's own headers as libcurl reads them.
struct HeaderList: ~Copyable {
    private var text = LastingBytes()
    private var lines = UnsafeMutableBufferPointer<curl_slist>.allocate(capacity: 8)

    deinit { lines.deallocate() }

    /// - Parameter leftOut: a header that libcurl would write by itself, and shall not.
    /// - Returns: the first line; nil for none.
    mutating func fill(
        _ headers: [(name: String, value: String)], without leftOut: String? = nil
    ) -> UnsafeMutablePointer<curl_slist>? {
        let count = headers.count + (leftOut == nil ? 0 : 1)
        guard count > 0 else { return nil }
        if count > lines.count {
            lines.deallocate()
            lines = .allocate(capacity: count)
        }
        text.reserve(
            headers.reduce(2 + (leftOut?.utf8.count ?? 0)) {
                $0 + $1.name.utf8.count + $1.value.utf8.count + 3
            })
        var at = text.start
        for (index, header) in headers.enumerated() {
            begin(index, of: count, at: at)
            put(header.name, &at)
            // A header without a value is written with a semicolon, or libcurl takes it for one to leave out.
            put(header.value.isEmpty ? ";" : ": ", &at)
            put(header.value, &at)
            put("\0", &at)
        }
        if let leftOut {
            begin(count - 1, of: count, at: at)
            put(leftOut, &at)
            put(":\0", &at)
        }
        return lines.baseAddress
    }

    private func begin(_ index: Int, of count: Int, at start: UnsafeMutablePointer<UInt8>) {
        let next = index + 1 < count ? lines.baseAddress.map { $0 + index + 1 } : nil
        let characters = UnsafeMutableRawPointer(start).assumingMemoryBound(to: CChar.self)
        lines.initializeElement(at: index, to: curl_slist(data: characters, next: next))
    }

    private func put(_ part: String, _ at: inout UnsafeMutablePointer<UInt8>) {
        let count = part.utf8.count
        _ = UnsafeMutableBufferPointer(start: at, count: count)
            .initialize(fromContentsOf: part.utf8)
        at += count
    }
}
