internal import Foundation
package import Ledger
package import Loyalty
internal import Storage

extension Workspace {
    /// Why a card has its points, as of a night: of the last one that is posted, where none is named.
    ///
    /// - Throws: `RunnerError.unknownCard`, with cards that may have been meant.
    package func explain(_ card: String, on date: CivilDate?) throws -> CardExplanation {
        guard FileManager.default.fileExists(atPath: storePath) else {
            throw RunnerError.noStore(folder)
        }
        return try ReadingStore(path: storePath).read { connection in
            let last = try connection.integer("SELECT max(day) FROM night WHERE state <> 'open'")
            guard let last else { throw RunnerError.noStore(folder) }
            let day = min(date ?? CivilDate(days: Int32(last)), CivilDate(days: Int32(last)))
            let explanation = try CardExplanation(card, on: day, program: program, connection)
            if let explanation { return explanation }
            let near = try NearCards(connection).near(card)
            let hint =
                near.isEmpty
                ? "no members file named it" : "did you mean \(near.joined(separator: ", "))?"
            throw RunnerError.unknownCard("\(card): nobody has this card; \(hint)")
        }
    }
}
