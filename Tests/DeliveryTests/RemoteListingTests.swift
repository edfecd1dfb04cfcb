import Delivery
import Testing

@Suite struct RemoteListingTests {
    /// 2026-11-22 10:00 UTC.
    private let now = 1_795_341_600
    private let day = 86_400

    private func files(_ lines: String) -> [RemoteFile] {
        RemoteListing.files(Array(lines.utf8), now: now)
    }

    @Test func `OpenSSH's long lines tell name, size, time and folders`() {
        let found = files(
            """
            drwxr-xr-x    2 root     root         4096 Nov 22 10:37 .
            drwxr-xr-x    4 root     root         4096 Nov 22 10:37 ..
            drwxr-xr-x    2 root     root         4096 Nov 22 10:37 done
            -rw-r--r--    1 root     root      3000000 Nov 22 09:30 a b'c"d
            -rw-r--r--    1 shop     domain users    0 Dec 31  2025 x.done
            lrwxrwxrwx    1 root     root           14 Nov 20 08:00 latest -> codes.csv

            """)
        #expect(
            found == [
                RemoteFile(
                    name: "done", size: nil, modified: now + 37 * 60, isFolder: true),
                RemoteFile(
                    name: "a b'c\"d", size: 3_000_000, modified: now - 30 * 60, isFolder: false),
                RemoteFile(
                    name: "x.done", size: 0, modified: now - 326 * day - 10 * 3_600,
                    isFolder: false),
                RemoteFile(
                    name: "latest", size: nil, modified: now - 2 * day - 2 * 3_600, isFolder: false,
                    isLink: true),
            ])
    }

    @Test func `a line without a year is of the last twelve months`() {
        let found = files(
            """
            -rw-r--r-- 1 a b 1 Nov 23 00:10 tomorrow, by the server's zone
            -rw-r--r-- 1 a b 1 Nov 24 10:00 last year
            -rw-r--r-- 1 a b 1 Feb  1 00:00 February
            """)
        #expect(
            found.map(\.modified) == [
                now + 14 * 3_600 + 10 * 60, now - 363 * day, now - 294 * day - 10 * 3_600,
            ])
    }

    @Test func `blanks around a name are its own`() {
        #expect(files("-rw-r--r-- 1 a b 1 Nov 22 10:00  two  \n").map(\.name) == [" two  "])
    }

    @Test func `facts are read as they are, and the folder itself is left out`() {
        let found = files(
            "type=cdir;modify=20261122095000; /in\r\n"
                + "Type=file;Size=1234;Modify=20261122095000.123;UNIX.mode=0644; codes 1.csv\r\n"
                + "type=dir;modify=20261121100000; done\r\n")
        #expect(
            found == [
                RemoteFile(
                    name: "codes 1.csv", size: 1_234, modified: now - 600, isFolder: false),
                RemoteFile(name: "done", size: nil, modified: now - day, isFolder: true),
            ])
    }

    @Test func `Windows lines are read, twelve o'clock included`() {
        let found = files(
            "11-22-26  10:00AM                 1234 codes 1.csv\r\n"
                + "11-22-2026  12:30AM       <DIR>          done\r\n"
                + "11-21-26  12:30PM                    0 x\r\n")
        #expect(
            found == [
                RemoteFile(name: "codes 1.csv", size: 1_234, modified: now, isFolder: false),
                RemoteFile(
                    name: "done", size: nil, modified: now - 9 * 3_600 - 1_800, isFolder: true),
                RemoteFile(
                    name: "x", size: 0, modified: now - day + 2 * 3_600 + 1_800, isFolder: false),
            ])
    }

    @Test func `a size below nothing is none that a server says`() {
        let found = files(
            "size=-9223372036854775808;type=file; a\n" + "11-22-26  10:00AM  -5 b\n"
                + "-rw-r--r-- 1 a b -5 Nov 22 10:00 c\n")
        #expect(found == [RemoteFile(name: "a", size: nil, modified: nil, isFolder: false)])
    }

    @Test func `lines of no known form name nothing`() {
        #expect(
            files("total 12\n\n?---------\n-rw-r--r-- 1 a b 12 Foo 22 10:00 x\nhello world\n;\n")
                .isEmpty)
    }
}
