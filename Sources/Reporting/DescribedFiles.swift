internal import CCrypto
internal import Foundation
internal import Loyalty

/// Brings the data package of a night's folder up to date with files that have lost lines.
package struct DescribedFiles {
    private let folder: String

    /// - Parameter folder: `<reports>/<night>`.
    package init(_ folder: String) { self.folder = folder }

    /// Says sizes and hashes anew where a file has another size than its package says.
    package func describe() throws {
        let path = folder + "/" + DataPackage.fileName
        guard let data = FileManager.default.contents(atPath: path),
            var package = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            var resources = package["resources"] as? [[String: Any]]
        else { return }
        var isSame = true
        for index in resources.indices {
            guard let name = resources[index]["path"] as? String, !name.contains("/"),
                let text = FileManager.default.contents(atPath: folder + "/" + name),
                resources[index]["bytes"] as? Int != text.count
            else { continue }
            isSame = false
            resources[index]["bytes"] = text.count
            resources[index]["hash"] = "sha256:" + DescribedFiles.sha256(text)
        }
        guard !isSame else { return }
        package["resources"] = resources
        let text = try JSONSerialization.data(
            withJSONObject: package,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        // Under a hidden name first: whoever looks sees the old one or the new one.
        let temporary = folder + "/.erasure.new"
        let file = try OutputFile(path: temporary)
        try (text + Data([10])).withUnsafeBytes { try file.write($0) }
        try file.sync()
        guard rename(temporary, path) == 0 else { throw ReportingError(path, "can't be exchanged") }
    }

    private static func sha256(_ data: Data) -> String {
        var hash = [UInt8](repeating: 0, count: 32)
        data.withUnsafeBytes { _ = SHA256($0.baseAddress, $0.count, &hash) }
        return hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
