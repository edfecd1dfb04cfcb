import Delivery
import Testing

@Suite struct EndpointURLTests {
    @Test func `a URL tells its parts`() throws {
        let url = try EndpointURL("sftp://shop@sftp.example:2222/in/", schemes: ["sftp"])
        #expect(url.host == "sftp.example")
        #expect(url.user == "shop")
        #expect(url.port == 2222)
        #expect(url.text == "sftp://sftp.example:2222/in/")
        #expect(url.appending("codes é.csv") == "sftp://sftp.example:2222/in/codes%20%C3%A9.csv")
    }

    @Test func `a password in a URL is refused and not repeated`() {
        do {
            _ = try EndpointURL("https://me:hunter2@crm.example/", schemes: ["https"])
            Issue.record("was taken")
        } catch {
            #expect(error.text.contains("has a password in it"))
            #expect(!error.text.contains("hunter2"))
        }
    }

    @Test(arguments: [
        ("http://crm.example/", "is not encrypted"), ("gopher://crm.example/", "must begin with"),
        ("https://", "is no URL"), ("https://crm.example/#a", "has a fragment"),
    ])
    func `other URLs are refused with the reason`(text: String, reason: String) {
        do {
            _ = try EndpointURL(text, schemes: ["https", "http"])
            Issue.record("was taken")
        } catch {
            #expect(error.text.contains(reason))
        }
    }

    @Test func `loopback need not be encrypted`() throws {
        for text in ["http://127.0.0.1:8080/a", "http://localhost/", "http://[::1]:80/"] {
            #expect(try EndpointURL(text, schemes: ["https", "http"]).isLoopback)
        }
    }
}
