import Loyalty
import Settings

/// A window of `periods`; several of one id follow one another.
struct NamedWindow: Hashable, Sendable {
    var id: String
    var window: Account.Window

    /// The windows of the file, by their days: those of one id may not overlap, and should leave no day
    /// out.
    static func list(_ map: SettingsMap) -> [Located<NamedWindow>] {
        let read = (map.items("periods") ?? []).compactMap { item in
            map.reader.map(item, "periods", ProgramFile.periodKeys).flatMap { window($0) }
        }
        let all = read.sorted { $0.value.window.from < $1.value.window.from }
        for id in Set(all.map(\.value.id)).sorted() {
            check(id, all.filter { $0.value.id == id }, map.reader)
        }
        return all
    }

    private static func check(
        _ id: String, _ all: [Located<NamedWindow>], _ reader: SettingsReader
    ) {
        for (before, after) in zip(all, all.dropFirst()) {
            let next = before.value.window.to.adding(days: 1)
            let from = after.value.window.from
            if from < next {
                reader.fail("the period '\(id)' overlaps the one before it", at: after.location)
            } else if from > next {
                reader.warn(
                    "the period '\(id)' leaves out \(next) to \(from.adding(days: -1)): "
                        + "points earned then never expire", at: after.location)
            }
        }
    }

    private static func window(_ map: SettingsMap) -> Located<NamedWindow>? {
        let form = "a date like 2026-01-31"
        let id = map.text("id")
        let from = map.parse("from", as: form) { CivilDate($0) }
        let to = map.parse("to", as: form) { CivilDate($0) }
        let expiresOn = map.parse("expires_on", as: form) { CivilDate($0) }
        guard let id, let from, let to, let expiresOn else { return nil }
        if to < from { map.reader.fail("'to' is before 'from'", at: map.location(of: "to")) }
        if expiresOn < to {
            map.reader.fail(
                "'expires_on' is before 'to': points would expire before they are earned",
                at: map.location(of: "expires_on"))
        }
        let window = Account.Window(from: from, to: to, expiresOn: expiresOn)
        return Located(NamedWindow(id: id, window: window), at: map.location)
    }
}

extension Account.Expiry {
    private static let form =
        "never, { after: 365 days }, { fixed: 12-31 } or { period: P }"

    /// The expiry of an account; `never` where nothing is said.
    init(_ map: SettingsMap, _ periods: [Located<NamedWindow>]) {
        self = .never
        guard let node = map.node("expiry") else { return }
        let reader = map.reader
        if case .text(let text) = node.value {
            guard text != "never" else { return }
            reader.fail("'expiry' needs \(Self.form), not '\(text)'", at: node.location)
            return
        }
        let errorCount = reader.errors.count
        guard let expiry = reader.map(node, "expiry", ProgramFile.expiryKeys) else { return }
        let forms = ["after", "fixed", "period"].filter { expiry.node($0) != nil }
        guard forms.count == 1 else {
            // A form of a later version has been refused already.
            if reader.errors.count == errorCount {
                reader.fail("'expiry' needs \(Self.form), one of them", at: node.location)
            }
            return
        }
        for key in ["count_from", "end_of"] where forms[0] != "after" {
            guard expiry.node(key) != nil else { continue }
            reader.fail("'\(key)' belongs to 'after'", at: expiry.location(of: key))
        }
        let read =
            switch forms[0] {
            case "after": Self.after(expiry)
            case "fixed": Self.fixed(expiry)
            default: Self.period(expiry, periods)
            }
        if let read { self = read }
    }

    private static func after(_ map: SettingsMap) -> Self? {
        let from: Account.CountFrom? = map.word("count_from")
        let part: Account.CalendarPart? = map.word("end_of")
        guard let period = map.period("after") else { return nil }
        if period == .days(0) || period == .months(0), part == nil {
            let day = from == .active ? "become active" : "are earned"
            map.reader.warn(
                "'after' is 0: points are good on the day they \(day) only; never is no limit",
                at: map.location(of: "after"))
        }
        return .after(period, from: from ?? .order, endOf: part)
    }

    private static func fixed(_ map: SettingsMap) -> Self? {
        map.parse("fixed", as: "a month and a day like 12-31") { text in
            // A leap year has every day that any year has.
            guard text.utf8.count == 5, let (_, month, day) = CivilDate("2024-" + text)?.civil
            else { return nil }
            return .fixed(month: month, day: day)
        }
    }

    private static func period(_ map: SettingsMap, _ all: [Located<NamedWindow>]) -> Self? {
        guard let id = map.text("period") else { return nil }
        let windows = all.filter { $0.value.id == id }.map(\.value.window)
        guard !windows.isEmpty else {
            let hint = Nearest.hint(for: id, among: all.map(\.value.id))
            map.reader.fail("no period is named '\(id)'\(hint)", at: map.location(of: "period"))
            return nil
        }
        return .windows(windows)
    }

    /// The most days that points may be good for, counted from the order; nil where a hold takes none
    /// of them.
    var mostDays: Int? {
        switch self {
        case .never, .after(_, from: .active, _): nil
        case .after(let period, from: .order, let part):
            period.shortestDays + (part?.mostDays ?? 0)
        case .fixed: 366
        case .windows(let windows):
            windows.map { Int($0.expiresOn.days - $0.from.days) }.max()
        }
    }
}

extension Account.CalendarPart {
    /// The most days by which rounding up to its end may lengthen a period.
    fileprivate var mostDays: Int {
        switch self {
        case .month: 30
        case .quarter: 91
        case .half: 183
        case .year: 365
        }
    }
}

extension Period {
    /// The fewest days that it can be.
    var shortestDays: Int {
        switch self {
        case .days(let count): count
        // February is where a month, and so a year without a leap day, is shortest.
        case .months(let count): count / 12 * 365 + (count % 12) * 28
        }
    }
}

extension Account.RefundExpired {
    /// `expire` or `{ grace: 30 days }`; nil where nothing is said.
    init?(_ map: SettingsMap) {
        guard let node = map.node("refund_expired") else { return nil }
        if case .text(let text) = node.value {
            if text != "expire" {
                map.reader.fail(
                    "'refund_expired' needs expire or { grace: 30 days }, not '\(text)'",
                    at: node.location)
            }
            self = .expire
            return
        }
        let days = map.reader.map(node, "refund_expired", ProgramFile.graceKeys)?.parse(
            "grace", as: "a number of days like '30 days'"
        ) { text in
            SettingsDuration(text)?.days.flatMap { (0...36_500).contains($0) ? $0 : nil }
        }
        guard let days else { return nil }
        if days == 0 {
            map.reader.warn(
                "'grace' is 0: what is given back is good on that day only", at: node.location)
        }
        self = .grace(days: days)
    }
}
