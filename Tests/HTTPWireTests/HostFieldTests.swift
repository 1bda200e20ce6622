import HTTPWire
import Testing

@Suite struct `Hosts` {
    @Test(arguments: [
        "a", "a.example", "a-b.example:1", "127.0.0.1:65535", "[::1]", "[::ffff:1.2.3.4]:80", "_x", "xn--e1afmkfd",
    ])
    func `a host may be`(_ text: String) { #expect(HostField.isValid(text)) }

    @Test(arguments: [
        "", ":80", "a:", "a:b", "a:65536", "a:000080", "a:+1", "a b", "a,b", "a/b", "a@b", "a?b", "a#b", "[", "[]",
        "[::1",
        "[::1]x", "[::1]:", "[g::]", "a%20", "é", "a\\b", "[1.2.3.4]", "a:80:80",
    ])
    func `a host may not be`(_ text: String) { #expect(!HostField.isValid(text)) }
}
