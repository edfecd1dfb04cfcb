internal import Foundation

/// A bar on standard error where that is a terminal; nothing in cron.
final class ProgressBar {
    private let isShown: Bool
    private var shown = ""
    private var lastDrawn = 0.0

    init(isQuiet: Bool) { isShown = !isQuiet && isatty(STDERR_FILENO) == 1 }

    /// Draws how much is done, at most ten times a second.
    func show(_ what: String, _ done: Int, _ total: Int) {
        guard isShown, total > 0 else { return }
        let time = Date().timeIntervalSinceReferenceDate
        guard done >= total || time - lastDrawn > 0.1 else { return }
        lastDrawn = time
        let width = 24
        let filled = min(width, done * width / total)
        let bar =
            String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        shown = "\r\(what) [\(bar)] \(done * 100 / total) %\u{1B}[K"
        FileHandle.standardError.write(Data(shown.utf8))
        if done >= total { clear() }
    }

    /// Removes the bar, so that a line can be printed.
    func clear() {
        guard !shown.isEmpty else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        shown = ""
    }
}
