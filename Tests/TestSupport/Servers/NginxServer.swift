internal import Foundation

/// A real nginx, with TLS and HTTP/2, on loopback ports.
///
/// It answers `200` with `{"ok":true}` to whatever is sent; below `/files/` it gives the files of `files`.
package final class NginxServer {
    package let folder: ScratchFolder
    package let certificates: Certificates
    /// For what is below `/files/`.
    package var files: String { folder.path + "/files" }
    private let ports: [Int]
    private let process: ServerProcess

    /// Where it answers.
    package enum Door: Int, CaseIterable {
        /// Without TLS.
        case plain
        /// With a certificate for localhost.
        case right
        /// With one for another host.
        case otherName
        /// With one that is out of date.
        case expired
        /// Only to who shows a certificate of the authority.
        case client
    }

    package init() throws {
        let folder = try ScratchFolder()
        let certificates = try Certificates(folder.path + "/certificates")
        let ports = try Door.allCases.map { _ in try Loopback.freePort() }
        try FileManager.default.createDirectory(
            atPath: folder.path + "/files", withIntermediateDirectories: true)
        try folder.write(
            NginxServer.settings(folder.path, certificates, ports), to: "nginx.conf")
        process = try ServerProcess(
            "/usr/sbin/nginx", ["-p", folder.path, "-c", folder.path + "/nginx.conf"],
            port: ports[Door.allCases.count - 1], log: folder.path + "/nginx.log",
            package: "nginx-light")
        self.folder = folder
        self.certificates = certificates
        self.ports = ports
    }

    package func port(_ door: Door) -> Int { ports[door.rawValue] }

    /// Its URL at a door, without a path.
    package func url(_ door: Door) -> String {
        "\(door == .plain ? "http" : "https")://localhost:\(port(door))"
    }

    /// Ends it.
    package func stop() { process.stop() }

    /// What it noted of requests below `/noted/`: connection, protocol, method and status of each.
    package func notes() throws -> [[String]] {
        try folder.read("noted.log").split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
    }

    private static func settings(
        _ folder: String, _ certificates: Certificates, _ ports: [Int]
    ) -> String {
        var servers = ""
        for door in Door.allCases {
            let name: Certificates.Name =
                switch door {
                case .plain, .right, .client: .right
                case .otherName: .other
                case .expired: .expired
                }
            servers += """
                server {
                    listen 127.0.0.1:\(ports[door.rawValue])\(door == .plain ? "" : " ssl http2");
                    ssl_certificate \(certificates.certificate(name));
                    ssl_certificate_key \(certificates.key(name));
                    \(door == .client ? "ssl_client_certificate \(certificates.authority);" : "")
                    ssl_verify_client \(door == .client ? "on" : "off");
                    location / { return 200 '{"ok":true}'; }
                    location /noted/ { access_log \(folder)/noted.log noted; return 200 '{"ok":true}'; }
                    location /files/ { alias \(folder)/files/; }
                }

                """
        }
        // Root's workers would be somebody else, who can't read the folder.
        return """
            daemon off;
            \(geteuid() == 0 ? "user root;" : "")
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events { worker_connections 1024; }
            http {
            access_log off;
            log_format noted '$connection $server_protocol $request_method $status';
            default_type application/json;
            keepalive_requests 10000000;
            client_max_body_size 0;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            \(servers)}
            """
    }
}
