/// How a command ends, after sysexits.
package enum ExitStatus: Int32, Sendable {
    case good = 0
    /// `status`: something needs a person.
    case attention = 1
    case usage = 64
    case data = 65
    case internalError = 70
    case tryAgain = 75
    case configuration = 78
}

/// Why a run can't go on.
package enum RunnerError: Error, CustomStringConvertible {
    case usage(String)
    case locked(String)
    case configuration(String)
    /// The world refused something: a full disk, a folder that can't be written.
    case tryAgain(String)
    case controlTotals([String])
    /// A file that a job expects has not come in time, and the job says to fail.
    case missingFile(String)
    /// A workspace in which no night has run.
    case noStore(String)
    case unknownCard(String)
    case unknownCode(String)

    package var status: ExitStatus {
        switch self {
        case .usage: .usage
        case .locked, .tryAgain: .tryAgain
        case .configuration: .configuration
        case .controlTotals: .internalError
        case .missingFile, .noStore, .unknownCard, .unknownCode: .data
        }
    }

    package var description: String {
        switch self {
        case .usage(let text), .locked(let text), .configuration(let text), .tryAgain(let text),
            .missingFile(let text), .unknownCard(let text), .unknownCode(let text):
            text
        case .noStore(let folder): "\(folder): no night has run yet; run: nightjar run"
        case .controlTotals(let differences):
            "the night's control totals don't agree; it is not closed:\n"
                + differences.map { "  " + $0 }.joined(separator: "\n")
        }
    }
}
