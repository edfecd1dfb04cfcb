import Delivery
import Foundation
import TestSupport
import Testing

@Suite struct SecretSourceTests {
    @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o610, false)])
    func `a file that others can read is refused`(mode: mode_t, isPrivate: Bool) throws {
        let folder = try ScratchFolder()
        let path = try folder.write("hush\nmore\n", to: "secret")
        chmod(path, mode)
        let source = try #require(SecretSource("file:\(path)"))
        guard isPrivate else {
            let error = #expect(throws: SecretError.self) { try source.secret { _ in nil } }
            #expect(error?.text.contains("chmod 600 \(path)") ?? false)
            return
        }
        #expect(try source.secret { _ in nil } == Secret("hush"))
    }

    @Test(arguments: [
        "env:", "file:", "file:relative", "file:/", "file://", "file://hook", "hush", "ENV:NAME",
    ])
    func `what names no place is none`(text: String) { #expect(SecretSource(text) == nil) }

    @Test(arguments: ["file:/run/secret", "file:///run/secret", "file:////run/secret"])
    func `a file has one name, however many slashes stand before it`(text: String) throws {
        #expect(try #require(SecretSource(text)).description == "file:/run/secret")
    }
}
