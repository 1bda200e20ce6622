import Bytes
import Testing

@testable import Fetch

@Suite struct AddressGuardTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
    ])
    func `an IPv4 address that is not public is refused, in whatever IPv6 address it hides`(text: String) throws {
        let address = try #require(IPAddress(text))
        let v4 = try #require(address.v4)
        let (high, low) = (String(v4 >> 16, radix: 16), String(v4 & 0xffff, radix: 16))
        for hidden in [text, "::ffff:\(text)", "64:ff9b::\(text)", "2002:\(high):\(low)::1", "::\(text)"] {
            #expect(!AddressGuard().admits(try #require(IPAddress(hidden))), "\(hidden)")
        }
    }

    @Test(arguments: [
        "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fdff:ffff::1", "ff02::1", "ff0e::1", "2001:db8::1",
        "2001::1", "2001:1ff:ffff::1", "64:ff9b:1::1", "100::1", "3fff::1", "4000::1", "2620:4f:8000::1",
    ])
    func `an IPv6 address that is not public is refused`(text: String) throws {
        #expect(!AddressGuard().admits(try #require(IPAddress(text))))
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "2606:4700::1", "2a00:1450::1", "64:ff9b::1.1.1.1", "2002:101:101::1",
        "::ffff:1.1.1.1",
    ])
    func `a public address is admitted`(text: String) throws {
        #expect(AddressGuard().admits(try #require(IPAddress(text))))
    }

    @Test func `what is allowed is admitted, and nothing beside it`() throws {
        let guarded = AddressGuard(allowing: [try #require(CIDR("127.0.0.2/31")), try #require(CIDR("fd00::/16"))])
        for (text, isAdmitted) in [
            ("127.0.0.2", true), ("127.0.0.3", true), ("127.0.0.1", false), ("127.0.0.4", false), ("fd00::1", true),
            ("fd01::1", false), ("::ffff:127.0.0.2", true),
        ] {
            #expect(guarded.admits(try #require(IPAddress(text))) == isAdmitted, "\(text)")
        }
    }
}

@Suite struct FetchURLTests {
    @Test(arguments: [
        "", "example.org", "ftp://example.org", "file:///etc/passwd", "gopher://example.org/", "http://",
        "http://user@example.org", "http://user:secret@example.org", "http://example.org/#part", "http://exa mple.org",
        "http://example.org/\u{0}", "http://example.org/\r\nX: y", "javascript:alert(1)", "http://exämple.org",
    ])
    func `what is no URL to be called is refused`(text: String) {
        #expect(throws: FetchError.invalidURL) { try FetchURL(text) }
    }

    @Test func `a URL is as long as the limit, and no longer`() throws {
        let start = "http://example.org/"
        let longest = FetchOptions().urlBytes
        let text = start + String(repeating: "a", count: longest - start.utf8.count)
        #expect(try FetchURL(text).text == text)
        #expect(throws: FetchError.invalidURL) { try FetchURL(text + "a") }
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
        "http://017700000001/", "http://0177.0.0.1/", "http://0/", "http://0.0.0.0/", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://[fe80::1]/", "http://[fc00::1]/", "http://169.254.169.254/latest", "http://10.0.0.1:8080/",
        "https://192.168.0.1/", "http://100.64.0.1/", "HTTP://127.0.0.1/", "http://[::]/", "http://255.255.255.255/",
    ])
    func `a private address is refused however it is written`(text: String) throws {
        #expect(throws: FetchError.addressRefused) { try FetchURL(text).check(AddressGuard()) }
    }

    @Test func `a name is left to the look-up`() throws {
        try FetchURL("https://example.org:8443/path?x=1").check(AddressGuard())
        #expect(try FetchURL("HTTPS://Example.ORG/").host == "example.org")
        #expect(try FetchURL("https://example.org/").isSecure)
    }
}
