internal import Loyalty

/// A claim or grant on its way through a night.
struct Claim {
    enum How: String {
        /// For points.
        case claim
        /// Free: by a line of a file.
        case admin
        /// Free: by a workflow.
        case workflow
        /// For a code that another member got: no unit more.
        case replacement
    }

    /// The numbers are those of the table.
    enum State: Int64 { case granted, refused, waits, givenUp }

    var id: ByteText
    var how: How
    var claimedAt: LocalSeconds
    var card: ByteText
    var reward: Int32
    /// The code that the line names; empty: the register chooses.
    var asked: ByteText
    /// The event behind it; may be empty.
    var event: ByteText
    /// The order that earned it; empty where none did.
    var orderSystem = ""
    var order: ByteText
    /// The store's integer of its file; 0: none.
    var file: Int64
    var line: Int32
    /// Who handed out the code that the line names; empty: nobody says.
    var system = ""
    /// The last night of its wait.
    var until: CivilDate
    /// The batch's index of its file, where it came tonight.
    var batchFile: Int32?
    /// What it waited for; empty: it is new.
    var waitedFor = ""

    // What becomes of it.
    var state = State.granted
    /// Why it was refused, or what it waits for.
    var reason = ""
    var member: Int32 = 0
    /// The code that it gets, as it is before.
    var code: CodeRow?
    /// False where the member has the code already.
    var takesCode = true
    var cost: Points = 0
    /// The good days of its code.
    var goodDays: ClosedRange<CivilDate>?

    var date: CivilDate { CivilDate(local: claimedAt) }

    mutating func refuse(_ reason: String) {
        state = .refused
        self.reason = reason
    }

    mutating func wait(for reason: String) {
        state = .waits
        self.reason = reason
    }

    /// The order in which claims are judged.
    static func precedes(_ left: Claim, _ right: Claim) -> Bool {
        left.claimedAt == right.claimedAt ? left.id < right.id : left.claimedAt < right.claimedAt
    }
}
