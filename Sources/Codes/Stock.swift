package import Loyalty
package import Storage

/// What a system says it holds, as of a moment: the sorted lines of a stock file.
package struct Stock {
    package var system: String
    /// The only reward that it is about; nil where its lines say.
    package var reward: String?
    package var asOf: LocalSeconds
    /// The store's integer of the file.
    package var file: Int64
    package var lines: SortedRun
    /// Whether its bytes came before: it says nothing else than the file that had them first.
    package var isRepeated: Bool

    package init(
        system: String, reward: String?, asOf: LocalSeconds, file: Int64, lines: SortedRun,
        isRepeated: Bool = false
    ) {
        self.system = system
        self.reward = reward
        self.asOf = asOf
        self.file = file
        self.lines = lines
        self.isRepeated = isRepeated
    }
}
