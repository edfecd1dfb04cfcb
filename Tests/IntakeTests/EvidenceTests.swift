import Foundation
import Intake
import Loyalty
import Settings
import TestSupport
import Testing

/// D-4: what shows that a file is finished.
@Suite struct EvidenceTests {
    private let scratch: ScratchFolder
    private let inbox: Inbox
    /// Files were written just now, or long ago.
    private var isQuiet = false
    private var layout = Layout.canonical(.orders)
    private var required: Evidence?

    init() throws {
        scratch = try ScratchFolder()
        inbox = Inbox(workspace: scratch.path)
    }

    private func drop(_ text: String = "x\n", as name: String) throws {
        try scratch.write(text, to: "inbox/" + name)
    }

    private mutating func layout(_ keys: String) throws {
        layout = try LayoutFile.read(
            SettingsSource(
                name: "layouts/till.yaml",
                text: "version: 1\nlayout: till\nrecords: orders\n" + keys))
    }

    /// `path evidence` of every finished file that begins with `orders`.
    private func finished() throws -> [String] {
        let night = try #require(CivilDate("2026-11-16"))
        let now = Int(Date().timeIntervalSince1970) + (isQuiet ? 1000 : 0)
        return try inbox.finished(night: night, now: now) { path in
            guard path.hasPrefix("orders") else { return nil }
            return Settling(
                quietSeconds: 60, required: required, layout: layout,
                limits: ExpansionLimits(bytes: .max, ratio: .max))
        }.files.map { "\($0.path) \($0.evidence)" }
    }

    @Test mutating func `D-4: a marker, or quiet`() throws {
        try drop(as: "orders-1.csv")
        try drop(as: "orders-2.csv")
        try drop("", as: "orders-2.csv.done")
        #expect(try finished() == ["orders-2.csv marker"])
        isQuiet = true
        #expect(try finished() == ["orders-1.csv quiet", "orders-2.csv marker"])
        required = .marker
        #expect(try finished() == ["orders-2.csv marker"])
    }

    @Test mutating func `the layout's own marker is no file of the job's`() throws {
        try layout("marker: \"{stem}.ok\"\n")
        try drop(as: "orders-1.csv.gz")
        try drop("", as: "orders-1.ok")
        try drop("", as: "orders-2.ok")
        try drop(as: "orders-3.csv")
        try drop("", as: "orders-3.csv.done")
        #expect(try finished() == ["orders-1.csv.gz marker", "orders-3.csv marker"])
        try layout("marker: \"ready-{name}\"\n")
        try drop("", as: "ready-orders-1.csv.gz")
        #expect(try finished().contains("orders-1.csv.gz marker"))
    }

    @Test
    mutating func `a manifest is stronger than a marker, and waits for all the bytes it says`()
        throws
    {
        required = .manifest
        try drop("12345\n", as: "orders-1.csv")
        try drop("", as: "orders-1.csv.done")
        #expect(try finished() == [])
        try drop("{\"bytes\": 6}", as: "orders-1.csv.manifest")
        #expect(try finished() == ["orders-1.csv manifest"])
        try drop("{\"bytes\": 7}", as: "orders-1.csv.manifest")
        #expect(try finished() == [])
        try drop("{\"byt", as: "orders-1.csv.manifest")
        #expect(try finished() == [])
        // What doesn't change any more is taken, and refused when it is read.
        isQuiet = true
        #expect(try finished() == ["orders-1.csv manifest"])
    }

    @Test mutating func `a trailer at the end shows that a file is finished, packed or not`() throws
    {
        try layout("trailer: { starts: \"T\", rows: 2 }\n")
        try drop("order_id\nA\nT,1\n", as: "orders-1.csv")
        try drop("order_id\nA\n", as: "orders-2.csv")
        try drop("order_id\nT,1\nA\n", as: "orders-3.csv")
        try drop("", as: "orders-4.csv")
        #expect(try finished() == ["orders-1.csv trailer"])
        isQuiet = true
        #expect(
            try finished() == [
                "orders-1.csv trailer", "orders-2.csv quiet", "orders-3.csv quiet",
                "orders-4.csv quiet",
            ])
        required = .trailer
        try drop("", as: "orders-2.csv.done")
        try drop("line,reason,hint,order_id\n2,x,y,A\n", as: "orders-5.csv")
        #expect(
            try finished() == [
                "orders-1.csv trailer", "orders-2.csv marker", "orders-5.csv quiet",
            ])
    }

    @Test mutating func `a second hard link is told`() throws {
        try drop(as: "orders-1.csv")
        try drop(as: "orders-2.csv")
        #expect(link(scratch.path + "/inbox/orders-1.csv", scratch.path + "/elsewhere") == 0)
        isQuiet = true
        let night = try #require(CivilDate("2026-11-16"))
        let files = try inbox.finished(night: night, now: .max / 2) { _ in
            Settling(
                quietSeconds: 60, required: nil, layout: layout,
                limits: ExpansionLimits(bytes: .max, ratio: .max))
        }.files
        #expect(files.map(\.isLinked) == [true, false])
    }
}
