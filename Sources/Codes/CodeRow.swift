internal import Loyalty

/// One code as the register has it.
///
/// Its texts belong to the register that found it, or to whoever made it.
struct CodeRow {
    var code: ByteText
    /// The owner of its namespace: a system's integer.
    var owner: Int32
    var reward: Int32
    var state: CodeState
    /// Who has it; empty: nobody is known.
    var card: ByteText
    /// The first good day; nil: from the beginning.
    var validFrom: CivilDate?
    /// The last good day, of the code itself and of its grant; `Lot.never` without one.
    var expiresOn: CivilDate
    /// What a gift code is worth, where its file says so.
    var points: Points?
    /// Where it came from; file 0: made here.
    var file: Int64
    var line: Int32
    var addedOn: CivilDate
    var assignedAt: LocalSeconds?
    /// Where and when it was used, and by which report; 0: before it came here.
    var burnedAt: LocalSeconds?
    var burnedIn: Int32
    var burn: ByteText
}

/// What moved a code from one state to another.
struct CodeTransition {
    var at: LocalSeconds
    /// Who said so; 0: Nightjar itself.
    var system: Int32
    /// The line behind it; 0: none.
    var file: Int64
    var line: Int32
    /// A word of the spec, such as burn, claim, expired or returned.
    var reason: String
    /// The burn, the claim, the order behind it; may be empty.
    var source: ByteText
}
