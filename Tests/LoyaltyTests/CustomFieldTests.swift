import Loyalty
import Testing

/// What a custom field of a reward may say.
@Suite struct CustomFieldTests {
    private func flaw(_ kind: CustomField.Kind, _ value: String) -> String? {
        CustomField(name: "x", kind: kind).flaw(of: value)
    }

    @Test func `a value is of the type of its field, or none`() {
        for value in ["0", "12", "-12.50", ""] { #expect(flaw(.number, value) == nil, "\(value)") }
        for value in ["1e3", "1,5", ".5", "5.", "-", "one", "1.2.3"] {
            #expect(flaw(.number, value) == "is a number like 12.5, not '\(value)'")
        }
        #expect(flaw(.date, "2026-02-28") == nil)
        #expect(flaw(.date, "2026-02-29") == "is a date like 2026-01-31, not '2026-02-29'")
        #expect(flaw(.boolean, "true") == nil)
        #expect(flaw(.boolean, "yes") == "is true or false, not 'yes'")
        #expect(flaw(.text, "anything, at all") == nil)
    }

    @Test func `255 characters, whatever their bytes, and not one more`() {
        #expect(flaw(.text, String(repeating: "é", count: 255)) == nil)
        #expect(
            flaw(.text, String(repeating: "é", count: 256)) == "has more than 255 characters")
    }
}
