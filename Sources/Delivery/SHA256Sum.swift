internal import CCrypto
internal import Foundation
internal import Glibc

/// SHA-256 by libcrypto, of bytes as they come; a copy goes on by itself.
struct SHA256Sum {
    private var context = SHA256_CTX()

    init() { SHA256_Init(&context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all that was added so far.
    var digest: [UInt8] {
        var copy = context
        var digest = [UInt8](repeating: 0, count: 32)
        SHA256_Final(&digest, &copy)
        return digest
    }

    static func of(_ bytes: [UInt8]) -> [UInt8] {
        var sum = SHA256Sum()
        bytes.withUnsafeBytes { sum.add($0) }
        return sum.digest
    }

    static func of(_ text: String) -> [UInt8] { of(Array(text.utf8)) }

    /// Reads so many bytes of a file, from an offset on, block by block.
    ///
    /// - Throws: `WireFailure` where the file can't be read or ends before.
    static func read(
        _ path: String, from offset: Int, count: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(WireFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SHA256Sum.failure(path, errno) }
        defer { close(descriptor) }
        let room = 1 << 18
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
        defer { buffer.deallocate() }
        var done = 0
        while done < count {
            let got = pread(descriptor, buffer.baseAddress, min(room, count - done), offset + done)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw SHA256Sum.failure(path, got == 0 ? ENODATA : errno) }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            done += got
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> WireFailure {
        let text =
            code == ENODATA ? "it is shorter than it was" : String(cString: strerror(code))
        return WireFailure(.ownFile, code: Int(code), "\(path): \(text)")
    }

    /// HMAC of RFC 2104 with it.
    static func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &digest, nil)
        return digest
    }
}

extension [UInt8] {
    /// Two digits a byte, in lower case.
    var hex: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    var base64: String { Data(self).base64EncodedString() }

    /// The bytes that hexadecimal digits stand for; nil where the text is none.
    init?(hex text: String) {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        let values = digits.compactMap(\.self)
        self = stride(from: 0, to: values.count, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
    }
}
