import Bytes
import Testing

@testable import Cryptography

@Suite struct PrimitivesTests {
    @Test func `SHA-256 gives the digests of FIPS 180-4`() {
        #expect(
            Hex.encode(SHA256.hash(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `HMAC-SHA256 gives the codes of RFC 4231`() throws {
        let short = try HMACSHA256(key: Array("Jefe".utf8))
        let message = Array("what do ya want for nothing?".utf8)
        #expect(
            Hex.encode(try short.code(for: message))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = try HMACSHA256(key: [UInt8](repeating: 0xaa, count: 131))
        let code = try long.code(for: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Hex.encode(code) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `a code is verified whole`() throws {
        let hmac = try HMACSHA256(key: [UInt8](repeating: 3, count: 32))
        let code = try hmac.code(for: [1, 2, 3])
        var changed = code
        changed[31] ^= 1
        let message: [UInt8] = [1, 2, 3]
        let answers = try [code, Array(code.dropLast()), changed].map { try hmac.verify($0, for: message.span.bytes) }
        #expect(answers == [true, false, false])
    }

    @Test func `equal bytes are equal, others and other lengths are not`() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 0]))
        #expect(!constantTimeEquals([], [0]))
    }

    @Test(arguments: [0, 1, 16, 63, 64, 65, 4096, 5000])
    func `random bytes come in any number and do not repeat`(_ count: Int) {
        let random = SecureRandom()
        let a = random.bytes(count)
        #expect(a.count == count)
        if count >= 16 { #expect(a != random.bytes(count)) }
    }

    @Test func `small shares of random bytes are never zeros left by an earlier one`() {
        let random = SecureRandom()
        var seen: Set<[UInt8]> = []
        for _ in 0..<2000 { #expect(seen.insert(random.bytes(16)).inserted) }
        #expect(!seen.contains([UInt8](repeating: 0, count: 16)))
    }
}
