internal import CZlib
internal import CZstd

/// Expands a packed file, a piece at a time.
protocol Expanding: AnyObject {
    /// What the data is, in a message.
    var name: String { get }
    /// Whether what came so far is whole: a file may be several members, one behind the other.
    var isWhole: Bool { get }

    /// Takes bytes of the file and gives what they expand to, as far as there is room.
    ///
    /// - Throws: `FileRefusal` where the data is damaged.
    func expand(
        _ input: UnsafeMutablePointer<UInt8>, _ count: Int,
        into output: UnsafeMutablePointer<UInt8>, room: Int
    ) throws -> (taken: Int, given: Int)
}

/// How a file is packed, by the bytes it begins with.
enum Packing {
    case gzip, zstd

    init?(_ start: some Collection<UInt8>) {
        if start.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstd
        } else {
            return nil
        }
    }

    /// Endings of packed files' names.
    static let endings = [".gz", ".zst"]

    /// The ending of a packed file's name, where it has one.
    static func ending(of name: some StringProtocol) -> String? {
        endings.first { name.hasSuffix($0) }
    }

    func expander() throws -> any Expanding {
        switch self {
        case .gzip: try Inflater()
        case .zstd: try ZstdExpander()
        }
    }
}

/// Expands gzip.
private final class Inflater: Expanding {
    let name = "gzip"
    private(set) var isWhole = false
    private var stream = z_stream()

    init() throws {
        guard nightjar_inflate_start(&stream) == Z_OK else { throw FileRefusal(.badArchive) }
    }

    deinit { inflateEnd(&stream) }

    func expand(
        _ input: UnsafeMutablePointer<UInt8>, _ count: Int,
        into output: UnsafeMutablePointer<UInt8>, room: Int
    ) throws -> (taken: Int, given: Int) {
        if isWhole { inflateReset(&stream) }
        stream.next_in = input
        stream.avail_in = UInt32(count)
        stream.next_out = output
        stream.avail_out = UInt32(room)
        let code = inflate(&stream, Z_NO_FLUSH)
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw FileRefusal(.badArchive)
        }
        isWhole = code == Z_STREAM_END
        return (count - Int(stream.avail_in), room - Int(stream.avail_out))
    }
}

/// Expands zstd.
private final class ZstdExpander: Expanding {
    let name = "zstd"
    private(set) var isWhole = false
    private let context: OpaquePointer

    init() throws {
        guard let context = ZSTD_createDCtx() else { throw FileRefusal(.badArchive) }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func expand(
        _ input: UnsafeMutablePointer<UInt8>, _ count: Int,
        into output: UnsafeMutablePointer<UInt8>, room: Int
    ) throws -> (taken: Int, given: Int) {
        var source = ZSTD_inBuffer(src: input, size: count, pos: 0)
        var target = ZSTD_outBuffer(dst: output, size: room, pos: 0)
        let left = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(left) == 0 else {
            throw FileRefusal(.badArchive, String(cString: ZSTD_getErrorName(left)))
        }
        isWhole = left == 0
        return (source.pos, target.pos)
    }
}
