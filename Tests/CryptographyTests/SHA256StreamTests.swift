import Cryptography
import EventLoops
import Testing

@Suite struct SHA256StreamTests {
    @Test(arguments: [0, 1, 63, 64, 65, 1_000])
    func `pieces have the digest of the whole`(count: Int) throws {
        let bytes = SecureRandom().bytes(count)
        let stream = try SHA256Stream()
        for start in stride(from: 0, to: count, by: 7) {
            try stream.add(Array(bytes[start..<min(start + 7, count)]).span.bytes)
        }
        #expect(try stream.finish() == SHA256.hash(bytes))
    }

    @Test func `a key's name tells keys apart and does not tell the key`() throws {
        let key = FernetKey()
        #expect(key.name.count == 16 && key.name != FernetKey().name)
        #expect(FernetKey(key.secretText)?.name == key.name)
    }
}
