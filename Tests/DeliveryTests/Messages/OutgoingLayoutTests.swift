import Settings
import Testing

@testable import Delivery

@Suite struct OutgoingLayoutTests {
    private func read(_ lines: String) throws -> OutgoingLayout {
        try OutgoingLayout(
            SettingsSource(
                name: "layouts/x.yaml",
                text: "version: 1\nlayout: x\nmessages: code-changes\n" + lines))
    }

    /// What is wrong with a layout of code changes.
    private func errors(_ lines: String) -> [String] {
        do {
            _ = try read(lines)
            return []
        } catch let error as SettingsErrors {
            return error.errors.map(\.message)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `columns are theirs by ours, in the order of the file`() throws {
        let layout = try read(
            """
            columns: { code: Code, change: Action, night: Until }
            delimiter: ";"
            decimal: ","
            header: false
            dates: { night: dd/MM/yyyy }
            values: { change: { add: NEW, delete: DEL } }
            """)
        #expect(layout.columns.map(\.name) == ["code", "change", "night"])
        #expect(layout.columns.map(\.header) == ["Code", "Action", "Until"])
        #expect(layout.values["change"] == ["add": "NEW", "delete": "DEL"])
        #expect(!layout.hasHeader)
    }

    @Test func `without columns all are written under their own names`() throws {
        let layout = try read("")
        #expect(layout.columns.map(\.name) == layout.columns.map(\.header))
        #expect(layout.columns.count == Messages.message(.codeChanges)?.columns.count)
    }

    @Test func `what can't be written is refused with the nearest name`() {
        #expect(
            errors("columns: { cod: Code }") == [
                "'code-changes' have no column 'cod'; did you mean 'code'?"
            ])
        #expect(
            errors("columns: { code: Code }\nvalues: { change: { add: NEW } }") == [
                "'columns' leaves 'change' out"
            ])
        #expect(
            errors("values: { change: { ad: NEW } }") == [
                "'change' is never 'ad', only add, assign, burn, delete; did you mean 'add'?"
            ])
        #expect(
            errors("encoding: windows-1252\ncolumns: { code: Œuvre, change: \u{141} }")
                == ["windows-1252 lacks characters of '\u{141}'"])
        #expect(
            errors("encoding: iso-8859-1\nvalues: { change: { add: \u{20AC} } }")
                == ["iso-8859-1 lacks characters of '\u{20AC}'"])
        #expect(errors("dates: { code: yyyy }") == ["the column 'code' is no date"])
        #expect(
            errors("records: codes") == [
                "'records' is of layouts for files that come in, 'messages' of these"
            ])
    }
}
