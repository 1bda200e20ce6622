import Bytes
import Deflate
import Testing

@Suite struct `Deflate` {
    @Test func `gzip gives back what went in`() throws {
        let text = Array(String(repeating: "hello parley ", count: 1_000).utf8)
        let packed = try Gzip.compress(text)
        #expect(packed.count < text.count / 10)
        #expect(try Gzip.decompress(packed, limit: text.count) == text)
        #expect(throws: DeflateError.limitExceeded(limit: text.count - 1)) {
            try Gzip.decompress(packed, limit: text.count - 1)
        }
    }
}
