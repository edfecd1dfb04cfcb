internal import Loyalty
internal import Storage

/// Whom merged members have become.
struct Survivors {
    private var survivorOf: [Int32: Int32] = [:]
    private var victimsOf: [Int32: [Int32]] = [:]

    init(_ connection: Connection) throws {
        try connection.forEach("SELECT victim, survivor FROM merge ORDER BY victim") {
            survivorOf[Int32($0.integer(0))] = Int32($0.integer(1))
        }
        for victim in survivorOf.keys.sorted() {
            victimsOf[survivor(of: victim), default: []].append(victim)
        }
    }

    /// The member whom another was merged into, however often; himself where he was not.
    func survivor(of member: Int32) -> Int32 {
        var member = member
        while let next = survivorOf[member] { member = next }
        return member
    }

    /// A member and all who were merged into him.
    func selves(of member: Int32) -> [Int32] { [member] + (victimsOf[member] ?? []) }
}
