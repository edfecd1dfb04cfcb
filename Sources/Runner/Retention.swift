package import Loyalty
import Settings

/// How long what files brought is kept, counted from a night's business date.
package struct Retention: Hashable, Sendable {
    /// The refused lines; nil: for ever.
    package var rejects: Period? = .days(90)
    /// The files, archived and refused ones; nil: for ever.
    package var archive: Period? = .months(24)

    package init() {}

    init(_ map: SettingsMap) {
        rejects = Retention.period("rejects", map, or: rejects)
        archive = Retention.period("archive", map, or: archive)
    }

    private static func period(_ key: String, _ map: SettingsMap, or usual: Period?) -> Period? {
        if map.isNone(key) { return nil }
        return map.node(key) == nil ? usual : map.period(key)
    }
}

extension Period {
    /// The first day that is kept on another one: what was that day has not grown older than this.
    func firstKept(on day: CivilDate) -> CivilDate {
        var first =
            switch self {
            case .days(let count): day.adding(days: -count)
            case .months(let count): day.adding(months: -count)
            }
        // Months are of several lengths: the end of one may be reached from several days.
        while after(first.adding(days: -1)) >= day { first = first.adding(days: -1) }
        while after(first) < day { first = first.adding(days: 1) }
        return first
    }
}
