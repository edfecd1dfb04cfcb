import Delivery
import Loyalty
import Runner
import Settings
import Tabular

@testable import Intake

extension FuzzTarget {
    /// YAML, as program, job, layout or endpoints: it is read, or each error stands at a place within the file; what is read
    /// once is read again alike, and a layout that is allowed works.
    static let settings = FuzzTarget(
        name: "settings",
        seeds: [
            "version: 1\nlayout: crm\nmessages: balances\ncolumns: { card_code: Card }\ndates: { night: dd/MM/yyyy }\n",
            """
            version: 1
            endpoints:
              crm: { kind: http, url: https://crm.example/in, send: [balances], auth: { bearer: env:T }, rate: none }
              share: { kind: sftp, url: "sftp://shop@h/in", known_hosts: file:/k, key: file:/a, send: [reports] }
            """,
            "version: 1\njob: x\nkind: fetch\nfrom: sftp://shop@h/out/\npattern: '*.csv'\nschedule: '*/5 * * * *'\n",
            "version: 1\njob: y\nkind: report\nreports: [{ report: postings, columns: [points], where: { kind: earn } }]\n",
        ], files: [".yaml"]
    ) { input in
        let source = SettingsSource(name: "a.yaml", bytes: input.bytes)
        let text = "\n" + input.text
        if text.contains("\njob:") {
            read(source) { try JobFile(source).name }
        } else if text.contains("\nlayout:"), text.contains("\nmessages:") {
            read(source) { try OutgoingLayout(source).name }
        } else if text.contains("\nlayout:") {
            read(source) { try requireWorking(LayoutFile.read(source)).name }
        } else if text.contains("\nprogram:") {
            read(source) { try ProgramFile(source).program.name }
        } else {
            read(source) { "\(try EndpointTerms.file(source).count)" }
        }
    }

    private static func read(_ source: SettingsSource, _ read: () throws -> String) {
        func outcome() -> String {
            do {
                return try read()
            } catch let errors as SettingsErrors {
                for error in errors.errors { requireWithin(source, error) }
                return "\(errors)"
            } catch {
                fail("threw \(error)")
            }
        }
        let first = outcome()
        require(outcome() == first, "read again otherwise: \(first)")
    }

    /// Whether the place of an error is one of the file; YAML ends lines by more characters than others do.
    private static func requireWithin(_ source: SettingsSource, _ error: SettingsError) {
        let scalars = String(decoding: source.bytes, as: UTF8.self).unicodeScalars
        let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
        let lines = scalars.split(omittingEmptySubsequences: false) { breaks.contains($0) }
        require(
            error.file == "a.yaml" && (1...lines.count + 1).contains(error.line)
                && (1...(lines.map(\.count).max() ?? 0) + 1).contains(error.column),
            "at no place of the file: \(error)")
        require(
            error.message.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t"
                    || $0 == "\u{85}"
            },
            "a control character in \(error)")
    }

    /// What a layout promises its readers.
    private static func requireWorking(_ layout: Layout) throws -> Layout {
        for column in layout.records.columns {
            if let pattern = layout.datePattern(of: column.name) {
                require(
                    DatePattern(pattern) != nil, "'\(pattern)' is allowed and can't be compiled")
            }
        }
        do {
            _ = try (CardSyntax(layout), CodeSyntax(layout))
        } catch {
            fail("a pattern is allowed and can't be compiled: \(error)")
        }
        return layout
    }
}
