/// Base 64 (RFC 4648 sections 4 and 5), strict: canonical padding bits, no white space.
public struct Base64: Sendable {
    private let encodeTable: [UInt8]
    private let decodeTable: [UInt8]
    private static let invalid: UInt8 = 0xff

    /// The alphabet with `+` and `/` (section 4).
    public static let standard = Base64(last: "+/")
    /// The alphabet with `-` and `_` (section 5).
    public static let urlSafe = Base64(last: "-_")

    private init(last: String) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last
        encodeTable = Array(letters.utf8)
        var table = [UInt8](repeating: Self.invalid, count: 256)
        for (value, letter) in encodeTable.enumerated() { table[Int(letter)] = UInt8(value) }
        decodeTable = table
    }

    public func encode(_ bytes: [UInt8], padding: Bool = true) -> String {
        var out: [UInt8] = []
        append(bytes.span.bytes, to: &out, padding: padding)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the text of `bytes` to `out`.
    public func append(_ bytes: RawSpan, to out: inout [UInt8], padding: Bool = true) {
        out.reserveCapacity(out.count + (bytes.byteCount + 2) / 3 * 4)
        bytes.withUnsafeBytes { source in
            var index = 0
            while index + 2 < source.count {
                appendGroup(source[index], source[index + 1], source[index + 2], letters: 4, to: &out)
                index += 3
            }
            switch source.count - index {
            case 1:
                appendGroup(source[index], 0, 0, letters: 2, to: &out)
                if padding { out.append(contentsOf: [0x3d, 0x3d]) }
            case 2:
                appendGroup(source[index], source[index + 1], 0, letters: 3, to: &out)
                if padding { out.append(0x3d) }
            default: break
            }
        }
    }

    private func appendGroup(_ a: UInt8, _ b: UInt8, _ c: UInt8, letters: Int, to out: inout [UInt8]) {
        let group = UInt32(a) << 16 | UInt32(b) << 8 | UInt32(c)
        for letter in 0..<letters { out.append(encodeTable[Int(group >> UInt32(18 - 6 * letter) & 63)]) }
    }

    /// What the padding of an input may be.
    public enum Padding: Sendable {
        /// `=` up to a multiple of four letters.
        case required
        /// No `=` at all.
        case forbidden
        /// Either of the two.
        case optional
    }

    public func decode(_ text: String, padding: Padding = .required) -> [UInt8]? {
        decode(Array(text.utf8).span.bytes, padding: padding)
    }

    /// The bytes, or `nil` for a letter outside the alphabet, wrong padding, or unused bits that are not zero.
    public func decode(_ text: RawSpan, padding: Padding = .required) -> [UInt8]? {
        text.withUnsafeBytes { source in
            var count = source.count
            var pads = 0
            while count > 0, pads < 2, source[count - 1] == 0x3d {
                count -= 1
                pads += 1
            }
            guard isAllowed(padding, letters: count, pads: pads) else { return nil }
            return decode(letters: UnsafeRawBufferPointer(rebasing: source[..<count]))
        }
    }

    private func isAllowed(_ padding: Padding, letters: Int, pads: Int) -> Bool {
        let isFull = (letters + pads).isMultiple(of: 4)
        switch padding {
        case .required: return isFull
        case .forbidden: return pads == 0 && letters % 4 != 1
        case .optional: return pads == 0 ? letters % 4 != 1 : isFull
        }
    }

    private func decode(letters: UnsafeRawBufferPointer) -> [UInt8]? {
        guard letters.count % 4 != 1 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(letters.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for letter in letters {
            let value = decodeTable[Int(letter)]
            guard value != Self.invalid else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: group >> bits))
                group &= (1 << bits) - 1
            }
        }
        return group == 0 ? out : nil
    }
}
