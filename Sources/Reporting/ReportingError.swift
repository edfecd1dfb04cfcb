internal import Foundation

/// Why reports can't be written: the file system refused.
///
/// A failure of the world, not of the data.
package struct ReportingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was refused.
    package let path: String
    /// What couldn't be done with it: `can't be written`.
    package let action: String
    /// The number of the system's error.
    package let code: Int32

    /// Takes over the system's last error.
    init(_ path: String, _ action: String, code: Int32 = errno) {
        self.path = path
        self.action = action
        self.code = code
    }

    /// Takes over what Foundation says of a system call.
    init(_ path: String, _ action: String, _ error: any Error) {
        let cause = (error as? CocoaError)?.underlying as? POSIXError
        self.init(path, action, code: cause?.code.rawValue ?? EIO)
    }

    /// Whether running again later may help: the disk is full, or a quota is.
    package var isTemporary: Bool { code == ENOSPC || code == EDQUOT }

    package var description: String {
        let advice = isTemporary ? "; free some space, then run again" : ""
        return "\(path): \(action): \(String(cString: strerror(code)))\(advice)"
    }
}
