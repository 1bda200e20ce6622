import Bytes

/// Percent-encoding (RFC 3986 section 2.1).
public enum PercentEncoding {
    /// The text, or `nil` for a `%` without two hexadecimal digits or for bytes that are not UTF-8.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        decode(bytes: Array(text.utf8)[...], plusIsSpace: plusIsSpace)
    }

    static func decode(bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        // Most texts hold nothing to decode, and are then copied once.
        guard bytes.contains(where: { $0 == .percent || $0 == .plus }) else {
            return String(validating: bytes, as: UTF8.self)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == .percent {
                guard index + 1 < bytes.endIndex, let high = Hex.value(of: bytes[index]),
                    let low = Hex.value(of: bytes[index + 1])
                else { return nil }
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(byte == .plus && plusIsSpace ? .space : byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
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
