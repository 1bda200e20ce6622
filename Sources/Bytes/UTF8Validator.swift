/// Checks UTF-8 (RFC 3629) piece by piece: no overlong forms, no surrogates, nothing above U+10FFFF.
///
/// A fault is found at the first byte that no valid text could have there (what RFC 6455 section 8.1 wants of a fast
/// failure).
public struct UTF8Validator: Sendable {
    /// Continuation bytes still owed, and the range that the next of them must lie in.
    private var owed = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xbf

    /// A validator at the start of a text.
    public init() {}

    /// Whether the text so far ends between two characters.
    public var isComplete: Bool { owed == 0 }

    /// Whether all of `bytes` is valid UTF-8.
    public static func isValid(_ bytes: RawSpan) -> Bool {
        var validator = UTF8Validator()
        return validator.accept(bytes) && validator.isComplete
    }

    /// Takes the next piece; `false` once the text can no longer be valid.
    public mutating func accept(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { source in
            var index = 0
            while index < source.count {
                if owed == 0 {
                    index = Self.skipWhole(source, from: index)
                    if index == source.count { return true }
                }
                // A character that is cut off, or a fault: the slow way tells which.
                guard accept(source[index]) else { return false }
                index += 1
            }
            return true
        }
    }

    /// Skips valid characters that lie in `source` as a whole.
    private static func skipWhole(_ source: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while true {
            index = skipASCII(source, from: index)
            repeat {
                let length = wholeCharacter(source, at: index)
                if length == 0 { return index }
                index &+= length
            } while index < source.count && source[index] >= 0x80
        }
    }

    private static func skipASCII(_ source: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { return index &+ high.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < source.count, source[index] < 0x80 { index &+= 1 }
        return index
    }

    /// The length of the valid character of two to four bytes at `index`; 0 where there is none.
    @inline(__always)
    private static func wholeCharacter(_ source: UnsafeRawBufferPointer, at index: Int) -> Int {
        let left = source.count &- index
        guard left >= 2 else { return 0 }
        let first = source[index]
        let second = source[index &+ 1]
        guard second & 0xc0 == 0x80 else { return 0 }
        switch first {
        case 0xc2...0xdf: return 2
        case 0xe0...0xef:
            guard left >= 3, source[index &+ 2] & 0xc0 == 0x80 else { return 0 }
            let isShortest = first != 0xe0 || second >= 0xa0
            let isNoSurrogate = first != 0xed || second <= 0x9f
            return isShortest && isNoSurrogate ? 3 : 0
        case 0xf0...0xf4:
            guard left >= 4, source[index &+ 2] & 0xc0 == 0x80, source[index &+ 3] & 0xc0 == 0x80 else { return 0 }
            let isShortest = first != 0xf0 || second >= 0x90
            let isInRange = first != 0xf4 || second <= 0x8f
            return isShortest && isInRange ? 4 : 0
        default: return 0
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        if owed > 0 {
            guard byte >= lowest && byte <= highest else { return false }
            owed -= 1
            lowest = 0x80
            highest = 0xbf
            return true
        }
        switch byte {
        case 0x00...0x7f: break
        case 0xc2...0xdf: expect(1)
        case 0xe0: expect(2, lowest: 0xa0)
        case 0xed: expect(2, highest: 0x9f)
        case 0xe1...0xef: expect(2)
        case 0xf0: expect(3, lowest: 0x90)
        case 0xf4: expect(3, highest: 0x8f)
        case 0xf1...0xf3: expect(3)
        default: return false
        }
        return true
    }

    private mutating func expect(_ count: Int, lowest: UInt8 = 0x80, highest: UInt8 = 0xbf) {
        owed = count
        self.lowest = lowest
        self.highest = highest
    }
}
