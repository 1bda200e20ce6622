import Bytes

/// SHA-1 (RFC 3174), only for the accept key of a handshake: it protects nothing there.
struct SHA1 {
    private var a: UInt32 = 0x6745_2301
    private var b: UInt32 = 0xefcd_ab89
    private var c: UInt32 = 0x98ba_dcfe
    private var d: UInt32 = 0x1032_5476
    private var e: UInt32 = 0xc3d2_e1f0

    private init() {}

    /// The 20 bytes of the digest.
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var state = SHA1()
        var words = [UInt32](repeating: 0, count: 80)
        let padded = pad(message)
        for start in stride(from: 0, to: padded.count, by: 64) {
            expand(padded.span, from: start, into: &words)
            state.mix(words.span)
        }
        var digest: [UInt8] = []
        digest.reserveCapacity(20)
        for word in [state.a, state.b, state.c, state.d, state.e] { digest.append(bigEndian: word) }
        return digest
    }

    /// One bit, zeros up to 8 bytes before the end of a block, and the length in bits.
    private static func pad(_ message: [UInt8]) -> [UInt8] {
        var padded: [UInt8] = []
        padded.reserveCapacity(message.count + 72)
        padded.append(contentsOf: message)
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        padded.append(bigEndian: UInt64(message.count) &* 8)
        return padded
    }

    /// The 80 words of the block at `start`.
    private static func expand(_ bytes: Span<UInt8>, from start: Int, into words: inout [UInt32]) {
        var words = words.mutableSpan
        for index in 0..<16 {
            let at = start + index * 4
            words[index] =
                UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
                | UInt32(bytes[at + 3])
        }
        for index in 16..<80 {
            let word = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
            words[index] = Self.rotate(word, 1)
        }
    }

    private mutating func mix(_ words: Span<UInt32>) {
        let before = self
        for index in 0..<20 { step(b & c | ~b & d, 0x5a82_7999 &+ words[index]) }
        for index in 20..<40 { step(b ^ c ^ d, 0x6ed9_eba1 &+ words[index]) }
        for index in 40..<60 { step(b & c | b & d | c & d, 0x8f1b_bcdc &+ words[index]) }
        for index in 60..<80 { step(b ^ c ^ d, 0xca62_c1d6 &+ words[index]) }
        a &+= before.a
        b &+= before.b
        c &+= before.c
        d &+= before.d
        e &+= before.e
    }

    @inline(__always)
    private mutating func step(_ function: UInt32, _ word: UInt32) {
        let next = Self.rotate(a, 5) &+ function &+ e &+ word
        (a, b, c, d, e) = (next, a, Self.rotate(b, 30), c, d)
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
