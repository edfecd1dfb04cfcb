internal import Foundation

/// One run at a time: an flock on a file of the workspace, which the kernel lets go of with the process.
package final class WorkspaceLock {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `RunnerError.locked` with who holds it since when.
    package init(workspace: String, now: Int) throws {
        let path = workspace + "/nightjar.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RunnerError.tryAgain(
                "\(path): can't be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let holder = text.isEmpty ? "another process" : text
            close(descriptor)
            throw RunnerError.locked("\(holder) holds the workspace; try again when it has ended")
        }
        let time = Date(timeIntervalSince1970: Double(now)).ISO8601Format()
        let text = "process \(getpid()), since \(time),"
        ftruncate(descriptor, 0)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    deinit { close(descriptor) }
}
