import Bytes
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::0001", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("fe80::1:0:0", "fe80::1:0:0"), ("0:1::", "0:1::"),
    ])
    func `an address is read and written in its canonical form`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.+4", "1.2.3.", " 1.2.3.4", "1.2.3.4 ", "1..3.4",
        ":", ":::", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0", "[::1]",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:", ":1", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "::1.2.3",
        "1.2.3.4:80",
    ])
    func `what is no address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ])
    func `limits count an IPv6 network of 64 bits as one caller`(text: String, subscriber: String) throws {
        #expect(try #require(IPAddress(text)).subscriber.description == subscriber)
    }

    @Test func `an address knows its kind`() throws {
        let kinds: [(String, v4: Bool, loopback: Bool, unspecified: Bool)] = [
            ("127.8.9.1", true, true, false), ("::1", false, true, false), ("::ffff:127.0.0.1", true, true, false),
            ("0.0.0.0", true, false, true), ("::", false, false, true), ("192.0.2.1", true, false, false),
            ("::127.0.0.1", false, false, false),
        ]
        for kind in kinds {
            let address = try #require(IPAddress(kind.0))
            #expect(address.isIPv4 == kind.v4)
            #expect(address.isLoopback == kind.loopback)
            #expect(address.isUnspecified == kind.unspecified)
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("192.0.2.77/24", "192.0.2.1", true), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("::/0", "8.8.8.8", true), ("::/0", "2001:db8::1", true), ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fe00::1", false),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8:0:0:8000::1", false),
        ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.1/32", "192.0.2.1", true), ("::1/128", "::1", true),
    ])
    func `a block contains the addresses that begin with its bits`(block: String, address: String, expected: Bool)
        throws
    {
        let cidr = try #require(CIDR(block))
        #expect(cidr.contains(try #require(IPAddress(address))) == expected)
    }

    @Test func `a block is written with its first address`() {
        #expect(CIDR("192.0.2.77/24")?.description == "192.0.2.0/24")
        #expect(CIDR("192.0.2.77")?.description == "192.0.2.77/32")
        #expect(CIDR("2001:db8::1/32")?.description == "2001:db8::/32")
    }

    @Test(arguments: [
        "10.0.0.0/33", "::/129", "10.0.0.0/", "/8", "10.0.0.0/8/8", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/-1", "x/8",
    ])
    func `what is no block is refused`(text: String) {
        #expect(CIDR(text) == nil)
    }
}
