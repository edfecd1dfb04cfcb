import Foundation

/// The files below a folder: contents by path, what is not there is no file.
package struct FolderContents: Hashable, CustomStringConvertible {
    package var files: [String: String] = [:]

    /// Reads a folder; one that is missing has no files.
    package init(_ folder: String) throws {
        for path in FileManager.default.enumerator(atPath: folder) ?? .init() {
            guard let path = path as? String else { continue }
            var isFolder = ObjCBool(false)
            let full = folder + "/" + path
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            let data = try Data(contentsOf: URL(filePath: full))
            // Latin-1 has a character for every byte: none is lost.
            files[path] =
                String(data: data, encoding: .utf8) ?? String(data: data, encoding: .isoLatin1)
        }
    }

    /// Without the files of some names.
    package func without(_ names: Set<String>) -> FolderContents {
        var others = self
        others.files = files.filter { path, _ in
            !names.contains(URL(filePath: path).lastPathComponent)
        }
        return others
    }

    /// What differs between this and another, a line each.
    package func differences(from other: FolderContents) -> [String] {
        Set(files.keys).union(other.files.keys).sorted().flatMap { path -> [String] in
            let mine = lines(path)
            let others = other.lines(path)
            guard mine != others else { return [] }
            return mine.subtracting(others).sorted().map { "\(path): + \($0)" }
                + others.subtracting(mine).sorted().map { "\(path): - \($0)" }
                + (Set(mine) == Set(others) ? ["\(path): order"] : [])
        }
    }

    private func lines(_ path: String) -> Set<Substring> {
        guard let text = files[path] else { return ["(no such file)"] }
        return Set(text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    package var description: String { files.keys.sorted().joined(separator: " ") }
}
