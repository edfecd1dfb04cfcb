internal import CCrypto
internal import Foundation
internal import Storage
package import Tabular

/// What reading a file to its end showed.
package struct FileFingerprint: Hashable, Sendable {
    package var bytes: Int
    /// Seconds since 1970, from the file system.
    package var modifiedAt: Int
    /// Of the bytes as they came, and of what they expand to.
    package var sha256: [UInt8]
    package var expandedSHA256: [UInt8]
}

/// Reads a file once, from one descriptor, a thread ahead of whoever parses it: blocks of the file,
/// hashed as they came, expanded where they are packed, in UTF-8 whatever they were.
///
/// Blocks are read with read(2), never mapped: a file that is cut while it is mapped would end the
/// program.
package final class FileSource {
    private var blocks: ReadAhead<Block>?
    private let descriptor: Int32
    private let isHashed: Bool
    private let limits: ExpansionLimits
    private let size: Int
    private let modified: timespec
    private var current: Block?
    private var taken = 0
    /// Set by the reading thread before it ends.
    private var fingerprint: FileFingerprint?

    // The reading thread's own.
    private let encoding: TextEncoding
    private var transcoder: Transcoder?
    private var isStart = true

    private static let blockBytes = 1 << 20
    private static let blocksAhead = 4
    /// So many bytes of another encoding fill no more than a block in UTF-8.
    private static let pieceBytes = 1 << 18

    private final class Block {
        let bytes: UnsafeMutablePointer<UInt8>
        var count = 0

        init() { bytes = .allocate(capacity: FileSource.blockBytes) }

        deinit { bytes.deallocate() }

        var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }
    }

    /// Opens a regular file; links are refused.
    ///
    /// - Parameters:
    ///   - encoding: what its bytes are turned into UTF-8 from.
    ///   - isHashed: false where the bytes alone are wanted.
    package init(
        path: String, limits: ExpansionLimits, encoding: TextEncoding = .utf8,
        isHashed: Bool = true
    ) throws {
        self.isHashed = isHashed
        self.encoding = encoding
        transcoder = encoding == .utf8 ? nil : Transcoder(encoding)
        self.limits = limits
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let (code, reason) = (errno, String(cString: strerror(errno)))
            if descriptor >= 0 { close(descriptor) }
            // A link is not followed.
            if code == ELOOP { throw FileRefusal(.notAFile, "a symbolic link") }
            throw FileRefusal(.unreadable, reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileRefusal(.notAFile)
        }
        size = Int(status.st_size)
        modified = status.st_mtim
        blocks = ReadAhead(depth: FileSource.blocksAhead) { [unowned self] hand in
            fingerprint = try pump(hand)
        }
    }

    deinit {
        blocks?.abandon()
        close(descriptor)
    }

    /// Gives the next bytes of text; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if current == nil {
            current = try blocks?.next()
            taken = 0
        }
        guard let block = current, let target = buffer.baseAddress else { return 0 }
        let count = min(buffer.count, block.count - taken)
        target.copyMemory(from: block.bytes + taken, byteCount: count)
        taken += count
        if taken == block.count { current = nil }
        return count
    }

    /// Reads and drops what is left.
    func drain() throws -> FileFingerprint {
        current = nil
        while try blocks?.next() != nil {}
        return try finish()
    }

    /// The fingerprint, once everything is read.
    ///
    /// - Throws: `ChangedWhileRead` where the file is not what it was when it was opened.
    package func finish() throws -> FileFingerprint {
        // The end of the blocks is the end of the reading thread.
        while try blocks?.next() != nil {}
        var status = stat()
        guard let fingerprint, fstat(descriptor, &status) == 0, Int(status.st_size) == size,
            status.st_mtim.tv_sec == modified.tv_sec, status.st_mtim.tv_nsec == modified.tv_nsec,
            fingerprint.bytes == size
        else { throw ChangedWhileRead() }
        return fingerprint
    }

    // MARK: The reading thread

    private func pump(_ hand: (Block) -> Bool) throws -> FileFingerprint {
        var raw = SHA256Digest()
        var block = try readBlock(&raw)
        var total = block.count
        var expandedSHA256: [UInt8]?
        let packing = Packing(UnsafeBufferPointer(start: block.bytes, count: block.count))
        if let packing {
            var digest = SHA256Digest()
            total = try expandAll(block, packing.expander(), &raw, &digest, hand)
            expandedSHA256 = digest.finish()
        } else {
            while block.count > 0 {
                guard try deliver(block, hand) else { break }
                block = try readBlock(&raw)
                total += block.count
            }
        }
        if let last = try lastOfText() { _ = hand(last) }
        let sha256 = raw.finish()
        return FileFingerprint(
            bytes: total, modifiedAt: modified.tv_sec, sha256: sha256,
            expandedSHA256: expandedSHA256 ?? sha256)
    }

    /// Reads a block until it is full or the file ends.
    private func readBlock(_ digest: inout SHA256Digest) throws -> Block {
        let block = Block()
        while block.count < FileSource.blockBytes {
            let count = Glibc.read(
                descriptor, block.bytes + block.count, FileSource.blockBytes - block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw FileRefusal(.unreadable, String(cString: strerror(errno)))
            }
            if count == 0 { break }
            block.count += count
        }
        if isHashed { digest.update(block.content) }
        return block
    }

    private func expandAll(
        _ first: Block, _ expander: any Expanding, _ raw: inout SHA256Digest,
        _ digest: inout SHA256Digest, _ hand: (Block) -> Bool
    ) throws -> Int {
        var input = first
        var total = first.count
        var expanded = 0
        var output = Block()
        while input.count > 0 {
            var taken = 0
            var isFull = false
            // A full block may leave something behind in the expander, even where all input is taken.
            while taken < input.count || (isFull && !expander.isWhole) {
                let step = try expander.expand(
                    input.bytes + taken, input.count - taken, into: output.bytes + output.count,
                    room: FileSource.blockBytes - output.count)
                taken += step.taken
                output.count += step.given
                isFull = output.count == FileSource.blockBytes
                guard isFull else { continue }
                expanded += output.count
                try check(expanded, of: total)
                guard try pass(&output, &digest, hand) else { return total }
            }
            input = try readBlock(&raw)
            total += input.count
        }
        try check(expanded + output.count, of: total)
        if output.count > 0 { guard try pass(&output, &digest, hand) else { return total } }
        guard expander.isWhole else {
            throw FileRefusal(.truncated, "the \(expander.name) data ends too early")
        }
        return total
    }

    private func pass(
        _ output: inout Block, _ digest: inout SHA256Digest, _ hand: (Block) -> Bool
    ) throws -> Bool {
        if isHashed { digest.update(output.content) }
        let full = output
        output = Block()
        return try deliver(full, hand)
    }

    /// Hands on a block of expanded bytes, in UTF-8.
    private func deliver(_ block: Block, _ hand: (Block) -> Bool) throws -> Bool {
        if isStart {
            isStart = false
            try checkMark(block.content)
        }
        guard transcoder != nil else { return hand(block) }
        var rest = block.content[...]
        while !rest.isEmpty {
            let piece = rest.prefix(FileSource.pieceBytes)
            rest = rest.dropFirst(piece.count)
            let text = Block()
            text.count =
                transcoder?.decode(UnsafeRawBufferPointer(rebasing: piece), into: text.bytes) ?? 0
            guard text.count == 0 || hand(text) else { return false }
        }
        return true
    }

    /// What is left of the text when its bytes have ended; none where nothing is.
    private func lastOfText() throws -> Block? {
        guard transcoder != nil else { return nil }
        let last = Block()
        guard let count = transcoder?.finish(into: last.bytes) else {
            throw FileRefusal(.truncated, "it ends in the middle of a character")
        }
        last.count = count
        return count > 0 ? last : nil
    }

    /// Refuses a file that begins with the byte order mark of another encoding than its layout's.
    private func checkMark(_ start: UnsafeRawBufferPointer) throws {
        guard let mark = TextEncoding.mark(start), mark.encoding != encoding else { return }
        throw FileRefusal(
            .badHeader,
            "line 1: it looks like \(mark.encoding.rawValue.uppercased()), the layout's encoding is "
                + "\(encoding.rawValue); say so there, or save it as \(encoding.rawValue)")
    }

    private func check(_ expanded: Int, of read: Int) throws {
        guard expanded <= limits.bytes else {
            throw FileRefusal(.expandsTooFar, "more than \(limits.bytes) bytes")
        }
        // Small files are let off the ratio: a header of a few repeated bytes is no bomb.
        guard expanded <= FileSource.blockBytes || expanded / max(1, read) <= limits.ratio else {
            throw FileRefusal(.expandsTooFar, "more than \(limits.ratio) times its size")
        }
    }
}

/// How far a compressed file may expand.
package struct ExpansionLimits: Hashable, Sendable {
    /// Bytes, and times its own size.
    package var bytes: Int
    package var ratio: Int

    package init(bytes: Int, ratio: Int) {
        self.bytes = bytes
        self.ratio = ratio
    }
}

/// The file was written to while it was read: it is put back, and nothing of it is kept.
package struct ChangedWhileRead: Error {}

/// SHA-256, by libcrypto.
struct SHA256Digest: ~Copyable {
    private let context = EVP_MD_CTX_new()

    init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

    deinit { EVP_MD_CTX_free(context) }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    mutating func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return digest
    }
}
