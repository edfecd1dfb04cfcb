internal import CZlib

/// Bytes packed with gzip, in memory.
enum Gzip {
    /// Nil where zlib has no memory for it.
    static func pack(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard nightjar_deflate_start(&stream, 6) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        var code = Z_STREAM_ERROR
        var input = bytes
        let packed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(room)
                code = deflate(&stream, Z_FINISH)
            }
            count = room - Int(stream.avail_out)
        }
        return code == Z_STREAM_END ? packed : nil
    }
}
