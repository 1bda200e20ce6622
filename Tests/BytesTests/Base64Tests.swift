import Bytes
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the published vectors are written and read`(text: String, encoded: String) {
        let bytes = Array(text.utf8)
        let bare = encoded.filter { $0 != "=" }
        #expect(Base64.standard.encode(bytes) == encoded)
        #expect(Base64.standard.encode(bytes, padding: false) == bare)
        #expect(Base64.standard.decode(encoded) == bytes)
        #expect(Base64.standard.decode(bare, padding: .forbidden) == bytes)
        #expect(Base64.standard.decode(bare, padding: .optional) == bytes)
        #expect((Base64.standard.decode(bare) == nil) == (bare != encoded))
        #expect((Base64.standard.decode(encoded, padding: .forbidden) == nil) == (bare != encoded))
    }

    @Test func `bytes of every value and length come back in both alphabets`() {
        for count in 0..<260 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            for alphabet in [Base64.standard, .urlSafe] {
                #expect(alphabet.decode(alphabet.encode(bytes)) == bytes)
                #expect(alphabet.decode(alphabet.encode(bytes, padding: false), padding: .forbidden) == bytes)
            }
        }
    }

    @Test func `a text is appended to what is there`() {
        var out = Array("x".utf8)
        let bytes: [UInt8] = [0xfb, 0xff]
        Base64.urlSafe.append(bytes.span.bytes, to: &out)
        Base64.standard.append(bytes.span.bytes, to: &out, padding: false)
        #expect(String(decoding: out, as: UTF8.self) == "x-_8=+/8")
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "Zm 9v", "Zm9v\n", "Zm9-", "Zm9_", "=Zg=", "Z===", "====",
        "Zm9\u{e9}", "Z=g=",
    ])
    func `anything but the one spelling is refused`(_ text: String) {
        #expect(Base64.standard.decode(text) == nil)
    }
}
