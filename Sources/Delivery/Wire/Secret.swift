/// A text that must not be seen: it can be used, and never printed, logged or encoded.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    package init(_ text: String) { self.text = text }

    /// Gives the text to what must have it.
    package func reveal<Value>(_ body: (String) throws -> Value) rethrows -> Value {
        try body(text)
    }

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
