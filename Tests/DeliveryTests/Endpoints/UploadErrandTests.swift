import Foundation
import TestSupport
import Testing

import struct Loyalty.CivilDate

@testable import Delivery

/// The way of a file to a server, step by step: what is asked, and what comes of each answer.
@Suite struct UploadErrandTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("a,b\n1,2\n", to: "outgoing/a.csv")
    }

    private func errand(isRepeated: Bool = false) throws -> any Errand {
        let url = try EndpointURL("sftp://u@127.0.0.1/in/", schemes: ["sftp"])
        let file = OutgoingFile(
            file: "outgoing/a.csv", name: "a.csv", bytes: 8, sha256: "", rows: 1)
        let row = OutboxRow(
            id: 1, night: .init(days: 20_000), kind: "members", subject: "members",
            key: "00000000-0000-5000-8000-000000000001", payload: Array(file.payload.utf8))
        return UploadErrand(
            remote: RemoteFolder(url, access: Access(), patience: Patience()),
            parcel: Parcel(key: row.key, rows: [row], isRepeated: isRepeated), folder: folder.path,
            doneMarker: true)
    }

    private let done = Reply()

    private func found(_ bytes: Int) -> Reply {
        var reply = Reply()
        reply.contentLength = bytes
        return reply
    }

    private var missing: Reply {
        var reply = Reply()
        reply.failure = WireFailure(.remoteFile, code: 78, "no such file")
        return reply
    }

    /// Answers one after the other: what was asked, a word each, and how it ended.
    private func walk(
        _ errand: any Errand, _ replies: Reply...
    ) -> (asked: [String], end: Verdict?) {
        var errand = errand
        var asked: [String] = []
        for reply in [nil] + replies.map({ Optional($0) }) {
            switch errand.next(reply, now: 1_800_000_000) {
            case .ask(let request):
                let commands = (request.commandsBefore + request.commandsAfter).map {
                    String($0.prefix { $0 != " " })
                }
                let name = request.url.split(separator: "/").last ?? ""
                asked.append(
                    ([request.method.rawValue, String(name)] + commands).joined(separator: " "))
            case .end(let verdict): return (asked, verdict)
            case .login, .endEach, .apart: Issue.record("not of files")
            }
        }
        return (asked, nil)
    }

    private let part = ".a.csv.000000000000.nightjar.part"

    @Test func `a whole file gets its name, then its marker`() throws {
        let way = walk(try errand(), missing, done, found(8), done, done)
        #expect(
            way.asked == [
                "HEAD a.csv", "UPLOAD \(part)", "HEAD \(part)", "COMMANDS in rename",
                "UPLOAD a.csv.done",
            ])
        #expect(way.end == .acknowledged())
    }

    @Test func `a file that came short, or too long, never gets its name`() throws {
        for bytes in [0, 7, 9] {
            let way = walk(try errand(), missing, done, found(bytes), done)
            #expect(way.asked.last == "COMMANDS in *statvfs *rm")
            #expect(
                way.end == .later(Trouble("'a.csv' arrived with \(bytes) of 8 bytes")), "\(bytes)")
        }
    }

    @Test func `what has the name is ours where we may have put it there, and it is as long`()
        throws
    {
        let again = walk(try errand(isRepeated: true), found(8), done)
        #expect(again.asked == ["HEAD a.csv", "UPLOAD a.csv.done"])
        #expect(again.end == .acknowledged())
        for (isRepeated, bytes) in [(true, 7), (false, 8)] {
            guard case .refused? = walk(try errand(isRepeated: isRepeated), found(bytes)).end else {
                Issue.record("\(isRepeated), \(bytes)")
                continue
            }
        }
    }
}
