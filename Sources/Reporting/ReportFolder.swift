internal import Dispatch
package import Loyalty
internal import Settings
internal import Storage
internal import Synchronization

/// The folder of all nights' reports: `<reports>/<night>/<report>.csv`, and what they are in
/// `datapackage.json`.
///
/// A night's folder is made beside its place, under a hidden name, and comes into place whole.
/// Where one is there it is left alone if it is the same, else exchanged: whoever looks sees one or
/// the other, never a mixture.
package struct ReportFolder {
    private let path: String
    private let bufferBytes: Int
    private let sortBytes: Int
    private let isThrifty: Bool

    /// The folder at a path; it is made where it is missing.
    ///
    /// - Parameters:
    ///   - bufferBytes: how many bytes of a report gather before they are written.
    ///   - sortBytes: what sorting a report by cards may take of memory.
    ///   - isThrifty: whether memory should hold few pages of the store.
    package init(
        reports path: String, bufferBytes: Int = 1 << 18, sortBytes: Int = 64 << 20,
        isThrifty: Bool = false
    ) {
        self.path = path
        self.bufferBytes = bufferBytes
        self.sortBytes = sortBytes
        self.isThrifty = isThrifty
    }

    /// Writes the reports of a night, from what the store has committed, and publishes them.
    ///
    /// - Parameters:
    ///   - requests: what is wanted, no report twice.
    ///   - program: whose reports they are, for the data package.
    ///   - currency: what money is written in.
    ///   - store: the path of the store's file.
    /// - Throws: `SettingsErrors` where `Reports.check` finds any; `ReportingError` where the file
    ///   system refuses, `StorageError` where the store does. What was published before stays then.
    package func publish(
        _ requests: [ReportRequest], night: CivilDate, program: String, currency: Currency,
        store: String
    ) throws -> Publication {
        let errors = Reports.check(requests)
        guard errors.isEmpty else { throw SettingsErrors(errors) }
        let place = NightFolder(reports: path, night: night)
        try place.begin()
        do {
            let written = try write(requests, into: place.newPath, store: store) {
                try ReportWriter(
                    $0, $1, night: night, currencyDecimals: currency.decimals, $2)
            }
            try DataPackage(
                requests, written.map(\.file), night: night, program: program, currency: currency
            ).write(into: place.newPath)
            let outcome = try place.publish()
            return Publication(
                night: night, path: place.path, outcome: outcome, files: written.map(\.file),
                postings: written.first { $0.file.report == Report.postings.name }?.postings)
        } catch {
            // A full disk is no place for half a report.
            try? place.removeNew()
            throw error
        }
    }

    /// Writes the postings on one thread and all else on another, each with its own connection.
    ///
    /// Postings and balances are nearly all of the work.
    private func write(
        _ requests: [ReportRequest], into folder: String, store: String,
        prepare: @Sendable (Report, ReportRequest, Connection) throws -> ReportWriter
    ) throws -> [WrittenReport] {
        let isFirst = { (index: Int) in requests[index].report == Report.postings.name }
        let lanes = [
            requests.indices.filter(isFirst), requests.indices.filter { !isFirst($0) },
        ].filter { !$0.isEmpty }
        let progress = Mutex(Progress())
        DispatchQueue.concurrentPerform(iterations: lanes.count) { lane in
            do {
                try ReadingStore(path: store, isThrifty: isThrifty).read { connection in
                    for index in lanes[lane] {
                        guard let report = Reports.report(requests[index].report) else {
                            throw SettingsErrors(Reports.check([requests[index]]))
                        }
                        let written = try prepare(report, requests[index], connection)
                            .write(
                                into: folder, bufferBytes: bufferBytes, sortBytes: sortBytes)
                        progress.withLock { $0.written[index] = written }
                    }
                }
            } catch {
                progress.withLock { $0.failures.append(error) }
            }
        }
        return try progress.withLock { progress in
            if let failure = progress.failures.first { throw failure }
            return requests.indices.compactMap { progress.written[$0] }
        }
    }

    /// What the threads share.
    private struct Progress {
        var written: [Int: WrittenReport] = [:]
        var failures: [any Error] = []
    }
}
