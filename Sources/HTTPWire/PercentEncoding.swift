import Bytes

/// Percent-encoding (RFC 3986 section 2.1).
public enum PercentEncoding {
    /// The text, or `nil` for a `%` without two hexadecimal digits or for bytes that are not UTF-8.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case .percent:
                guard let first = iterator.next(), let second = iterator.next(), let high = Hex.value(of: first),
                    let low = Hex.value(of: second)
                else { return nil }
                bytes.append(high << 4 | low)
            case 0x2b where plusIsSpace: bytes.append(.space)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The text with all but unreserved characters encoded: fit for a path segment and for a parameter alike.
    public static func encode(_ text: some StringProtocol) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            if ASCIISet.unreserved.contains(byte) {
                out.append(byte)
            } else {
                out.append(.percent)
                out.append(digit(byte >> 4))
                out.append(digit(byte & 15))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
