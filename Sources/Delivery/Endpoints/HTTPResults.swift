internal import Foundation
internal import Settings

/// Where the answer to a batch tells what became of each row.
package struct HTTPResults: Hashable, Sendable {
    /// Names on the way to the list; none: the answer is the list.
    package var list: [String]
    /// The field that says which row an element is about.
    ///
    /// It holds what our field of that name holds, or the row's key. Nil: elements come in the order of the rows.
    package var key: String?
    /// The field that holds a status like those of HTTP.
    package var status: String?
    /// The field that is true where the row was taken.
    package var isTaken: String?
    /// The field with the words for what was not taken.
    package var error: String?

    init?(_ map: SettingsMap) {
        guard
            let map = map.map("results", SettingsKeys(["list", "key", "status", "ok", "error"]))
        else { return nil }
        list = map.text("list").map { $0.split(separator: ".").map(String.init) } ?? []
        key = map.text("key")
        status = map.text("status")
        isTaken = map.text("ok")
        error = map.text("error")
        if (status == nil) == (isTaken == nil) {
            map.reader.fail(
                "'results' needs 'status' or 'ok', one of them: the field that says whether a row was taken",
                at: map.location)
        }
    }

    /// Why an answer is not what settings promise.
    struct Mismatch: Error { var text: String }

    /// One verdict a row, in the parcel's order.
    func verdicts(_ reply: Reply, _ parcel: Parcel) throws(Mismatch) -> [Verdict] {
        guard let answer = try? JSONSerialization.jsonObject(with: Data(reply.body)) else {
            throw Mismatch(text: "it is no JSON")
        }
        var found: Any = answer
        for name in list {
            guard let inner = (found as? [String: Any])?[name] else {
                throw Mismatch(text: "it has no '\(list.joined(separator: "."))'")
            }
            found = inner
        }
        guard let elements = found as? [Any] else {
            throw Mismatch(text: "what should be the list is none")
        }
        var verdicts: [Verdict] = parcel.rows.map { _ in
            .later(
                Trouble(
                    "the answer says nothing of this row", mayHaveArrived: true))
        }
        var rows = try places(elements, parcel)
        for (index, element) in elements.enumerated() {
            guard let element = element as? [String: Any] else {
                throw Mismatch(text: "an element of the list is no object")
            }
            guard let row = rows.next(element, index) else { continue }
            verdicts[row] = try verdict(element)
        }
        return verdicts
    }

    private func verdict(_ element: [String: Any]) throws(Mismatch) -> Verdict {
        let words = error.flatMap { element[$0] }.map { Reply.line("\($0)", limit: 200) } ?? ""
        if let isTaken {
            guard let taken = element[isTaken] as? Bool else {
                throw Mismatch(text: "an element has no '\(isTaken)' that is true or false")
            }
            return taken ? .acknowledged() : .refused(words.isEmpty ? "not taken" : words)
        }
        let value = status.flatMap { element[$0] }
        guard let number = value as? Int ?? (value as? String).flatMap({ Int($0) }),
            100..<600 ~= number
        else {
            throw Mismatch(text: "an element has no '\(status ?? "")' like those of HTTP")
        }
        let said = words.isEmpty ? "\(number)" : "\(number): \(words)"
        switch number {
        case 200...299: return .acknowledged()
        case 408, 425, 429, 500...599:
            return .later(Trouble("answered \(said)", mayHaveArrived: number != 429))
        default: return .refused("answered \(said)")
        }
    }

    // MARK: Which element is about which row

    private struct Places {
        let key: String?
        /// By the value of the key, in the parcel's order; several rows may have the same.
        var waiting: [String: [Int]] = [:]

        mutating func next(_ element: [String: Any], _ index: Int) -> Int? {
            guard let key else { return index }
            guard let value = HTTPResults.text(element[key]), waiting[value]?.isEmpty == false
            else { return nil }
            return waiting[value]?.removeFirst()
        }
    }

    private func places(_ elements: [Any], _ parcel: Parcel) throws(Mismatch) -> Places {
        var places = Places(key: key)
        guard let key else {
            guard elements.count == parcel.rows.count else {
                throw Mismatch(
                    text: "it tells of \(elements.count) rows and got \(parcel.rows.count)")
            }
            return places
        }
        for (index, row) in parcel.rows.enumerated() {
            let sent = try? JSONSerialization.jsonObject(with: Data(row.payload))
            let value = HTTPResults.text((sent as? [String: Any])?[key]) ?? row.key
            places.waiting[value, default: []].append(index)
        }
        return places
    }

    private static func text(_ value: Any?) -> String? {
        switch value {
        case let text as String: text
        case let number as Int: "\(number)"
        default: nil
        }
    }
}
