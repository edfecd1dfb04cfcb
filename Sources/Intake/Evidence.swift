internal import Foundation
internal import Tabular

/// What shows that a file is finished, strongest first.
package enum Evidence: String, CaseIterable, Sendable {
    /// `NAME.manifest` says what the file must be.
    case manifest
    /// `NAME.done`, or the layout's own marker, stands beside it.
    case marker
    /// Its last line is the trailer of its layout.
    case trailer
    /// It has not changed for a while.
    case quiet

    /// Whether this shows at least as much as another.
    func suffices(for other: Evidence) -> Bool {
        let all = Evidence.allCases
        return (all.firstIndex(of: self) ?? 0) <= (all.firstIndex(of: other) ?? 0)
    }
}

/// How to tell that a file is finished.
package struct Settling {
    package var quietSeconds: Int
    /// The least that will do; nil where anything does.
    package var required: Evidence?
    package var layout: Layout
    package var limits: ExpansionLimits

    package init(
        quietSeconds: Int, required: Evidence?, layout: Layout, limits: ExpansionLimits
    ) {
        self.quietSeconds = quietSeconds
        self.required = required
        self.layout = layout
        self.limits = limits
    }
}

/// The name of the marker that says that a file is finished: `{name}.done`.
///
/// `{name}` is the file's own name; `{stem}` the same without its ending, and without `.gz` or `.zst`.
package struct MarkerName: Hashable, Sendable {
    private let before: String
    private let after: String
    private let isStem: Bool

    /// The marker that every file may have.
    static let done = MarkerName(before: "", after: ".done", isStem: false)

    private init(before: String, after: String, isStem: Bool) {
        self.before = before
        self.after = after
        self.isStem = isStem
    }

    /// Nil where the text is no name with just one field and more than that.
    package init?(_ text: String) {
        for field in ["{name}", "{stem}"] {
            let parts = text.components(separatedBy: field)
            guard parts.count == 2, parts != ["", ""],
                parts.allSatisfy({ $0.allSatisfy { !"{}/".contains($0) } }),
                // A hidden file is never looked at.
                !parts[0].hasPrefix(".")
            else { continue }
            self.init(before: parts[0], after: parts[1], isStem: field == "{stem}")
            return
        }
        return nil
    }

    /// The path of a file's marker.
    func path(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? ""
        return file.dropLast(name.count) + before + (isStem ? MarkerName.stem(of: name) : name)
            + after
    }

    /// Whether a path may be that of a marker.
    package func matches(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name.utf8.count > before.utf8.count + after.utf8.count && name.hasPrefix(before)
            && name.hasSuffix(after)
    }

    private static func stem(of name: String) -> String {
        var stem = name
        if let packing = Packing.ending(of: stem) { stem.removeLast(packing.count) }
        if let dot = stem.lastIndex(of: "."), dot > stem.startIndex {
            stem.removeSubrange(dot...)
        }
        return stem
    }
}

/// What a look at a file's last line shows, where its layout has a trailer.
enum TrailerLook {
    /// The last line is the trailer.
    case ended
    /// A rejects file that was corrected: it has none.
    case corrected
    case open

    /// Looks at a file; one that can't be read is still open.
    init(_ path: String, _ trailer: Layout.Trailer, _ settling: Settling) {
        let layout = settling.layout
        guard
            let source = try? FileSource(
                path: path, limits: settling.limits, encoding: layout.encoding, isHashed: false)
        else {
            self = .open
            return
        }
        let limits = FileIngest.Limits(
            expansion: settling.limits, lineBytes: TrailerLook.lineBytes, fieldCount: 512)
        let records = FileRecords(source, layout: layout, limits: limits)
        self = .open
        do {
            guard try records.begin() else { return }
            if records.isCorrected { self = .corrected }
            while let lines = try records.next() {
                guard let last = lines.last, !records.isCorrected else { continue }
                self = trailer.isTrailer(last) ? .ended : .open
            }
        } catch {
            // What is wrong with it shows when it is read.
            self = .open
        }
    }

    private static let lineBytes = 1 << 20
}
