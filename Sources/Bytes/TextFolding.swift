@_spi(_Unicode) import Swift

/// Texts without upper and lower case and without accents, as a search compares them.
///
/// Letters of the scripts below U+2000 lose their case, and the marks of the block Combining Diacritical Marks; all others
/// stay as they are.
public enum TextFolding {
    /// What `text` becomes.
    public static func folded(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        fold(bytes.span.bytes, into: &out)
        return out
    }

    /// Puts what `text` becomes in the place of `out`.
    public static func fold(_ text: RawSpan, into out: inout [UInt8]) {
        let room = 2 * text.byteCount + 8
        if out.count < room { out = [UInt8](repeating: 0, count: 2 * room) }
        let count = out.withUnsafeMutableBufferPointer { target in
            text.withUnsafeBytes { fold($0, into: target) }
        }
        out.removeLast(out.count - count)
    }

    /// The same into a buffer of twice the length and some bytes more; gives the length. What is no UTF-8 stays as it is.
    static func fold(_ text: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var (index, count) = (0, 0)
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                // The capital letters are 26 from 0x41 on.
                out[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                index += 1
                count += 1
                continue
            }
            let length = byte < 0xe0 ? 2 : 3
            guard byte >= 0xc2, byte <= 0xe1, index + length <= text.count,
                let form = form(of: text, at: index, length: length)
            else {
                out[count] = byte
                index += 1
                count += 1
                continue
            }
            index += length
            count = append(form, to: out, at: count)
        }
        return count
    }

    /// Up to three bytes, and in the highest one how many they are.
    private static func form(of text: UnsafeRawBufferPointer, at index: Int, length: Int) -> UInt32? {
        let (second, third) = (text[index + 1], length == 3 ? text[index + 2] : 0x80)
        guard second & 0xc0 == 0x80, third & 0xc0 == 0x80 else { return nil }
        let scalar =
            length == 2
            ? UInt32(text[index] & 0x1f) << 6 | UInt32(second & 0x3f)
            : UInt32(text[index] & 0x0f) << 12 | UInt32(second & 0x3f) << 6 | UInt32(third & 0x3f)
        guard scalar >= 0x80, scalar < end else { return nil }
        return forms[Int(scalar)]
    }

    private static func append(_ form: UInt32, to out: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        let length = Int(form >> 24)
        if length > 0 { out[start] = UInt8(truncatingIfNeeded: form) }
        if length > 1 { out[start + 1] = UInt8(truncatingIfNeeded: form >> 8) }
        if length > 2 { out[start + 2] = UInt8(truncatingIfNeeded: form >> 16) }
        return start + length
    }

    private static let end: UInt32 = 0x2000

    /// By the scalar, what becomes of it.
    private static let forms: [UInt32] = (0..<end).map { number in
        guard let scalar = Unicode.Scalar(number) else { return 0 }
        var bytes: [UInt8] = []
        for part in String(Character(scalar))._nfd where !(0x300...0x36f).contains(part.value) {
            for lower in part.properties.lowercaseMapping.unicodeScalars where !(0x300...0x36f).contains(lower.value) {
                bytes.append(contentsOf: String(Character(lower)).utf8)
            }
        }
        // What would become longer is compared as it is.
        if bytes.count > 3 { bytes = Array(String(Character(scalar)).utf8) }
        let packed = bytes.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        return packed | UInt32(bytes.count) << 24
    }
}
