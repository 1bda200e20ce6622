import Bytes
import ParleyTesting
import Testing

@testable import Cryptography

@Suite("Sealed files")
struct SealedFileTests {
    private static let chunk = SealedFileFormat.chunkBytes
    private static let key = FernetKey(from: SeededRandom(seed: 5))
    private static let header = SealedFileFormat.headerBytes

    private static func seal(
        _ plain: [UInt8], key: FernetKey = key, seed: UInt64 = 9, pieces: Int = .max
    ) throws -> [UInt8] {
        var sealer = try FileSealer(key: key, random: SeededRandom(seed: seed))
        var sealed = sealer.header
        var place = 0
        while place < plain.count {
            let end = plain.count - place > pieces ? place + pieces : plain.count
            sealed += try sealer.push(Array(plain[place..<end]).span.bytes)
            place = end
        }
        return sealed + (try sealer.finish())
    }

    private static func open(_ sealed: [UInt8], key: FernetKey = key) throws -> [UInt8] {
        let opener = try FileOpener(
            key: key, header: Array(sealed.prefix(header)), sealedBytes: sealed.count)
        var plain: [UInt8] = []
        for index in 0..<opener.chunkCount {
            plain += try opener.open(Array(sealed[opener.sealedRange(ofChunk: index)]), chunk: index)
        }
        return plain
    }

    private static func plain(_ count: Int) -> [UInt8] { SeededRandom(seed: 3).bytes(count) }

    @Test func `any size comes back, however it was pushed`() throws {
        for count in [0, 1, 15, 16, 17, Self.chunk - 1, Self.chunk, Self.chunk + 1, 2 * Self.chunk, 3 * Self.chunk + 5]
        {
            let plain = Self.plain(count)
            let sealed = try Self.seal(plain)
            #expect(sealed.count == SealedFileFormat.sealedBytes(ofPlain: count))
            #expect(SealedFileFormat.plainBytes(ofSealed: sealed.count) == count)
            #expect(try Self.open(sealed) == plain)
            #expect(try Self.seal(plain, pieces: 4999) == sealed)
            #expect(try Self.seal(plain, pieces: Self.chunk) == sealed)
        }
        let small = Self.plain(100)
        #expect(try Self.seal(small, pieces: 1) == Self.seal(small))
    }

    @Test func `a file has the form that the description says`() throws {
        // Made by another program from the description: HKDF-SHA256, then AES-256-GCM.
        let key = try #require(FernetKey(bytes: (0..<32).map { UInt8($0) }))
        let salt = (32..<64).map { UInt8($0) }
        var sealer = try FileSealer(key: key, salt: salt)
        let body = try sealer.push(Array("attack at dawn".utf8).span.bytes) + sealer.finish()
        #expect(Hex.encode(SealedFileFormat.header(salt: salt)) == "50534601" + Hex.encode(salt))
        #expect(Hex.encode(body) == "a053545350a26d3d79b4119f3bbc7ae9b5a36d853ccc5604e31fd2cf11e2")
    }

    @Test func `keys are derived as RFC 5869 says`() throws {
        // Appendix A.1.
        let derived = try HKDF.derive(
            key: [UInt8](repeating: 0x0b, count: 22), salt: (0...12).map { UInt8($0) },
            label: (0xf0...0xf9).map { UInt8($0) }, count: 42)
        #expect(
            Hex.encode(derived)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        #expect(throws: CryptographyError.self) { try HKDF.derive(key: [1], salt: [], label: [], count: 8161) }
        #expect(throws: CryptographyError.self) { try HKDF.derive(key: [1], salt: [], label: [], count: 0) }
    }

    // MARK: Tampering

    @Test func `a changed bit is found in every part of a file`() throws {
        let plain = Self.plain(2 * Self.chunk + 40)
        let sealed = try Self.seal(plain)
        let second = Self.header + Self.chunk + 16
        let places =
            Array(0..<Self.header) + Array(Self.header..<Self.header + 20) + Array(second - 20..<second + 20)
            + Array(sealed.count - 60..<sealed.count)
        for place in places {
            var changed = sealed
            changed[place] ^= 1 << UInt8(place & 7)
            let expected: SealedFileError = place < 4 ? .notSealed : .notAuthentic
            #expect(throws: expected) { try Self.open(changed) }
        }
    }

    @Test func `a file that was cut off or made longer does not open`() throws {
        let sealed = try Self.seal(Self.plain(2 * Self.chunk + 40))
        let block = Self.chunk + 16
        for count in [
            0, 3, Self.header - 1, Self.header, Self.header + 15, Self.header + 16, Self.header + 100,
            Self.header + block, Self.header + 2 * block, sealed.count - 1,
        ] {
            #expect(throws: SealedFileError.self) { try Self.open(Array(sealed[..<count])) }
        }
        #expect(throws: SealedFileError.notAuthentic) { try Self.open(sealed + [0]) }
        #expect(throws: SealedFileError.notAuthentic) { try Self.open(sealed + sealed[(Self.header + 2 * block)...]) }
        // At the end of a chunk, too.
        let whole = try Self.seal(Self.plain(2 * Self.chunk))
        #expect(throws: SealedFileError.notAuthentic) { try Self.open(Array(whole[..<(Self.header + block)])) }
        #expect(throws: SealedFileError.notAuthentic) { try Self.open(whole + whole[(Self.header + block)...]) }
    }

    @Test func `chunks open at their own place in their own file only`() throws {
        let plain = Self.plain(3 * Self.chunk)
        let (one, other) = (try Self.seal(plain), try Self.seal(plain, seed: 10))
        let block = Self.chunk + 16
        func chunk(_ index: Int, _ file: [UInt8]) -> ArraySlice<UInt8> {
            file[(Self.header + index * block)..<(Self.header + (index + 1) * block)]
        }
        let header = one[..<Self.header]
        for file in [
            header + chunk(1, one) + chunk(0, one) + chunk(2, one),
            header + chunk(0, one) + chunk(0, one) + chunk(2, one),
            header + chunk(0, one) + chunk(1, other) + chunk(2, one), header + chunk(0, one) + chunk(2, one),
            other[..<Self.header] + one[Self.header...],
        ] {
            #expect(throws: SealedFileError.notAuthentic) { try Self.open(Array(file)) }
        }
    }

    @Test func `another key opens nothing, and another version is not tried`() throws {
        var sealed = try Self.seal(Self.plain(10))
        #expect(throws: SealedFileError.notAuthentic) { try Self.open(sealed, key: FernetKey(from: SeededRandom())) }
        sealed[3] = 2
        #expect(throws: SealedFileError.notSealed) { try Self.open(sealed) }
    }

    @Test func `two files of the same content have nothing in common`() throws {
        var first = try FileSealer(key: Self.key)
        var second = try FileSealer(key: Self.key)
        let plain = Self.plain(100)
        #expect(first.header != second.header)
        let one = try first.push(plain.span.bytes) + first.finish()
        #expect(try one != second.push(plain.span.bytes) + second.finish())
    }

    // MARK: Parts

    @Test func `a part of a file needs no chunks but its own`() throws {
        let plain = Self.plain(3 * Self.chunk + 10)
        let sealed = try Self.seal(plain)
        let opener = try FileOpener(key: Self.key, header: Array(sealed.prefix(Self.header)), sealedBytes: sealed.count)
        #expect(opener.plainBytes == plain.count && opener.chunkCount == 4)
        for range in [
            0..<1, 0..<Self.chunk, Self.chunk - 1..<Self.chunk + 1, Self.chunk..<2 * Self.chunk, 5..<plain.count,
            plain.count - 1..<plain.count,
        ] {
            let chunks = opener.chunks(of: range)
            var part: [UInt8] = []
            for chunk in chunks {
                part += try opener.open(Array(sealed[chunk.sealed]), chunk: chunk.index)[chunk.wanted]
            }
            #expect(part == Array(plain[range]))
            #expect(chunks.map(\.index) == Array(range.lowerBound / Self.chunk...(range.upperBound - 1) / Self.chunk))
        }
        #expect(opener.chunks(of: plain.count..<plain.count + 5).isEmpty && opener.chunks(of: 7..<7).isEmpty)
        #expect(opener.chunks(of: plain.count - 1..<Int.max).count == 1)
        let last = Array(sealed[opener.sealedRange(ofChunk: 3)])
        for index in [-1, 0, 2, 4] {
            #expect(throws: SealedFileError.notAuthentic) { try opener.open(last, chunk: index) }
        }
    }

    @Test func `sizes that no sealed file has are refused`() {
        let block = Self.chunk + 16
        let impossible = [Int.min, 0, Self.header, Self.header + 15, Self.header + block + 16, Int.max]
        #expect(impossible.allSatisfy { SealedFileFormat.plainBytes(ofSealed: $0) == nil })
        #expect(SealedFileFormat.plainBytes(ofSealed: Self.header + block + 17) == Self.chunk + 1)
    }
}
