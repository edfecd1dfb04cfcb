/// A length of calendar time: `365 days`, `2 weeks`, `6 months`, `1 year`.
package enum Period: Hashable, Sendable, Codable {
    case days(Int)
    case months(Int)

    /// The date this long after another, by calendar arithmetic.
    package func after(_ date: CivilDate) -> CivilDate {
        switch self {
        case .days(let count): date.adding(days: count)
        case .months(let count): date.adding(months: count)
        }
    }
}
