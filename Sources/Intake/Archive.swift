internal import CZstd
internal import Foundation

/// Keeps ingested files as they came, compressed.
enum Archive {
    /// What a packed file's name ends with.
    static let ending = ".zst"

    /// Packs a file as zstd to `target.zst` and removes it; one that is packed already is only moved.
    ///
    /// The packed file is synced and in place before the other goes: broken off, it is done again.
    static func pack(_ source: String, to target: String) throws {
        try Inbox.makeFolder(of: target)
        guard let input = FileHandle(forReadingAtPath: source) else {
            throw IntakeError.archive(source, String(cString: strerror(errno)))
        }
        defer { try? input.close() }
        if Packing(try input.read(upToCount: 4) ?? Data()) != nil {
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
        try compressAll(input, to: output)
        try output.synchronize()
        guard rename(temporary, target + ending) == 0, unlink(source) == 0 else {
            throw IntakeError.archive(source, String(cString: strerror(errno)))
        }
    }

    static func compressAll(_ input: FileHandle, to output: FileHandle) throws {
        guard let context = ZSTD_createCCtx() else {
            throw IntakeError.archive("zstd", "no memory")
        }
        defer { ZSTD_freeCCtx(context) }
        // The fastest level: the archive is read once in a blue moon.
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        var packed = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
        var isLast = false
        while !isLast {
            let block = try input.read(upToCount: 1 << 20) ?? Data()
            isLast = block.isEmpty
            try block.withUnsafeBytes { bytes in
                var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                var left = 0
                repeat {
                    let count = try packed.withUnsafeMutableBytes { room in
                        var target = ZSTD_outBuffer(
                            dst: room.baseAddress, size: room.count, pos: 0)
                        left = ZSTD_compressStream2(
                            context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
                        guard ZSTD_isError(left) == 0 else {
                            throw IntakeError.archive(
                                "zstd", String(cString: ZSTD_getErrorName(left)))
                        }
                        return target.pos
                    }
                    try output.write(contentsOf: packed[..<count])
                } while isLast ? left > 0 : source.pos < source.size
            }
        }
    }
}
