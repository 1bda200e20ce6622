import Bytes
import JSON

/// Writes values in the MessagePack format (msgpack.org, "Formats").
enum MessagePackWriter {
    static func append(_ value: JSONValue, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(0xc0)
        case .bool(let value): out.append(value ? 0xc3 : 0xc2)
        case .integer(let value): append(integer: value, to: &out)
        case .double(let value):
            out.append(0xcb)
            out.append(bigEndian: value.bitPattern)
        case .string(let text): append(string: text, to: &out)
        case .bytes(let bytes): append(bytes, to: &out)
        case .array(let elements):
            appendHeader(elements.count, fix: 0x90, fixLimit: 16, wide: 0xdc, to: &out)
            for element in elements { append(element, to: &out) }
        case .object(let members):
            appendHeader(members.count, fix: 0x80, fixLimit: 16, wide: 0xde, to: &out)
            for member in members {
                append(string: member.name, to: &out)
                append(member.value, to: &out)
            }
        }
    }

    static func append(integer value: Int64, to out: inout [UInt8]) {
        switch value {
        case 0..<128: out.append(UInt8(value))
        case -32..<0: out.append(UInt8(bitPattern: Int8(value)))
        case 128..<256: out.append(contentsOf: [0xcc, UInt8(value)])
        case Int64(Int16.min)..<Int64(Int16.max) + 1:
            out.append(0xd1)
            out.append(bigEndian: Int16(value))
        case Int64(Int32.min)..<Int64(Int32.max) + 1:
            out.append(0xd2)
            out.append(bigEndian: Int32(value))
        default:
            out.append(0xd3)
            out.append(bigEndian: value)
        }
    }

    static func append(string text: String, to out: inout [UInt8]) {
        let count = text.utf8.count
        if count < 32 {
            out.append(0xa0 | UInt8(count))
        } else if count < 256 {
            out.append(contentsOf: [0xd9, UInt8(count)])
        } else {
            appendHeader(count, fix: 0, fixLimit: 0, wide: 0xda, to: &out)
        }
        out.append(contentsOf: text.utf8)
    }

    private static func append(_ bytes: [UInt8], to out: inout [UInt8]) {
        if bytes.count < 256 {
            out.append(contentsOf: [0xc4, UInt8(bytes.count)])
        } else {
            appendHeader(bytes.count, fix: 0, fixLimit: 0, wide: 0xc5, to: &out)
        }
        out.append(contentsOf: bytes)
    }

    /// A count in the first form that holds it: in the type's byte, in 16 bits, in 32 bits. A message has fewer than
    /// 2^32.
    private static func appendHeader(_ count: Int, fix: UInt8, fixLimit: Int, wide: UInt8, to out: inout [UInt8]) {
        if count < fixLimit {
            out.append(fix | UInt8(count))
        } else if count < 1 << 16 {
            out.append(wide)
            out.append(bigEndian: UInt16(count))
        } else {
            out.append(wide + 1)
            out.append(bigEndian: UInt32(clamping: count))
        }
    }
}
