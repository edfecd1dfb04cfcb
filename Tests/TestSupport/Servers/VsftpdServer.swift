internal import Foundation

/// A real vsftpd, which lets nobody in without TLS where it has it, as the tests' own user, on a loopback port.
package final class VsftpdServer {
    package let folder: ScratchFolder
    package let port: Int
    private let process: ServerProcess

    package static let user = "ftp"
    package static let password = "s3same-0f-th3-t3st"

    /// When it speaks TLS.
    package enum Encryption { case whenAsked, fromTheFirstByte, never }

    /// - Parameter certificate: the one that it shows.
    package init(
        _ certificates: Certificates, _ certificate: Certificates.Name = .right,
        _ encryption: Encryption = .whenAsked
    ) throws {
        let folder = try ScratchFolder()
        port = try Loopback.freePort()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/files/in", withIntermediateDirectories: true)
        try folder.write(Self.password + "\n", to: "passwords")
        // Guests with a list of passwords need no account of the machine.
        try folder.write(
            """
            listen=YES
            listen_address=127.0.0.1
            listen_port=\(port)
            background=NO
            run_as_launching_user=YES
            seccomp_sandbox=NO
            local_enable=NO
            anonymous_enable=YES
            secure_email_list_enable=YES
            email_password_file=\(folder.path)/passwords
            anon_root=\(folder.path)/files
            write_enable=YES
            anon_upload_enable=YES
            anon_mkdir_write_enable=YES
            anon_other_write_enable=YES
            anon_world_readable_only=NO
            ssl_ciphers=HIGH
            ssl_enable=\(encryption == .never ? "NO" : "YES")
            allow_anon_ssl=YES
            force_anon_logins_ssl=YES
            force_anon_data_ssl=YES
            implicit_ssl=\(encryption == .fromTheFirstByte ? "YES" : "NO")
            rsa_cert_file=\(certificates.certificate(certificate))
            rsa_private_key_file=\(certificates.key(certificate))
            log_ftp_protocol=YES
            xferlog_enable=YES
            vsftpd_log_file=\(folder.path)/vsftpd.log

            """, to: "vsftpd.conf")
        process = try ServerProcess(
            "/usr/sbin/vsftpd", [folder.path + "/vsftpd.conf"], port: port,
            log: folder.path + "/said.log", package: "vsftpd")
        self.folder = folder
    }

    /// Ends it.
    package func stop() { process.stop() }

    /// What it noted of commands and answers.
    package func notes() throws -> String { try folder.read("vsftpd.log") }
}
