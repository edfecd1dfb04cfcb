internal import Loyalty

/// What a folder of another machine holds of one name.
package struct RemoteFile: Hashable, Sendable {
    package var name: String
    /// Nil where the server doesn't say.
    package var size: Int?
    /// Seconds since 1970, nil where the server doesn't say.
    ///
    /// A listing for people tells it to the minute or the day, by the server's own clock and zone: good for telling one version
    /// from another, and for ages of days.
    package var modified: Int?
    package var isFolder: Bool
    /// Whether it is a link, to a file or to a folder.
    package var isLink: Bool

    package init(
        name: String, size: Int?, modified: Int?, isFolder: Bool, isLink: Bool = false
    ) {
        self.name = name
        self.size = size
        self.modified = modified
        self.isFolder = isFolder
        self.isLink = isLink
    }
}

/// Reads what servers of SFTP and FTP write of a folder: facts (MLSD), `ls -l`, or the lines of Windows.
package enum RemoteListing {
    /// All that the listing names but the folder itself and the one above it; lines of no known form name nothing.
    ///
    /// - Parameter now: seconds since 1970; `ls` leaves the year out where a file is young.
    package static func files(_ listing: [UInt8], now: Int) -> [RemoteFile] {
        listing.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let text = Substring(decoding: line, as: UTF8.self)
            guard let file = facts(text) ?? longLine(text, now) ?? windows(text) else { return nil }
            return file.name == "." || file.name == ".." || file.name.isEmpty ? nil : file
        }
    }

    /// `type=file;size=12;modify=20261122103000; name`.
    private static func facts(_ line: Substring) -> RemoteFile? {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].last == ";" else { return nil }
        var file = RemoteFile(name: String(parts[1]), size: nil, modified: nil, isFolder: false)
        for fact in parts[0].split(separator: ";") {
            let pair = fact.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            switch pair[0].lowercased() {
            case "size": file.size = count(pair[1])
            case "modify": file.modified = moment(pair[1])
            case "type":
                let type = pair[1].lowercased()
                if type == "cdir" || type == "pdir" { file.name = "." }
                file.isFolder = type == "dir"
            default: break
            }
        }
        return file
    }

    /// `20261122103000`, in UTC.
    private static func moment(_ text: Substring) -> Int? {
        let digits = text.prefix(14)
        guard digits.utf8.count == 14, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int {
            Int(digits.dropFirst(range.lowerBound).prefix(range.count)) ?? 0
        }
        guard
            let day = CivilDate(year: number(0..<4), month: number(4..<6), day: number(6..<8))
        else { return nil }
        return seconds(day, number(8..<10), number(10..<12)) + number(12..<14)
    }

    /// `-rw-r--r--    1 shop     staff        1234 Nov 22 10:30 name`: owner and group may have blanks in them, so that the
    /// size is what stands before the month.
    private static func longLine(_ line: Substring, _ now: Int) -> RemoteFile? {
        guard let type = line.first, "-dl".contains(type) else { return nil }
        let words = line.split(separator: " ")
        guard words.count >= 7 else { return nil }
        for index in 3..<(words.count - 2) {
            guard let month = months.firstIndex(of: words[index].lowercased()),
                let day = Int(words[index + 1]), let size = count(words[index - 1]),
                let modified = moment(month: month + 1, day: day, words[index + 2], now)
            else { continue }
            // One blank ends the date; others are the name's own.
            var name = line[words[index + 2].endIndex...].dropFirst()
            if type == "l", let arrow = name.firstRange(of: " -> ") {
                name = name[..<arrow.lowerBound]
            }
            return RemoteFile(
                name: String(name), size: type == "-" ? size : nil, modified: modified,
                isFolder: type == "d", isLink: type == "l")
        }
        return nil
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// - Parameter last: `2025`, or `10:30` of the last twelve months.
    private static func moment(month: Int, day: Int, _ last: Substring, _ now: Int) -> Int? {
        if let year = Int(last) {
            return CivilDate(year: year, month: month, day: day).map { seconds($0, 0, 0) }
        }
        guard let (hour, minute) = time(last) else { return nil }
        // A server's clock and zone may be up to a day ahead of ours.
        let tomorrow = CivilDate(days: Int32(now / 86_400 + 1))
        for year in [tomorrow.civil.year, tomorrow.civil.year - 1] {
            guard let date = CivilDate(year: year, month: month, day: day), date <= tomorrow else {
                continue
            }
            return seconds(date, hour, minute)
        }
        return nil
    }

    /// `11-22-26  10:30AM       1234 name`, or `<DIR>` for the size; the year may have four digits.
    private static func windows(_ line: Substring) -> RemoteFile? {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4 else { return nil }
        let numbers = words[0].split(separator: "-").map { Int($0) }
        guard numbers.count == 3, let month = numbers[0], let day = numbers[1],
            let year = numbers[2],
            let date = CivilDate(year: year < 100 ? 2000 + year : year, month: month, day: day),
            let (clock, minute) = time(words[1].prefix(5))
        else { return nil }
        var hour = clock
        switch words[1].dropFirst(5).uppercased() {
        case "AM": hour %= 12
        case "PM": hour = hour % 12 + 12
        case "": break
        default: return nil
        }
        let isFolder = words[2].uppercased() == "<DIR>"
        let size = count(words[2])
        guard isFolder || size != nil else { return nil }
        return RemoteFile(
            name: String(words[3].drop { $0 == " " }), size: size,
            modified: seconds(date, hour, minute), isFolder: isFolder)
    }

    /// A number of bytes; nil where it is none.
    private static func count(_ text: Substring) -> Int? {
        Int(text).flatMap { $0 < 0 ? nil : $0 }
    }

    private static func time(_ text: Substring) -> (hour: Int, minute: Int)? {
        let parts = text.split(separator: ":").map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], 0...23 ~= hour,
            0...59 ~= minute
        else { return nil }
        return (hour, minute)
    }

    private static func seconds(_ date: CivilDate, _ hour: Int, _ minute: Int) -> Int {
        (Int(date.days) * 24 + hour) * 3_600 + minute * 60
    }
}
