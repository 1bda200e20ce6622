import Bytes

/// Writes packets as the body of a poll's answer.
enum EnginePayloadWriter {
    /// Between two packets of revision 4.
    static let separator: UInt8 = 0x1e

    /// The body for all `items`, in order, and its media type.
    ///
    /// Revision 3 has two forms: text with counted lengths, and a binary one that is used only where there is binary
    /// content and the client takes it as it is.
    static func payload(
        of items: [EngineOutgoing], revision: EngineRevision, supportsBinary: Bool
    ) -> (body: [UInt8], contentType: String) {
        var body: [UInt8] = []
        body.reserveCapacity(items.reduce(0) { $0 + $1.cost })
        if revision == .v4 {
            for item in items { appendSeparated(item, to: &body) }
            return (body, EngineResponse.text)
        }
        let isBinary = supportsBinary && items.contains { $0.hasBinary }
        for item in items {
            if isBinary { appendBinary(item, to: &body) } else { appendCounted(item, to: &body) }
        }
        return (body, isBinary ? EngineResponse.octets : EngineResponse.text)
    }

    // MARK: Revision 4

    private static func appendSeparated(_ item: EngineOutgoing, to body: inout [UInt8]) {
        switch item {
        case .control(let packet): appendSeparated(text: unsafe packet.span.bytes, type: nil, to: &body)
        case .text(let text): appendSeparated(text: text.bytes, type: .message, to: &body)
        case .message(let message):
            if let text = message.text { appendSeparated(text: text.bytes, type: .message, to: &body) }
            for binary in message.binaries {
                if !body.isEmpty { body.append(separator) }
                body.append(UInt8(ascii: "b"))
                Base64.standard.append(binary.bytes, to: &body)
            }
        }
    }

    private static func appendSeparated(text: RawSpan, type: EnginePacketType?, to body: inout [UInt8]) {
        if !body.isEmpty { body.append(separator) }
        if let type { body.append(type.digit) }
        body.append(contentsOf: text)
    }

    // MARK: Revision 3, text

    private static func appendCounted(_ item: EngineOutgoing, to body: inout [UInt8]) {
        switch item {
        case .control(let packet):
            appendLength(utf16Length(of: unsafe packet.span.bytes), to: &body)
            body.append(contentsOf: packet)
        case .text(let text): appendCounted(message: text.bytes, to: &body)
        case .message(let message):
            if let text = message.text { appendCounted(message: text.bytes, to: &body) }
            for binary in message.binaries {
                appendLength(2 + (binary.count + 2) / 3 * 4, to: &body)
                body.append(contentsOf: [UInt8(ascii: "b"), EnginePacketType.message.digit])
                Base64.standard.append(binary.bytes, to: &body)
            }
        }
    }

    private static func appendCounted(message: RawSpan, to body: inout [UInt8]) {
        appendLength(1 + utf16Length(of: message), to: &body)
        body.append(EnginePacketType.message.digit)
        body.append(contentsOf: message)
    }

    private static func appendLength(_ length: Int, to body: inout [UInt8]) {
        body.append(decimal: length)
        body.append(UInt8(ascii: ":"))
    }

    /// How many UTF-16 code units a text of valid UTF-8 has.
    private static func utf16Length(of text: RawSpan) -> Int {
        var units = 0
        for index in 0..<text.byteCount {
            let byte = text.byte(at: index)
            if byte & 0xc0 != 0x80 { units += byte >= 0xf0 ? 2 : 1 }
        }
        return units
    }

    // MARK: Revision 3, binary

    private static func appendBinary(_ item: EngineOutgoing, to body: inout [UInt8]) {
        switch item {
        case .control(let packet):
            appendBinaryHeader(marker: 0, count: packet.count, to: &body)
            body.append(contentsOf: packet)
        case .text(let text): appendBinary(message: text.bytes, to: &body)
        case .message(let message):
            if let text = message.text { appendBinary(message: text.bytes, to: &body) }
            for binary in message.binaries {
                appendBinaryHeader(marker: 1, count: 1 + binary.count, to: &body)
                body.append(EnginePacketType.message.rawValue)
                body.append(contentsOf: binary.bytes)
            }
        }
    }

    private static func appendBinary(message: RawSpan, to body: inout [UInt8]) {
        appendBinaryHeader(marker: 0, count: 1 + message.byteCount, to: &body)
        body.append(EnginePacketType.message.digit)
        body.append(contentsOf: message)
    }

    private static func appendBinaryHeader(marker: UInt8, count: Int, to body: inout [UInt8]) {
        body.append(marker)
        body.append(contentsOf: String(count).utf8.map { $0 - 0x30 })
        body.append(0xff)
    }
}

extension EngineOutgoing {
    fileprivate var hasBinary: Bool {
        guard case .message(let message) = self else { return false }
        return !message.binaries.isEmpty
    }

    /// Whether the content is worth compressing and may be.
    var mayCompress: Bool {
        switch self {
        case .message(let message): message.flags.mayCompress
        case .text: true
        case .control: false
        }
    }
}
