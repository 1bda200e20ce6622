import Bytes

extension JSONPrinter {
    /// Appends `string` as a JSON string with its quotes. Only what must be escaped is: quote, backslash, controls.
    public static func append(string: String, to text: inout [UInt8]) {
        var string = string
        string.makeContiguousUTF8()
        unsafe append(content: string.utf8.span.bytes, to: &text)
    }

    /// The same for text that is known to be UTF-8.
    public static func append(content: RawSpan, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + content.byteCount + 2)
        text.append(UInt8(ascii: "\""))
        var run = 0
        for index in 0..<content.byteCount {
            let byte = content.byte(at: index)
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            text.append(contentsOf: content.extracting(run..<index))
            appendEscape(of: byte, to: &text)
            run = index + 1
        }
        text.append(contentsOf: content.extracting(run..<content.byteCount))
        text.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(of byte: UInt8, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: text.append(UInt8(ascii: "b"))
        case 0x09: text.append(UInt8(ascii: "t"))
        case 0x0a: text.append(UInt8(ascii: "n"))
        case 0x0c: text.append(UInt8(ascii: "f"))
        case 0x0d: text.append(UInt8(ascii: "r"))
        case 0..<0x20: text.append(contentsOf: "u00\(Hex.encode(CollectionOfOne(byte)))".utf8)
        default: text.append(byte)
        }
    }
}
