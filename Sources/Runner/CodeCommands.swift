package import Codes
internal import Foundation
package import Loyalty
internal import Settings
internal import Storage

extension Workspace {
    /// All that the register knows of a code.
    ///
    /// - Throws: `RunnerError.unknownCode` where no file named it, with how the codes differ that may have
    ///   been meant.
    package func explain(code: String) throws -> CodeExplanation {
        guard FileManager.default.fileExists(atPath: storePath) else {
            throw RunnerError.noStore(folder)
        }
        let found = try ReadingStore(path: storePath).read { try CodeExplanation(code, $0) }
        guard found.isKnown else {
            throw RunnerError.unknownCode(
                "no file named this code"
                    + (found.near.isEmpty
                        ? ", nor one like it" : "; there is one like it: \(found.near)"))
        }
        return found
    }

    /// Takes codes away that nobody has.
    ///
    /// - Returns: the night that it belongs to, and a line a reward.
    package func deleteCodes(
        _ scope: CodeDeletion.Scope, now: Int
    ) throws -> (night: CivilDate, lines: [CodeDeletion.Line]) {
        try writeNextNight(now: now) { connection, night in
            if case .reward(let name) = scope {
                let known = try RewardBook(connection, night: night).list().all.map(\.reward.id)
                guard known.contains(name) else {
                    throw RunnerError.usage(
                        "no reward is named '\(name)'\(Nearest.hint(for: name, among: known))")
                }
            }
            let lines = try CodeDeletion(
                connection, terms: settings.program.codes, currency: program.currency, night: night
            ).run(scope)
            if case .file(let name) = scope, lines.isEmpty {
                throw RunnerError.usage(
                    "no codes came in a file named '\(name)'; the report code-files lists them")
            }
            return (night, lines)
        }
    }
}
