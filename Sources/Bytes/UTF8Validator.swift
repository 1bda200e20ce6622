/// Checks UTF-8 (RFC 3629) piece by piece: no overlong forms, no surrogates, nothing above U+10FFFF.
///
/// A fault is found at the first byte that no valid text could have there (what RFC 6455 section 8.1 wants of a fast
/// failure).
public struct UTF8Validator: Sendable {
    /// Continuation bytes still owed, and the range that the next of them must lie in.
    private var owed = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xbf

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
                    index = Self.skipASCII(source, from: index)
                    if index == source.count { return true }
                }
                guard accept(source[index]) else { return false }
                index += 1
            }
            return true
        }
    }

    private static func skipASCII(_ source: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= source.count {
            let word = source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < source.count, source[index] < 0x80 { index += 1 }
        return index
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
