internal import Loyalty
internal import Storage
internal import Tabular

/// Reads one file of one job: its records go to the batches, its verdicts come back.
package struct FileIngest {
    package struct Limits: Sendable {
        package var expansion: ExpansionLimits
        package var lineBytes: Int
        package var fieldCount: Int

        package init(expansion: ExpansionLimits, lineBytes: Int, fieldCount: Int) {
            self.expansion = expansion
            self.lineBytes = lineBytes
            self.fieldCount = fieldCount
        }
    }

    private let limits: Limits
    private let maxRejectsPercent: Int
    private let maxRejectsLines: Int

    package init(limits: Limits, maxRejectsPercent: Int, maxRejectsLines: Int) {
        self.limits = limits
        self.maxRejectsPercent = maxRejectsPercent
        self.maxRejectsLines = maxRejectsLines
    }

    /// Reads a file to its end and judges every line.
    ///
    /// - Parameter isKnown: whether bytes of this fingerprint were ingested before.
    /// - Throws: `ChangedWhileRead`; all else that is wrong with the file is in the result.
    package func read(
        _ file: InboxFile, job: String, context: FileContext, into batches: Batches,
        isKnown: (FileFingerprint) throws -> Bool
    ) throws -> IngestedFile {
        var entry = IngestedFile(
            file: file, job: job, records: context.layout.records,
            fingerprint: FileFingerprint(
                bytes: file.bytes, modifiedAt: file.modifiedAt, sha256: [], expandedSHA256: []),
            verdict: .ingested, linesRead: 0)
        let refused = batches.refused
        let firstRefused = refused.begin()
        var reading: (any RecordReading)?
        do {
            let source = try FileSource(
                path: file.location, limits: limits.expansion, encoding: context.layout.encoding)
            do {
                let manifest = try file.manifest.map { try Manifest(path: $0) }
                try readRecords(source, manifest, context, batches, &reading, &entry)
                entry.fingerprint = try source.finish()
                try manifest?.check(entry.fingerprint)
            } catch let refusal as FileRefusal {
                // The rest is read for its fingerprint only; who writes to it still explains more than
                // what was read of it.
                do {
                    entry.fingerprint = try source.drain()
                } catch is FileRefusal {}
                throw refusal
            }
            if try isKnown(entry.fingerprint) {
                reading?.withdrawKnown()
                refused.withdraw(context.file, since: firstRefused)
                entry.verdict = .duplicateFile
                entry.linesRead = 0
            } else {
                entry.refusals = FileRefusals(refused, file: context.file)
                entry.counts[.rejected] = entry.refusals.count
            }
        } catch let refusal as FileRefusal {
            reading?.withdraw()
            refused.withdraw(context.file, since: firstRefused)
            entry.verdict = .refused
            entry.refusal = refusal
            entry.linesRead = 0
        } catch {
            reading?.withdraw()
            refused.withdraw(context.file, since: firstRefused)
            throw error
        }
        return entry
    }

    private func readRecords(
        _ source: FileSource, _ manifest: Manifest?, _ context: FileContext, _ batches: Batches,
        _ reading: inout (any RecordReading)?, _ entry: inout IngestedFile
    ) throws {
        let records = FileRecords(
            source, layout: context.layout, more: context.moreKeys, limits: limits)
        guard try records.begin(), let header = records.header else {
            throw FileRefusal(.emptyFile)
        }
        guard header.flaw == .none, !header.hasOpenQuote else {
            throw FileRefusal(.badHeader, FileIngest.whatIs(header))
        }
        let fieldCount = header.fieldCount
        entry.columns = (0..<fieldCount).map { header[$0].string }
        var context = context
        if let asOf = try manifest?.asOf(context) { context.asOf = asOf }
        let reader = try RecordReaders.make(context, header: header, into: batches)
        reading = reader
        // A rejects file that comes back has some of the lines only, and no trailer.
        var totals = try ControlTotals(
            records.isCorrected ? nil : context.layout.trailer, manifest, context, header)
        // Of them, those that are wrong by themselves.
        var wrong = 0
        var first: LineRefusal?
        func takeRefusals() throws {
            for refusal in reader.refusals {
                if refusal.reason != .orderHasRejectedLine {
                    wrong += 1
                    first = first ?? refusal
                }
                try batches.refused.add(
                    RefusedLines.Line(
                        file: context.file, line: refusal.line, verdict: refusal.verdict,
                        reason: refusal.reason, field: refusal.field))
            }
            reader.refusals.removeAll(keepingCapacity: true)
        }
        while let batch = try records.next() {
            let lines = try totals?.take(batch) ?? batch
            if let last = lines.last, last.isUnterminated,
                last.hasOpenQuote || last.fieldCount < fieldCount
            {
                throw FileRefusal(.truncated, "line \(last.line)")
            }
            entry.linesRead += lines.count
            try reader.read(lines)
            try takeRefusals()
            if context.isStrict, let (name, line) = records.unknownKey {
                throw FileRefusal(.unknownColumn, "'\(name)', line \(line)")
            }
        }
        entry.isCorrected = records.isCorrected
        try totals?.check()
        try reader.finish()
        try takeRefusals()
        if wrong > maxRejectsLines, wrong * 100 > maxRejectsPercent * entry.linesRead {
            let why = first.map {
                "; line \($0.line): \($0.reason.name): \($0.hint(entry.columns))"
            }
            throw FileRefusal(.tooManyRejects, "\(wrong) of \(entry.linesRead)" + (why ?? ""))
        }
    }
}

extension FileIngest {
    /// What a first line that can't be read looks like.
    private static func whatIs(_ header: CSVRecord) -> String {
        let start = Array(header.rawBytes.prefix(4))
        if start.dropFirst().first == 0 {
            return "line 1: it looks like UTF-16; say so in the layout, or save it as UTF-8"
        }
        if start == [0x50, 0x4B, 3, 4] {
            return "line 1: it looks like a zip archive or a workbook; export it as CSV"
        }
        if Packing(start) != nil { return "line 1: it is packed twice" }
        switch header.flaw {
        case .tooLong: return "line 1 is longer than limits.line"
        case .tooManyFields: return "line 1 has more columns than limits.fields"
        case .badQuote, .none: return "line 1: a quote is not closed, or text follows it"
        case .badEncoding: return "line 1 is not UTF-8, or holds a NUL"
        case .badJSON: return "line 1 is no JSON object"
        }
    }
}

/// The readers, one a record kind.
enum RecordReaders {
    static func make(
        _ context: FileContext, header: CSVRecord, into batches: Batches
    ) throws -> any RecordReading {
        switch context.layout.records {
        case .orders, .orderItems:
            context.layout.isContiguous
                ? try OrderReader(context, header: header, into: batches)
                : try ScatteredOrderReader(context, header: header, into: batches)
        case .tiers: try TierReader(context, header: header, into: batches)
        case .adjustments: try AdjustmentReader(context, header: header, into: batches)
        case .products: try ProductReader(context, header: header, into: batches)
        case .codes: try CodeReader(context, header: header, into: batches)
        case .burns: try BurnReader(context, header: header, into: batches)
        case .claims: try ClaimReader(context, header: header, into: batches)
        case .events: try EventReader(context, header: header, into: batches)
        case .giftCodes: try GiftCodeReader(context, header: header, into: batches)
        case .rewards: try RewardReader(context, header: header, into: batches)
        case .stock: try StockReader(context, header: header, into: batches)
        case .members: try MemberReader(context, header: header, into: batches)
        case .openingLots: try OpeningLotReader(context, header: header, into: batches)
        case .openingOrders: try OpeningOrderReader(context, header: header, into: batches)
        }
    }
}
