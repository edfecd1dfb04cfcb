internal import Foundation

/// One run at a time, and one delivery beside it: an flock on a file of the workspace, which the kernel lets go
/// of with the process.
package final class WorkspaceLock {
    /// What one process at a time may do.
    package enum Work {
        case run
        case delivery

        fileprivate var file: String {
            switch self {
            case .run: "nightjar.lock"
            case .delivery: "nightjar.delivery.lock"
            }
        }

        fileprivate var verb: String {
            switch self {
            case .run: "holds the workspace"
            case .delivery: "is delivering"
            }
        }
    }

    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `RunnerError.locked` with who holds it since when.
    package init(workspace: String, for work: Work = .run, now: Int) throws {
        let path = workspace + "/" + work.file
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RunnerError.tryAgain(
                "\(path): can't be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let holder = text.isEmpty ? "another process" : text
            close(descriptor)
            throw RunnerError.locked("\(holder) \(work.verb); try again when it has ended")
        }
        let time = Date(timeIntervalSince1970: Double(now)).ISO8601Format()
        let text = "process \(getpid()), since \(time),"
        ftruncate(descriptor, 0)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    deinit { close(descriptor) }
}
