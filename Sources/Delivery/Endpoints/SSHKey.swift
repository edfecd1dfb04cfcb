internal import Foundation

/// A file with a private key of SSH.
enum SSHKey {
    /// Refuses a file that libssh2 can't use, in words that it lacks: it says 'Authentication failure' of all of them.
    ///
    /// - Parameter isOpened: whether a passphrase is at hand.
    static func check(_ path: String, isOpened: Bool) throws(SecretError) {
        try SecretSource.checkPrivate(path)
        guard let data = FileManager.default.contents(atPath: path), data.count < 64 << 10 else {
            throw SecretError(text: "\(path): can't be read, or is too long for a key")
        }
        let make = "make one: ssh-keygen -t ed25519"
        let text = String(decoding: data, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first, first.contains("PRIVATE KEY-----") else {
            throw SecretError(text: "\(path): is no private key in OpenSSH's form; \(make)")
        }
        // Within the base64: the cipher's name, then the public key with its type.
        let body = Data(base64Encoded: lines.filter { !$0.hasPrefix("-----") }.joined()) ?? Data()
        let isOpenSSH = first.contains("OPENSSH")
        guard !first.contains("RSA"), !isOpenSSH || body.firstRange(of: Data("ssh-rsa".utf8)) == nil
        else {
            throw SecretError(
                text:
                    "\(path): is an RSA key, which Debian's libssh2 can use with no server of today; "
                    + make)
        }
        let isLocked =
            isOpenSSH
            ? !body.starts(with: Data("openssh-key-v1\0\0\0\0\u{4}none".utf8))
            : text.contains("ENCRYPTED")
        guard isOpened || !isLocked else {
            throw SecretError(
                text: "\(path): has a passphrase; say in 'key_password' where that is kept")
        }
    }
}
