import Delivery
import Foundation
import TestSupport
import Testing

/// The endpoint of kind s3 against servers: one in memory that fails as it is told, and moto's.
@Suite struct S3EndpointTests {
    @Test func `it conforms`() throws { try exercise(try S3Peer()) }

    /// A bucket of moto's, and files to send to it.
    private final class Bucket {
        let moto = try? MotoServer()
        let folder: ScratchFolder
        private let courier: Courier

        init() throws {
            folder = try ScratchFolder()
            courier = try Courier()
            try #require(ask(.put, "").status == 200)
        }

        /// Asks for something of the bucket.
        func ask(
            _ method: Request.Method, _ target: String, body: Request.Body = .none
        ) throws -> Reply {
            var request = Request(method, try #require(moto).url + "/bucket" + target)
            request.body = body
            request.sink = .memory(limit: 200 << 20)
            MotoBucket.sign(&request)
            courier.send(request, tag: 1)
            while true {
                if let ended = courier.wait(milliseconds: 1_000).first { return ended.reply }
            }
        }

        func drive() throws -> Drive {
            let endpoint = try EndpointText.s3(
                try #require(moto).url + "/bucket/in/", timeout: "20 seconds"
            )
            .endpoint(folder: folder.path, ["ID": "AKID", "SECRET": "s", "TOKEN": "t"])
            return try Drive(endpoint, now: Int(Date().timeIntervalSince1970))
        }

        func parcel(_ name: String, isRepeated: Bool = false) throws -> Parcel {
            var parcel = try S3Peer.parcel(of: name, in: folder)
            parcel.isRepeated = isRepeated
            return parcel
        }
    }

    @Test func `moto's bucket gets a file once, and no other under its name`() throws {
        let bucket = try Bucket()
        try bucket.folder.write("a,b\n1,2\n", to: "outgoing/a+b é.csv")
        var drive = try bucket.drive()
        #expect(drive.deliver(try bucket.parcel("a+b é.csv")) == [.acknowledged()])
        let got = try bucket.ask(.get, "/in/" + "a+b é.csv".percentEncoded())
        #expect(got.text == "a,b\n1,2\n")
        #expect(got.header("content-type")?.hasPrefix("text/csv") ?? false)
        #expect(
            drive.deliver(try bucket.parcel("a+b é.csv", isRepeated: true))
                == [.acknowledged("was there already")])
        try bucket.folder.write("a,b\n3,4\n", to: "outgoing/a+b é.csv")
        let other = try #require(drive.deliver(try bucket.parcel("a+b é.csv", isRepeated: true)))
        guard case .refused? = other.first else {
            Issue.record("\(other)")
            return
        }
        #expect(try bucket.ask(.get, "/in/" + "a+b é.csv".percentEncoded()).text == "a,b\n1,2\n")
    }

    @Test func `moto's bucket gets a large file in parts, whatever broke off before`() throws {
        let bucket = try Bucket()
        // Twice 33 MiB and a little.
        let block = Data((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
        var content = Data()
        for _ in 0..<66 { content.append(block) }
        content.append(contentsOf: [1, 2, 3])
        try bucket.folder.write(content, to: "outgoing/large.bin")
        let parcel = try bucket.parcel("large.bin")
        // Killed behind its second part.
        var drive = try bucket.drive()
        drive.endsAfter = 4
        #expect(drive.deliver(parcel) == nil)
        #expect(try bucket.ask(.get, "/?uploads").text.contains("<UploadId>"))
        #expect(try bucket.ask(.head, "/in/large.bin").status == 404)

        drive = try bucket.drive()
        var repeated = parcel
        repeated.isRepeated = true
        #expect(drive.deliver(repeated) == [.acknowledged()])
        #expect(try bucket.ask(.get, "/in/large.bin").body == Array(content))
        #expect(!(try bucket.ask(.get, "/?uploads").text.contains("<UploadId>")))
        #expect(drive.deliver(repeated) == [.acknowledged("was there already")])
    }
}
