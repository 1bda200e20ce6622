import Bytes
import Deflate
import Testing

extension ContentCoding {
    fileprivate func pack(_ content: [UInt8]) throws -> [UInt8] { try compress(content.span.bytes) }

    fileprivate func unpack(_ packed: [UInt8], limit: Int = .max) throws(DeflateError) -> [UInt8] {
        try decompress(packed.span.bytes, limit: limit)
    }
}

@Suite struct Compression {
    private static let text = Array(String(repeating: "hello parley ", count: 1_000).utf8)

    /// All of `bytes`, inflated from one piece.
    private static func inflate(
        _ bytes: [UInt8], _ format: CompressedFormat, limit: Int = 1 << 20
    ) throws(DeflateError) -> [UInt8] {
        var output: [UInt8] = []
        try Inflater(format: format).inflate(bytes.span.bytes, into: &output, limit: limit)
        return output
    }

    @Test(arguments: ContentCoding.allCases)
    func `a content coding gives back what went in`(coding: ContentCoding) throws {
        for content in [[], [7], Self.text] {
            let packed = try coding.pack(content)
            #expect(try coding.unpack(packed, limit: content.count) == content)
        }
        let packed = try coding.pack(Self.text)
        #expect(packed.count < Self.text.count / 10)
    }

    @Test(arguments: ContentCoding.allCases)
    func `the output's limit may be reached and not passed`(coding: ContentCoding) throws {
        let packed = try coding.pack(Self.text)
        let count = Self.text.count
        #expect(try coding.unpack(packed, limit: count).count == count)
        #expect(throws: DeflateError.limitExceeded(limit: count - 1)) {
            try coding.unpack(packed, limit: count - 1)
        }
        #expect(throws: DeflateError.limitExceeded(limit: 0)) { try coding.unpack(packed, limit: 0) }
    }

    @Test(arguments: ContentCoding.allCases)
    func `damaged, cut and overlong content is refused`(coding: ContentCoding) throws {
        let packed = try coding.pack(Self.text)
        for count in 0..<packed.count {
            let cut = Array(packed[..<count])
            #expect(throws: DeflateError.truncated) { try coding.unpack(cut) }
        }
        var damaged = packed
        damaged[packed.count - 1] ^= 1
        #expect(throws: DeflateError.damaged) { try coding.unpack(damaged) }
        #expect(throws: DeflateError.damaged) {
            try coding.unpack(packed + [0])
        }
        #expect(throws: DeflateError.damaged) { try coding.unpack(Self.text) }
    }

    @Test func `gzip has its magic number and deflate is the zlib format`() throws {
        #expect(try Gzip.compress([1]).starts(with: [0x1f, 0x8b, 8]))
        #expect(try Gzip.decompress(Gzip.compress(Self.text), limit: Self.text.count) == Self.text)
        let packed = try ContentCoding.deflate.pack([1])
        #expect(packed.first == 0x78)
        #expect((Int(packed[0]) * 256 + Int(packed[1])).isMultiple(of: 31))
    }

    @Test func `a bomb costs no more memory than the limit`() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000), level: 9)
        #expect(bomb.count < 60_000)
        #expect(throws: DeflateError.limitExceeded(limit: 1_000)) { try Gzip.decompress(bomb, limit: 1_000) }
    }

    @Test func `a flushed piece ends with the empty block and inflates at once`() throws {
        let deflater = Deflater(format: .raw(windowBits: 15))
        let inflater = Inflater(format: .raw(windowBits: 15))
        for word in ["one", "two", "one two one two"] {
            var packed: [UInt8] = []
            try deflater.deflate(Array(word.utf8).span.bytes, flush: .sync, into: &packed)
            #expect(packed.suffix(4) == [0, 0, 0xff, 0xff])
            var output: [UInt8] = []
            for byte in packed { try inflater.inflate([byte].span.bytes, into: &output, limit: 100) }
            #expect(String(decoding: output, as: UTF8.self) == word)
            #expect(inflater.isBetweenBlocks)
            #expect(!inflater.isFinished)
        }
    }

    @Test func `data inside a block is not between blocks`() throws {
        let inflater = Inflater(format: .raw(windowBits: 15))
        #expect(inflater.isBetweenBlocks)
        var output: [UInt8] = []
        let start: [UInt8] = [0xf2, 0x48]
        try inflater.inflate(start.span.bytes, into: &output, limit: 100)
        #expect(!inflater.isBetweenBlocks)
        inflater.release()
        #expect(inflater.isBetweenBlocks)
    }

    @Test func `context is kept until a reset or a release`() throws {
        let deflater = Deflater(format: .raw(windowBits: 15))
        func pack() throws -> [UInt8] {
            var packed: [UInt8] = []
            try deflater.deflate(Array("the same words again".utf8).span.bytes, flush: .sync, into: &packed)
            return packed
        }
        let first = try pack()
        let second = try pack()
        #expect(second.count < first.count)
        deflater.reset()
        #expect(try pack() == first)
        deflater.release()
        #expect(try pack() == first)
        #expect(throws: DeflateError.damaged) { try Self.inflate(second, .raw(windowBits: 15)) }
    }

    @Test func `a small window cannot reach back further`() throws {
        let far = Self.text.prefix(100) + [UInt8](repeating: 0, count: 2_000) + Self.text.prefix(100)
        for bits in 9...15 {
            var packed: [UInt8] = []
            let deflater = Deflater(format: .raw(windowBits: bits), level: 9, memoryLevel: 9)
            try deflater.deflate(Array(far).span.bytes, flush: .finish, into: &packed)
            #expect(try Self.inflate(packed, .raw(windowBits: bits)) == Array(far))
        }
    }

    @Test func `a reused inflater starts anew after a release`() throws {
        let packed = try Gzip.compress(Self.text)
        let inflater = Inflater(format: .gzip)
        for _ in 0..<3 {
            var output: [UInt8] = []
            try inflater.inflate(packed.span.bytes, into: &output, limit: Self.text.count)
            #expect(inflater.isFinished)
            #expect(output == Self.text)
            inflater.release()
        }
    }
}
