/// The word that was probably meant.
package enum Nearest {
    /// The candidate with the fewest typing errors between it and a word, or nil when none is near.
    ///
    /// One typing error is a letter too many, too few, wrong, or swapped with its neighbour; near
    /// is a third of the word's letters, at least one. Of equals the first wins.
    package static func word(to word: String, among candidates: [String]) -> String? {
        let letters = Array(word.lowercased().unicodeScalars)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            let limit = max(1, min(letters.count, other.count) / 3)
            let distance = distance(letters, other)
            if distance <= limit, distance < best?.distance ?? Int.max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// `; did you mean 'rounding'?`, or nothing when no candidate is near.
    package static func hint(for word: String, among candidates: [String]) -> String {
        Nearest.word(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The optimal string alignment distance.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = left[row] == right[column] ? 0 : 1
                var least = min(
                    previous[column] + change, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    least = min(least, older[column - 1] + 1)
                }
                current.append(least)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
