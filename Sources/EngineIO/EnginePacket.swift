import Bytes

/// The packet types of both revisions; the raw value is the digit on the wire.
public enum EnginePacketType: UInt8, Sendable {
    case open = 0
    case close = 1
    case ping = 2
    case pong = 3
    case message = 4
    case upgrade = 5
    case noop = 6

    /// The type as the first character of a text packet.
    public var digit: UInt8 { 0x30 + rawValue }

    /// The type of this digit, or `nil`.
    public init?(digit: UInt8) { self.init(rawValue: digit &- 0x30) }
}

/// One packet found in a payload. Its content stays where it is: ranges are byte ranges of the payload.
public struct EnginePacket: Equatable, Sendable {
    /// What the packet is.
    public var type: EnginePacketType
    /// What it carries.
    public var content: Content

    /// The content: where it is in the payload that was read, or decoded.
    public enum Content: Equatable, Sendable {
        /// Valid UTF-8.
        case text(Range<Int>)
        /// Any bytes.
        case binary(Range<Int>)
        /// Binary content that came as base64.
        case decoded([UInt8])
    }

    /// A packet of a payload.
    public init(_ type: EnginePacketType, _ content: Content) {
        self.type = type
        self.content = content
    }
}

/// Why bytes from a client are no packets.
public enum EngineProtocolError: Error, Equatable, Sendable {
    /// A packet without a type, or a body without a packet.
    case emptyPacket
    /// The first character is none of the types.
    case unknownPacketType
    /// Binary content whose base 64 is wrong.
    case invalidBase64
    /// A length that is not a number, is not followed by its delimiter, or ends inside a character.
    case invalidLength
    /// A length that reaches past the end of the payload.
    case truncated
    /// Text that is not UTF-8.
    case invalidUTF8
    /// The form of a JSONP request has no field `d`, or one that is not percent-encoded.
    case invalidForm
    /// A payload with more packets than `EngineOptions.maxPacketsPerPayload`.
    case tooManyPackets(limit: Int)
}

extension EngineProtocolError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyPacket: "Begin each packet with its type."
        case .unknownPacketType: "Begin each packet with a type from 0 to 6, or with b for binary content."
        case .invalidBase64: "Send binary packets as base64 with the standard alphabet."
        case .invalidLength: "Give each packet's length in digits, in UTF-16 code units."
        case .truncated: "Send as many bytes as the packet's length says."
        case .invalidUTF8: "Send text as UTF-8."
        case .invalidForm: "Send the payload in the form field d."
        case .tooManyPackets(let limit): "Send at most \(limit) packets in one payload."
        }
    }
}

extension EnginePacket {
    /// The packet whose text is at `range` of `payload`: a digit and the content, or `b` and base64.
    ///
    /// Revision 3 has a type digit behind the `b`; it can only be that of a message.
    static func parse(
        _ payload: RawSpan, in range: Range<Int>, revision: EngineRevision
    ) throws(EngineProtocolError) -> EnginePacket {
        guard let first = range.first else { throw .emptyPacket }
        let byte = payload.byte(at: first)
        if let type = EnginePacketType(digit: byte) { return EnginePacket(type, .text(first + 1..<range.upperBound)) }
        guard byte == UInt8(ascii: "b") else { throw .unknownPacketType }
        var start = first + 1
        if revision == .v3 {
            guard start < range.upperBound else { throw .emptyPacket }
            guard payload.byte(at: start) == EnginePacketType.message.digit else { throw .unknownPacketType }
            start += 1
        }
        guard let bytes = Base64.standard.decode(payload.extracting(start..<range.upperBound), padding: .optional)
        else {
            throw .invalidBase64
        }
        return EnginePacket(.message, .decoded(bytes))
    }
}
