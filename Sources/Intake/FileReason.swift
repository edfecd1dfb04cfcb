/// Why a file was refused whole, with a hint what to do.
package enum FileReason: String, CaseIterable, Sendable {
    case notAFile = "not_a_file"
    case emptyFile = "empty_file"
    case missingColumn = "missing_column"
    case repeatedColumn = "repeated_column"
    case unknownColumn = "unknown_column"
    case badHeader = "bad_header"
    case truncated
    case controlTotal = "control_total"
    case badManifest = "bad_manifest"
    case unreadableLine = "unreadable_line"
    case tooManyRejects = "too_many_rejects"
    case badArchive = "bad_archive"
    case expandsTooFar = "expands_too_far"
    case systemMissing = "system_missing"
    case systemUnknown = "system_unknown"
    case afterOpening = "after_opening"
    case rewardMissing = "reward_missing"
    case rewardUnknown = "reward_unknown"
    case unreadable

    package var hint: String {
        switch self {
        case .notAFile: "only regular files are read: no links, pipes, devices or folders"
        case .emptyFile: "a file without lines is no file; a header alone says 'nothing today'"
        case .missingColumn:
            "the header lacks a column that must be there; see the layout's columns"
        case .repeatedColumn: "the header names a column twice"
        case .unknownColumn: "the job is strict and the layout knows no such column"
        case .badHeader: "the first line is no header"
        case .truncated: "the file ends too early; send it again whole"
        case .controlTotal:
            "its lines are not what its trailer or manifest says; send it again whole"
        case .badManifest: "the manifest beside it can't be read; write both again"
        case .unreadableLine:
            "a damaged line may be of any order where they stand apart; correct it, send all again"
        case .tooManyRejects: "too many lines are wrong; is it the right layout?"
        case .badArchive: "the packed data is damaged; send it again"
        case .expandsTooFar: "it expands beyond limits.expanded or limits.ratio"
        case .systemMissing: "neither file, name, job nor layout says which system it is"
        case .systemUnknown: "program.yaml names no such system; is the file's name right?"
        case .afterOpening: "opening files are for the time before the first night"
        case .rewardMissing: "neither file, name, job nor layout says whose codes they are"
        case .rewardUnknown: "no reward bears this id; is the file's name right?"
        case .unreadable: "the file can't be read"
        }
    }
}

/// A file refused whole: nothing of it is kept.
package struct FileRefusal: Error, CustomStringConvertible {
    package var reason: FileReason
    /// What exactly: the column, the line.
    package var detail: String

    package init(_ reason: FileReason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    package var description: String {
        reason.rawValue + (detail.isEmpty ? "" : " (\(detail))") + ": " + reason.hint
    }
}
