import Foundation
import Intake
import Loyalty
import Tabular
import TestSupport
import Testing

/// Times as files write them, on the program's clocks.
@Suite struct LocalTimesTests {
    private static let zones = [
        "Europe/Paris", "Europe/Athens", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
        "Pacific/Apia", "UTC",
    ]

    /// What the clocks of a zone show at an instant.
    private func local(_ zone: String, _ instant: Int) throws -> Int {
        let zone = try #require(TimeZone(identifier: zone))
        return instant + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }

    private func time(_ local: Int, offset: Int? = nil) -> LocalTime {
        let day = CivilDate(local: LocalSeconds(local))
        return LocalTime(
            date: day, second: Int32(LocalSeconds(local) - day.midnight),
            offsetMinutes: offset.map { Int16($0) })
    }

    @Test(arguments: 0..<100) func `a time is the same instant on the program's clocks`(seed: Int)
        throws
    {
        var random = SplitMix64(seed: seed)
        let source = Self.zones[random.int(0...Self.zones.count - 1)]
        let program = Self.zones[random.int(0...Self.zones.count - 1)]
        var times = try LocalTimes(zone: source, program: program)
        for _ in 0..<50 {
            let instant = random.int(0...4_000_000_000)
            let wanted = try LocalSeconds(local(program, instant))
            let written = try local(source, instant)
            // Clocks that are put back show a time twice: the first is meant.
            let twins = try [-3_600, -1_800, 1_800, 3_600].filter {
                try local(source, instant + $0) == written
            }
            if twins.isEmpty {
                #expect(
                    times.seconds(time(written)) == wanted, "seed \(seed): \(source) \(written)")
                #expect(times.day(time(written)) == CivilDate(local: wanted), "seed \(seed)")
            }
            let offset = random.int(-720...720)
            let withOffset = time(instant + offset * 60, offset: offset)
            #expect(times.seconds(withOffset) == wanted, "seed \(seed): \(instant) \(offset)")
            #expect(times.day(withOffset) == CivilDate(local: wanted), "seed \(seed)")
        }
    }

    @Test func `clocks of one zone may change in the middle of another's hour`() throws {
        var times = try LocalTimes(zone: "Asia/Kolkata", program: "Europe/Paris")
        func paris(_ hour: Int, _ minute: Int) throws -> String {
            let day = try #require(CivilDate("2026-03-29"))
            let second = Int32(hour * 3_600 + minute * 60)
            return clock(times.seconds(LocalTime(date: day, second: second, offsetMinutes: nil)))
        }
        #expect(try paris(6, 29) == "2026-03-29 01:59")
        #expect(try paris(6, 30) == "2026-03-29 03:00")
        #expect(try paris(6, 29) == "2026-03-29 01:59")
    }

    @Test func `in the program's own zone a time is what it says`() throws {
        var times = try LocalTimes(zone: "Europe/Paris", program: "Europe/Paris")
        // Clocks left this one out.
        let gap = LocalTime(
            date: try #require(CivilDate("2026-03-29")), second: 9_000, offsetMinutes: nil)
        #expect(clock(times.seconds(gap)) == "2026-03-29 02:30")
    }
}
