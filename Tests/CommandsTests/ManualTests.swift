import Foundation
import TestSupport
import Testing

/// The manual page and the shells' completion, made from the help.
@Suite struct ManualTests {
    /// Runs a tool of the system on a text.
    private func tool(_ path: String, _ arguments: [String], _ text: String) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let folder = try ScratchFolder()
        let input = try folder.write(text, to: "input")
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = arguments + [input]
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: data, as: UTF8.self),
            String(decoding: said, as: UTF8.self)
        )
    }

    @Test func `every command and option is in the manual page, and groff renders it`() throws {
        let page = try BuiltProgram.run("manual")
        #expect(page.status == 0)
        #expect(page.output.hasPrefix(".TH NIGHTJAR 1\n.SH NAME\nnightjar \\- Closes"))
        for command in [
            "init <directory>", "run [<jobs>...]", "check <files>...", "config check", "status",
            "schedule", "completion <shell>", "manual",
        ] {
            #expect(page.output.contains(".SS \"\(command)\"\n"), "\(command)")
        }
        #expect(page.output.contains(".TP\n.B \\-\\-workspace <dir>\n"))
        let groff = "/usr/bin/groff"
        guard FileManager.default.isExecutableFile(atPath: groff) else { return }
        let shown = try tool(groff, ["-man", "-Tascii", "-ww", "-P-c"], page.output)
        #expect(shown.status == 0)
        #expect(shown.errors == "")
        #expect(shown.output.contains("Exit codes: 0 good;"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completion knows every command`(shell: String) throws {
        let script = try BuiltProgram.run("completion", shell)
        #expect(script.status == 0)
        for command in ["run", "config", "schedule", "completion"] {
            #expect(script.output.contains(command))
        }
        if shell == "bash" { #expect(try tool("/bin/bash", ["-n"], script.output).status == 0) }
    }

    @Test func `an unknown shell is refused with those that are known`() throws {
        let script = try BuiltProgram.run("completion", "csh")
        #expect(script.status == 64)
        #expect(script.errors.contains("bash"))
    }
}
