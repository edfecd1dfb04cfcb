import Delivery
import Foundation
import Settings
import Storage
import TestSupport
import Testing

/// A fetch job with an inbox and a store of its own.
final class Fetching {
    let folder: ScratchFolder
    private let store: Store
    /// Seconds since 1970, of the job's clock.
    var now = Int(Date().timeIntervalSince1970)
    var freeBytes = 1 << 40
    /// What happens between the listing and each download.
    var meanwhile: () throws -> Void = {}
    var mostBytes = 1 << 30
    var environment: [String: String] = [:]

    init() throws {
        folder = try ScratchFolder()
        for name in ["inbox", "there"] {
            try FileManager.default.createDirectory(
                at: folder.url.appending(path: name), withIntermediateDirectories: true)
        }
        store = try Store(path: folder.path + "/nightjar.db")
    }

    /// The terms of a job's lines.
    static func terms(_ lines: String) throws -> FetchTerms? {
        let source = SettingsSource(name: "Jobs/fetch.yaml", text: "version: 1\n" + lines)
        let reader = try SettingsReader(source)
        let map = try reader.file(SettingsKeys(["after"] + FetchTerms.keys, needed: ["from"]))
        let terms = FetchTerms(map)
        try reader.finish()
        return terms
    }

    static func errors(_ lines: String) -> String {
        do {
            _ = try terms(lines)
            return ""
        } catch {
            return "\(error)".replacing("Jobs/fetch.yaml:", with: "")
        }
    }

    /// Fetches what ends in `.csv`, by a job of these lines; those of the folder `there` where they don't say whence.
    @discardableResult
    func run(_ lines: String = "") throws -> Fetch.Outcome {
        let place = "from: file://\(folder.path)/there/\npattern: \"*.csv\"\n"
        let terms = try #require(
            try Fetching.terms(lines.contains("from:") ? lines : place + lines))
        return try Fetch(
            job: "fetch-files", terms: terms, takes: { $0.hasSuffix(".csv") },
            folder: folder.path, inbox: folder.path + "/inbox", store: store,
            clock: { [unowned self] in now },
            environment: { [unowned self] in environment[$0] },
            freeBytes: { [unowned self] in
                do { try meanwhile() } catch { Issue.record(error) }
                return freeBytes
            }, mostBytes: mostBytes
        ).run()
    }

    /// Writes a file there, a day old.
    func put(_ text: String, _ name: String, age: Double = 86_400) throws {
        let path = try folder.write(text, to: "there/" + name)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }

    private func names(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name).sorted()
    }

    /// What the inbox holds, hidden files too.
    var inbox: [String] { get throws { try names("inbox") } }
    var there: [String] { get throws { try names("there") } }

    /// Takes a file out of the inbox as a night does.
    func ingest(_ name: String) throws -> String {
        let text = try folder.read("inbox/" + name)
        for path in [name, name + ".done", name + ".manifest"] {
            try? FileManager.default.removeItem(at: folder.url.appending(path: "inbox/" + path))
        }
        return text
    }
}
