internal import CZlib
internal import Foundation

/// Keeps ingested files as they came, compressed.
enum Archive {
    /// Packs a file as gzip to `target.gz` and removes it; one that is gzip already is only moved.
    ///
    /// The packed file is synced and in place before the other goes: broken off, it is done again.
    static func pack(_ source: String, to target: String) throws {
        try Inbox.makeFolder(of: target)
        guard let input = FileHandle(forReadingAtPath: source) else {
            throw IntakeError.archive(source, String(cString: strerror(errno)))
        }
        defer { try? input.close() }
        let start = try input.read(upToCount: 2) ?? Data()
        if Array(start) == [0x1F, 0x8B] {
            guard rename(source, target) == 0 else {
                throw IntakeError.archive(source, String(cString: strerror(errno)))
            }
            return
        }
        try input.seek(toOffset: 0)
        // Not the file's own name and more: that one may be as long as names can be.
        let temporary = URL(filePath: target).deletingLastPathComponent().path + "/.archive.new"
        // Foundation makes files under a name of its own first, which a kill would leave behind.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw IntakeError.archive(temporary, String(cString: strerror(errno)))
        }
        let output = FileHandle(fileDescriptor: descriptor)
        defer { try? output.close() }
        try deflateAll(input, to: output)
        try output.synchronize()
        guard rename(temporary, target + ".gz") == 0, unlink(source) == 0 else {
            throw IntakeError.archive(source, String(cString: strerror(errno)))
        }
    }

    private static func deflateAll(_ input: FileHandle, to output: FileHandle) throws {
        var stream = z_stream()
        // The fastest level: the archive is read once in a blue moon.
        guard nightjar_deflate_start(&stream, 1) == Z_OK else {
            throw IntakeError.archive("zlib", "no memory")
        }
        defer { deflateEnd(&stream) }
        var packed = [UInt8](repeating: 0, count: 1 << 18)
        var isLast = false
        while !isLast {
            var block = try input.read(upToCount: 1 << 20) ?? Data()
            isLast = block.isEmpty
            let length = block.count
            try block.withUnsafeMutableBytes { bytes in
                stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
                stream.avail_in = UInt32(length)
                repeat {
                    let count = packed.withUnsafeMutableBufferPointer { target -> Int in
                        stream.next_out = target.baseAddress
                        stream.avail_out = UInt32(target.count)
                        deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                        return target.count - Int(stream.avail_out)
                    }
                    try output.write(contentsOf: packed[..<count])
                } while stream.avail_out == 0
            }
        }
    }
}
