internal import Foundation
package import Loyalty
package import Tabular

/// Turns a time as a file writes it into what the program's clocks showed.
///
/// A time that carries no offset, in the program's own zone, is its own date: nothing is computed. Else
/// the offsets of a quarter of an hour are looked up once, since a file's times lie close together: clocks
/// change at quarters, whatever zone looks at them.
package struct LocalTimes {
    private let source: TimeZone
    private let program: TimeZone
    private let isSame: Bool
    private var quarter = Int.min
    private var shiftSeconds = 0

    /// - Throws: `FileRefusal` where the machine knows no such zone.
    package init(zone: String, program: String) throws {
        guard let source = TimeZone(identifier: zone), let target = TimeZone(identifier: program)
        else {
            throw FileRefusal(.unreadable, "the machine knows no time zone \(zone) or \(program)")
        }
        self.source = source
        self.program = target
        isSame = zone == program
    }

    /// The day in the program's zone.
    package mutating func day(_ time: LocalTime) -> CivilDate {
        if isSame, time.offsetMinutes == nil { return time.date }
        return CivilDate(local: seconds(time))
    }

    /// What the program's clocks show at that time.
    package mutating func seconds(_ time: LocalTime) -> LocalSeconds {
        let local = Int(time.date.days) * 86_400 + Int(time.second)
        if let offset = time.offsetMinutes {
            let instant = local - Int(offset) * 60
            return LocalSeconds(instant + seconds(program, at: instant))
        }
        if isSame { return LocalSeconds(local) }
        if local / 900 != quarter {
            quarter = local / 900
            let instant = self.instant(ofLocal: local)
            shiftSeconds = instant + seconds(program, at: instant) - local
        }
        return LocalSeconds(local + shiftSeconds)
    }

    /// The first instant at which the source's clocks show a time: in the hour that a clock repeats,
    /// the earlier one.
    private func instant(ofLocal local: Int) -> Int {
        let before = seconds(source, at: local - 86_400)
        let after = seconds(source, at: local + 86_400)
        let candidates = [local - max(before, after), local - min(before, after)]
        for instant in candidates where instant + seconds(source, at: instant) == local {
            return instant
        }
        // In the hour that a clock leaves out, as if it had not yet been put forward.
        return local - before
    }

    private func seconds(_ zone: TimeZone, at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }
}
