/// What can go wrong between an endpoint and the other side.
enum Fault: String, CaseIterable {
    /// Nothing is answered, and nothing done.
    case timeout
    /// It is done, and nothing is answered.
    case timeoutBehind
    /// 429, with Retry-After in seconds: 7.
    case tooManySeconds
    /// 429, with Retry-After as a date: 90 seconds behind `Drive.today`, or behind now where the peer has a clock.
    case tooManyDate
    /// 500, and nothing done.
    case serverError
    /// It is done, and 500 answered.
    case serverErrorBehind
    /// The connection is reset before anything is read.
    case resetBefore
    /// It is done, and the connection reset in the middle of the answer.
    case resetInAnswer
    /// It is done, and the answer ends before it is whole.
    case truncated
    /// The answer comes byte by byte, a second each.
    case drip
    /// Nobody listens.
    case nobody
    case wrongCertificate
    case wrongHostKey
    case refusedLogin
    /// The answer sends us to another host.
    case redirect
    /// An answer of a gibibyte.
    case endlessAnswer
    /// A success, and a page of HTML: this is no API.
    case page
    /// Of three rows the middle one is refused.
    case someRefused
    /// No room at the other side.
    case full

    /// What must come of it.
    enum Outcome { case later, halted, each }

    var outcome: Outcome {
        switch self {
        case .wrongCertificate, .wrongHostKey, .refusedLogin, .redirect, .page: .halted
        case .someRefused: .each
        default: .later
        }
    }

    /// How long the other side asks us to wait.
    var waitSeconds: ClosedRange<Int>? {
        switch self {
        case .tooManySeconds: 7...7
        case .tooManyDate: 80...90
        default: nil
        }
    }
}
