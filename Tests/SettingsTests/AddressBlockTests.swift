import Settings
import Testing

@Suite struct AddressBlockTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.168.1.128/25", "192.168.1.128", "192.168.1.127"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"),
        ("::1", "0:0:0:0:0:0:0:1", "::2"), ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:11.1.2.3"),
        ("fe80::/10", "febf::1", "fec0::1"), ("10.0.0.0/8", "::ffff:a01:203", "::a01:203"),
    ])
    func `a block holds the addresses of its prefix`(block: String, inside: String, outside: String) throws {
        let block = try #require(AddressBlock(block))
        #expect(block.contains(inside))
        #expect(!block.contains(outside))
    }

    @Test func `a prefix of zero holds its whole family`() throws {
        let four = try #require(AddressBlock("0.0.0.0/0"))
        #expect(four.contains("255.255.255.255") && four.contains("::ffff:1.2.3.4") && !four.contains("::1"))
        let six = try #require(AddressBlock("::/0"))
        #expect(six.contains("ffff::") && !six.contains("1.2.3.4"))
    }

    @Test(arguments: [
        "", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/24", "010.0.0.0/8",
        "256.0.0.0/8", "1.2.3.4.5", "::/129", "2001:db8::1::2", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1.2.3", "1.2.3.4::", "::ffff:1.2.3.4:5", "+1::", "localhost",
        "10.0.0.0/+8",
        "1.2.3.+4", "2001:db8::1/32", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
    ])
    func `what is no block is refused`(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.1", "192.0.2.1/32"), ("2001:DB8:0:0:0::/32", "2001:db8::/32"),
        ("::", "::/128"), ("::1", "::1/128"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3/128"), ("::ffff:1.2.3.4", "1.2.3.4/32"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304/128"),
    ])
    func `a block is written in its shortest form`(text: String, written: String) {
        #expect(AddressBlock(text)?.description == written)
    }
}
