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

    /// The text of `bytes`.
    public func encode(_ bytes: [UInt8], padding: Bool = true) -> String {
        var out: [UInt8] = []
        append(bytes.span.bytes, to: &out, padding: padding)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the text of `bytes` to `out`.
    public func append(_ bytes: RawSpan, to out: inout [UInt8], padding: Bool = true) {
        let text = [UInt8](unsafeUninitializedCapacity: (bytes.byteCount + 2) / 3 * 4) { target, count in
            count = bytes.withUnsafeBytes { write($0, to: target, padding: padding) }
        }
        if out.isEmpty { out = text } else { out.append(contentsOf: text) }
    }

    /// Writes the text of `source` to the start of `target`, which has room for it, and gives its length.
    private func write(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<UInt8>, padding: Bool
    ) -> Int {
        encodeTable.withUnsafeBufferPointer { table in
            func letter(_ group: UInt32, _ shift: UInt32) -> UInt8 { table[Int(group >> shift & 63)] }
            var index = 0
            var end = 0
            while index < source.count {
                let left = source.count - index
                var group = UInt32(source[index]) << 16
                if left > 1 { group |= UInt32(source[index + 1]) << 8 }
                if left > 2 { group |= UInt32(source[index + 2]) }
                target[end] = letter(group, 18)
                target[end + 1] = letter(group, 12)
                if left > 1 { target[end + 2] = letter(group, 6) } else if padding { target[end + 2] = 0x3d }
                if left > 2 { target[end + 3] = letter(group, 0) } else if padding { target[end + 3] = 0x3d }
                index += 3
                end += padding || left > 2 ? 4 : left + 1
            }
            return end
        }
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

    /// The bytes of a text, or `nil` where it is none; see `decode(_: RawSpan)`.
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
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: letters.count / 4 * 3 + 2) { target, count in
            decodeTable.withUnsafeBufferPointer { table in
                var group: UInt32 = 0
                var bits: UInt32 = 0
                var seen: UInt8 = 0
                for letter in letters {
                    let value = table[Int(letter)]
                    seen |= value
                    group = group << 6 | UInt32(value & 63)
                    bits += 6
                    if bits >= 8 {
                        bits -= 8
                        target[count] = UInt8(truncatingIfNeeded: group >> bits)
                        count += 1
                        group &= (1 << bits) - 1
                    }
                }
                // A value has six bits; the mark of a letter outside the alphabet has all eight.
                isValid = seen & 0x80 == 0 && group == 0
            }
        }
        return isValid ? bytes : nil
    }
}
