internal import CScan
internal import CZlib
internal import Foundation

/// Takes the lines out of files that name one of some texts.
///
/// A file is rewritten whole beside its place, packed as it was, synced, and comes into place by one
/// rename. A text is named where nothing that words are made of stands on either side; what a quote
/// spans is one line. Files are searched as bytes, so that no layout need be known.
package struct LineEraser {
    /// What a kill may leave beside a file.
    package static let temporaryNames = [".erasure.plain", ".erasure.new"]

    /// The texts as a file may write them: as they are, in quotes of CSV, in JSON; in each encoding.
    private let single: [[UInt8]]
    private let wide: (little: [[UInt8]], big: [[UInt8]])

    package init(_ texts: [String]) {
        var spellings: Set<String> = []
        for text in texts where !text.isEmpty {
            let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            spellings.formUnion([text, text.replacing("\"", with: "\"\""), escaped])
        }
        let encodings: [String.Encoding] = [.utf8, .isoLatin1, .windowsCP1252]
        single = Array(
            Set(
                encodings.flatMap { one in spellings.compactMap { $0.data(using: one) } }.map(
                    Array.init)))
        func wide(_ encoding: String.Encoding) -> [[UInt8]] {
            spellings.compactMap { $0.data(using: encoding).map(Array.init) }
        }
        self.wide = (wide(.utf16LittleEndian), wide(.utf16BigEndian))
    }

    /// Takes the lines out and says how many they were; without any the file is not touched.
    ///
    /// - Throws: `FileRefusal` where packed data is damaged, `IntakeError` where the file system refuses.
    package func erase(from path: String) throws -> Int {
        guard try mentions(path) else { return 0 }
        let file = try ExpandedFile(path)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let names = LineEraser.temporaryNames.map { folder + "/" + $0 }
        defer { for name in names { unlink(name) } }
        do {
            let plain = try LineEraser.create(names[0])
            let erased = try copy(path, to: plain)
            guard erased > 0 else { return 0 }
            guard let packing = file.packing else {
                try finish(plain, names[0], path, folder)
                return erased
            }
            let packed = try LineEraser.create(names[1])
            try plain.seek(toOffset: 0)
            switch packing {
            case .zstd: try Archive.compressAll(plain, to: packed)
            case .gzip: try LineEraser.deflateAll(plain, to: packed)
            }
            try finish(packed, names[1], path, folder)
            return erased
        } catch let error as CocoaError {
            throw IntakeError.erasure(path, error.localizedDescription)
        }
    }

    /// How many lines of a file would be taken out.
    package func count(in path: String) throws -> Int {
        try mentions(path) ? copy(path, to: nil) : 0
    }

    // MARK: Looking

    /// Whether the bytes of a text stand anywhere: most files are read no further.
    package func mentions(_ path: String) throws -> Bool {
        let file = try ExpandedFile(path)
        let texts = single + wide.little + wide.big
        let most = texts.map(\.count).max() ?? 0
        var kept: [UInt8] = []
        while let block = try file.next() {
            kept += block
            if kept.withUnsafeBytes({ bytes in
                texts.contains { bytes.place(of: $0, from: 0) != nil }
            }) {
                return true
            }
            kept.removeFirst(max(0, kept.count - most))
        }
        return false
    }

    /// How a file stands: how wide a character is, and what ends a line.
    private struct Form {
        var texts: [[UInt8]]
        var width = 1
        /// Where the low byte of a character stands.
        var low = 0
        var markBytes = 0
        var lineEnd: UInt8 = 10
        var hasQuotes = true
    }

    private func form(_ start: [UInt8]) -> Form {
        var form = Form(texts: single)
        let head = start.prefix(1 << 10)
        let zeros = [0, 1].map { side in
            head.enumerated().filter { $0.offset % 2 == side && $0.element == 0 }.count
        }
        if head.starts(with: [0xFF, 0xFE]) || zeros[1] > head.count / 8 {
            form = Form(texts: wide.little, width: 2)
            form.markBytes = head.starts(with: [0xFF, 0xFE]) ? 2 : 0
        } else if head.starts(with: [0xFE, 0xFF]) || zeros[0] > head.count / 8 {
            form = Form(texts: wide.big, width: 2, low: 1)
            form.markBytes = head.starts(with: [0xFE, 0xFF]) ? 2 : 0
        } else if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            form.markBytes = 3
        }
        if !start.contains(10), start.contains(13) { form.lineEnd = 13 }
        // Lines of JSON are lines, whatever quotes they hold.
        let first = head.dropFirst(form.markBytes).first { $0 > 32 }
        form.hasQuotes = first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
        return form
    }

    // MARK: Copying

    /// A quote that nobody closes would make one line of all that follows.
    private struct OpenQuote: Error {}

    private static let mostLineBytes = 1 << 20

    /// Copies all lines but those that name a text; says how many these are.
    private func copy(_ path: String, to output: FileHandle?) throws -> Int {
        do {
            return try copy(path, to: output, quotes: true)
        } catch is OpenQuote {
            try output?.truncate(atOffset: 0)
            return try copy(path, to: output, quotes: false)
        }
    }

    private func copy(_ path: String, to output: FileHandle?, quotes: Bool) throws -> Int {
        let file = try ExpandedFile(path)
        var erased = 0
        var text = try file.next() ?? []
        var form = form(text)
        form.hasQuotes = form.hasQuotes && quotes
        try output?.write(contentsOf: text.prefix(form.markBytes))
        var start = form.markBytes
        var lines = Lines(form.width, form.low, form.lineEnd, form.hasQuotes)
        var isLast = false
        while !isLast {
            var kept: [UInt8] = []
            text.withUnsafeBytes { bytes in
                while let end = lines.next(in: bytes, from: start) {
                    if names(bytes[start..<end], form) {
                        erased += 1
                    } else {
                        kept += bytes[start..<end]
                    }
                    start = end
                }
            }
            try output?.write(contentsOf: kept)
            text.removeFirst(start)
            lines.rewind(by: start)
            start = 0
            if lines.isQuoted, text.count > LineEraser.mostLineBytes { throw OpenQuote() }
            if let more = try file.next() { text += more } else { isLast = true }
        }
        guard !text.isEmpty else { return erased }
        if lines.isQuoted { throw OpenQuote() }
        let isNamed = text.withUnsafeBytes { names($0[...], form) }
        if isNamed { erased += 1 } else { try output?.write(contentsOf: text) }
        return erased
    }

    /// Whether a line names one of the texts.
    private func names(_ line: Slice<UnsafeRawBufferPointer>, _ form: Form) -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: line)
        func character(_ at: Int) -> UInt8? {
            guard at >= 0, at + form.width <= bytes.count else { return nil }
            if form.width == 2, bytes[at + 1 - form.low] != 0 { return nil }
            return bytes[at + form.low]
        }
        for text in form.texts {
            var from = 0
            while let place = bytes.place(of: text, from: from) {
                from = place + 1
                guard place % form.width == 0 else { continue }
                let end = place + text.count
                // A dot ends a sentence, or goes on with a number.
                let after = character(end)
                let isDot = after == UInt8(ascii: ".")
                let next = isDot ? character(end + form.width) : after
                if !(character(place - form.width)?.isOfWord ?? false), !(next?.isOfWord ?? false) {
                    return true
                }
            }
        }
        return false
    }

    /// Finds where lines end; what a quote spans, which begins a cell, ends none.
    private struct Lines {
        private let width: Int
        private let low: Int
        private let end: UInt8
        private let hasQuotes: Bool
        private var at = 0
        private(set) var isQuoted = false
        private var isCellStart = true
        private var hasClosed = false

        init(_ width: Int, _ low: Int, _ end: UInt8, _ hasQuotes: Bool) {
            (self.width, self.low, self.end, self.hasQuotes) = (width, low, end, hasQuotes)
        }

        mutating func rewind(by count: Int) { at -= count }

        /// Where the line that begins at a place ends; nil where it goes on behind the bytes.
        mutating func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
            if at < start { at = start }
            while at + width <= bytes.count {
                var byte = bytes[at + low]
                if width == 2, bytes[at + 1 - low] != 0 { byte = 0xFF }
                at += width
                if byte == 34, hasQuotes, isQuoted || isCellStart || hasClosed {
                    // A doubled quote closes and opens again.
                    hasClosed = isQuoted
                    isQuoted.toggle()
                    isCellStart = false
                    continue
                }
                hasClosed = false
                isCellStart =
                    byte == 44 || byte == 59 || byte == 9 || byte == 124 || byte == 10 || byte == 13
                if byte == end, !isQuoted { return at }
            }
            return nil
        }
    }

    // MARK: Files

    private static func create(_ path: String) throws -> FileHandle {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw IntakeError.erasure(path, String(cString: strerror(errno)))
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Puts a file into the place of another, with its mode, once it is safe.
    private func finish(_ file: FileHandle, _ name: String, _ path: String, _ folder: String) throws
    {
        var status = stat()
        guard stat(path, &status) == 0, fchmod(file.fileDescriptor, status.st_mode & 0o7777) == 0
        else { throw IntakeError.erasure(path, String(cString: strerror(errno))) }
        try file.synchronize()
        guard rename(name, path) == 0 else {
            throw IntakeError.erasure(path, String(cString: strerror(errno)))
        }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw IntakeError.erasure(folder, String(cString: strerror(errno)))
        }
    }

    private static func deflateAll(_ input: FileHandle, to output: FileHandle) throws {
        var stream = z_stream()
        guard nightjar_deflate_start(&stream, 6) == Z_OK else {
            throw IntakeError.erasure("gzip", "no memory")
        }
        defer { deflateEnd(&stream) }
        var packed = [UInt8](repeating: 0, count: 1 << 16)
        var isLast = false
        while !isLast {
            var block = Array(try input.read(upToCount: 1 << 20) ?? Data())
            isLast = block.isEmpty
            try block.withUnsafeMutableBufferPointer { bytes in
                stream.next_in = bytes.baseAddress
                stream.avail_in = UInt32(bytes.count)
                var isFull = true
                while isFull {
                    let count = try packed.withUnsafeMutableBufferPointer { room in
                        stream.next_out = room.baseAddress
                        stream.avail_out = UInt32(room.count)
                        guard deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH) != Z_STREAM_ERROR
                        else { throw IntakeError.erasure("gzip", "defect") }
                        return room.count - Int(stream.avail_out)
                    }
                    isFull = count == packed.count
                    try output.write(contentsOf: packed[..<count])
                }
            }
        }
    }
}

/// The bytes of a file, expanded where it is packed, a piece at a time.
private final class ExpandedFile {
    let packing: Packing?
    private let file: FileHandle
    private let expander: (any Expanding)?
    private var input: [UInt8] = []
    private var taken = 0
    private static let pieceBytes = 1 << 20

    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw IntakeError.erasure(path, String(cString: strerror(errno)))
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        packing = Packing(try file.read(upToCount: 4) ?? Data())
        expander = try packing?.expander()
        try file.seek(toOffset: 0)
    }

    /// The next bytes; nil at the end.
    func next() throws -> [UInt8]? {
        guard let expander else {
            return try file.read(upToCount: ExpandedFile.pieceBytes).flatMap {
                $0.isEmpty ? nil : Array($0)
            }
        }
        var output = [UInt8](repeating: 0, count: ExpandedFile.pieceBytes)
        var count = 0
        var isFull = false
        while count < output.count {
            if taken == input.count, !isFull || expander.isWhole {
                input = Array(try file.read(upToCount: 1 << 18) ?? Data())
                taken = 0
                if input.isEmpty {
                    guard expander.isWhole else {
                        throw FileRefusal(.badArchive, "it ends too early")
                    }
                    break
                }
            }
            let step = try input.withUnsafeMutableBufferPointer { input in
                try output.withUnsafeMutableBufferPointer { output in
                    guard let from = input.baseAddress, let to = output.baseAddress else {
                        return (taken: 0, given: 0)
                    }
                    return try expander.expand(
                        from + taken, input.count - taken, into: to + count,
                        room: output.count - count)
                }
            }
            taken += step.taken
            count += step.given
            isFull = count == output.count
        }
        return count == 0 ? nil : Array(output[..<count])
    }
}

extension UnsafeRawBufferPointer {
    /// Where bytes stand, from a place on.
    fileprivate func place(of text: [UInt8], from: Int) -> Int? {
        guard let start = baseAddress, from < count else { return nil }
        guard let found = memmem(start + from, count - from, text, text.count) else { return nil }
        return UnsafeRawPointer(found) - start
    }
}

extension UInt8 {
    /// Whether a longer word would go on with it.
    fileprivate var isOfWord: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
