package import Loyalty

/// Something that happened during a run, in words, and what it is about.
package struct RunMessage: Sendable {
    package enum Level: String, CaseIterable, Comparable, Sendable {
        /// How the run goes on; only who asks for it is told.
        case info
        /// A person should know.
        case warning
        /// The run ends here.
        case error

        package static func < (left: Level, right: Level) -> Bool {
            let order = allCases
            return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
        }
    }

    package var level: Level
    package var text: String
    package var night: CivilDate?
    package var job: String?
    /// Relative to the inbox.
    package var file: String?

    package init(
        _ level: Level, _ text: String, night: CivilDate? = nil, job: String? = nil,
        file: String? = nil
    ) {
        self.level = level
        self.text = text
        self.night = night
        self.job = job
        self.file = file
    }
}

/// What a run tells whoever started it, while it runs.
package struct RunObserver {
    package var tell: (RunMessage) -> Void
    /// What is being done, and how much of how much of it is.
    package var progress: (String, Int, Int) -> Void

    package init(
        notify: @escaping (RunMessage) -> Void, progress: @escaping (String, Int, Int) -> Void
    ) {
        tell = notify
        self.progress = progress
    }

    /// Says what a person should know.
    package func notify(_ text: String, night: CivilDate? = nil) {
        tell(RunMessage(.warning, text, night: night))
    }
}
