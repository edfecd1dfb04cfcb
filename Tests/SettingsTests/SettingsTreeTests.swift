import Settings
import TestSupport
import Testing

/// What is allowed as YAML, and what an operator reads when it isn't.
@Suite struct SettingsTreeTests {
    /// The errors of a text, one a line.
    private func errors(_ text: String) -> String {
        errors(of: SettingsSource(name: "program.yaml", text: text))
    }

    private func errors(of source: SettingsSource) -> String {
        do {
            _ = try source.tree()
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `every scalar is its text, whatever YAML would make of it`() throws {
        let texts = ["no", "1e3", "12-31", "0x10", "~", "null", "2026-01-01", "1_000", "02:30"]
        for text in texts {
            let tree = try SettingsSource(name: "a.yaml", text: "key: \(text)\n").tree()
            guard case .map(let entries) = tree.value else {
                Issue.record("no map")
                continue
            }
            #expect(entries.map(\.node.value) == [.text(text)])
        }
    }

    @Test func `keys and values keep their line and column`() throws {
        let source = SettingsSource(name: "a.yaml", text: "one:\n  two: [x, {é: y, z: 1}]\n")
        guard case .map(let outer) = try source.tree().value,
            case .map(let inner) = outer[0].node.value,
            case .list(let items) = inner[0].node.value,
            case .map(let last) = items[1].value
        else {
            Issue.record("another shape")
            return
        }
        #expect("\(outer[0].location)" == "a.yaml:1:1")
        #expect("\(inner[0].location)" == "a.yaml:2:3")
        #expect("\(inner[0].node.location)" == "a.yaml:2:8")
        #expect("\(last[1].location)" == "a.yaml:2:19")
        #expect("\(last[1].node.location)" == "a.yaml:2:22")
    }

    @Test func `an empty value is not an empty text`() throws {
        let tree = try SettingsSource(name: "a.yaml", text: "one:\ntwo: \"\"\n").tree()
        guard case .map(let entries) = tree.value else {
            Issue.record("no map")
            return
        }
        #expect(entries.map(\.node.value) == [.blank, .text("")])
    }

    @Test func `anchors, aliases, merges and tags are refused where they stand`() {
        #expect(
            errors("a: &x 1\nb: *x\n")
                == "program.yaml:1:4: anchors (&) and aliases (*) are not allowed; write it out")
        #expect(
            errors("a: *x\n")
                == "program.yaml:1:4: an alias (*) is not allowed; write it out")
        #expect(
            errors("a: {<<: {b: 1}}\n")
                == "program.yaml:1:5: a merge (<<) is not allowed; write it out")
        #expect(
            errors("a: !!int 5\nb: !own {c: 1}\nd: !x [1]\n") == """
                program.yaml:1:4: a tag (!) is not allowed; the key decides the type
                program.yaml:2:4: a tag (!) is not allowed; the key decides the type
                program.yaml:3:4: a tag (!) is not allowed; the key decides the type
                """)
    }

    @Test(.timeLimit(.minutes(1))) func `aliases of aliases don't grow`() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(errors(text).contains("program.yaml:60:6: anchors (&)"))
    }

    @Test func `a key that stands twice is refused, quoted or not`() {
        let expected = "program.yaml:2:1: the key 'b' stands twice in this map"
        #expect(errors("a: 1\nb: 1\nb: 2\n") == expected)
        #expect(errors("a: 1\nb: 1\n\"b\": 2\n") == expected)
    }

    @Test func `a key that is no word is refused`() {
        #expect(errors("[a, b]: 1\n") == "program.yaml:1:1: a key must be a word")
    }

    @Test func `a second document is refused`() {
        #expect(
            errors("a: 1\n---\nb: 1\n")
                == "program.yaml:2:1: a second document begins here; one file holds one")
    }

    @Test func `an empty file says so`() {
        for text in ["", "\n\n", "# only a comment\n", "---\n", "\u{FEFF}"] {
            #expect(errors(text) == "program.yaml:1:1: the file is empty")
        }
    }

    @Test func `a tab in the indentation is named as such`() {
        let expected = "program.yaml:2:1: a tab indents this line; use spaces"
        #expect(errors("a:\n\tb: 1\n") == expected)
        #expect(errors("a:\n\t- b\n") == expected)
        #expect(
            errors("a:\n  b: 1\n  \tc: 1\n")
                == "program.yaml:3:3: a tab indents this line; use spaces")
    }

    @Test func `broken YAML is located`() {
        #expect(
            errors("a: [1, 2\nb: 1\n")
                == "program.yaml:2:2: not YAML: did not find expected ',' or ']'")
    }

    @Test func `bytes that are not UTF-8 are located`() {
        let bytes = Array("a: 1\nb: caf".utf8) + [0xE9, 0x0A]
        #expect(
            errors(of: SettingsSource(name: "program.yaml", bytes: bytes))
                == "program.yaml:2:7: not UTF-8; save the file in that encoding")
        #expect(
            errors(of: SettingsSource(name: "program.yaml", bytes: [0xFF, 0xFE, 0x61, 0x00]))
                == "program.yaml:1:1: not UTF-8; save the file in that encoding")
        #expect(
            errors("a: 1\nb: \u{0}\n")
                == "program.yaml:2:4: a control character (U+0) stands here")
    }

    @Test func `a byte order mark and CRLF change nothing`() throws {
        let plain = try SettingsSource(name: "a.yaml", text: "a: 1\nb: [2]\n").tree()
        let other = try SettingsSource(name: "a.yaml", text: "\u{FEFF}a: 1\r\nb: [2]\r\n").tree()
        #expect(plain == other)
    }

    @Test func `a missing file and a folder say so`() throws {
        let folder = try ScratchFolder()
        func message(_ path: String) -> String {
            do {
                _ = try SettingsSource(name: "Jobs/a.yaml", path: path)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(message(folder.path + "/none.yaml") == "Jobs/a.yaml:1:1: the file is missing")
        #expect(
            message(folder.path)
                == "Jobs/a.yaml:1:1: can't be read; is it a file that this user may read?")
        #expect(message(try folder.write("a: 1\n", to: "a.yaml")) == "none")
    }
}
