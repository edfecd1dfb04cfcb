import Foundation
import Loyalty
import TestSupport
import Testing

/// What `init` makes, in UTC, with a first night so many days ago.
final class FreshShop {
    let folder: ScratchFolder
    let first: CivilDate
    var path: String { folder.path + "/shop" }

    init(daysAgo: Int = 1) throws {
        folder = try ScratchFolder()
        #expect(try BuiltProgram.run("init", folder.path + "/shop").status == 0)
        let today = Int32(Date().timeIntervalSince1970 / 86_400)
        first = CivilDate(days: today - Int32(daysAgo))
        try edit("program.yaml", "opens_on: 2026-01-01", "opens_on: \(first)")
        try edit("program.yaml", "Europe/Paris", "UTC")
    }

    /// Puts another text into a file of the workspace.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try folder.read("shop/" + name)
        #expect(text.contains(old))
        try folder.write(text.replacingOccurrences(of: old, with: new), to: "shop/" + name)
    }

    /// Drops a finished file.
    func drop(_ text: String, _ name: String) throws {
        try folder.write(text, to: "shop/inbox/" + name)
        // Nobody waits for the quiet time: there is a marker.
        try folder.write("", to: "shop/inbox/" + name + ".done")
    }

    func run(_ arguments: String...) throws -> BuiltProgram.Result {
        try BuiltProgram.run(arguments + ["--workspace", path])
    }
}
