import Bytes

/// Reads the packets of a POST body one after another.
///
/// Give the same body to each call of `next`; a packet's ranges are ranges of it. After an error the reader is done.
public struct EnginePayloadReader: Sendable {
    /// The three forms of a body. A JSONP body is first turned into text by `EngineJSONP.payload(of:)`.
    public enum Form: Sendable {
        /// Revision 4: packets with 0x1e between them.
        case separated
        /// Revision 3: `<length>:<packet>`, lengths in UTF-16 code units.
        case counted
        /// Revision 3, `application/octet-stream`: marker, length digits as bytes, 0xff, packet.
        case binary
    }

    let form: Form
    private let maxPackets: Int
    private var packets = 0
    var position = 0
    /// Whether a packet must follow: at the start, and behind a separator.
    private var isDue = true

    /// - Parameter maxPackets: what `EngineOptions.maxPacketsPerPayload` says.
    public init(form: Form, maxPackets: Int) {
        self.form = form
        self.maxPackets = maxPackets
    }

    /// The next packet, or `nil` at the end of the body.
    public mutating func next(in body: RawSpan) throws(EngineProtocolError) -> EnginePacket? {
        if position == 0 && form != .binary {
            guard UTF8Validator.isValid(body) else { throw .invalidUTF8 }
        }
        if position == 0 && body.byteCount == 0 { throw .emptyPacket }
        while form == .separated ? isDue : position < body.byteCount {
            guard packets < maxPackets else { throw .tooManyPackets(limit: maxPackets) }
            packets += 1
            switch form {
            case .separated: return try separatedPacket(in: body)
            case .counted:
                // An empty payload is written `0:`.
                if let packet = try countedPacket(in: body) { return packet }
            case .binary: return try binaryPacket(in: body)
            }
        }
        return nil
    }

    private mutating func separatedPacket(in body: RawSpan) throws(EngineProtocolError) -> EnginePacket {
        let start = position
        while position < body.byteCount, body.byte(at: position) != EnginePayloadWriter.separator { position += 1 }
        let end = position
        isDue = end < body.byteCount
        if isDue { position += 1 }
        return try EnginePacket.parse(body, in: start..<end, revision: .v4)
    }
}

extension EnginePayloadReader {
    /// The most digits of a length: enough for any payload, too few to overflow.
    private static let maxLengthDigits = 10

    private mutating func countedPacket(in body: RawSpan) throws(EngineProtocolError) -> EnginePacket? {
        let units = try length(in: body, digitZero: 0x30, delimiter: UInt8(ascii: ":"))
        let start = position
        try skip(utf16Units: units, in: body)
        return start == position ? nil : try EnginePacket.parse(body, in: start..<position, revision: .v3)
    }

    private mutating func binaryPacket(in body: RawSpan) throws(EngineProtocolError) -> EnginePacket {
        let marker = body.byte(at: position)
        guard marker <= 1 else { throw .unknownPacketType }
        position += 1
        let count = try length(in: body, digitZero: 0, delimiter: 0xff)
        guard count <= body.byteCount - position else { throw .truncated }
        let range = position..<position + count
        position += count
        if marker == 1 {
            guard count > 0 else { throw .emptyPacket }
            guard let type = EnginePacketType(rawValue: body.byte(at: range.lowerBound)) else {
                throw .unknownPacketType
            }
            return EnginePacket(type, .binary(range.lowerBound + 1..<range.upperBound))
        }
        guard UTF8Validator.isValid(body.extracting(range)) else { throw .invalidUTF8 }
        return try EnginePacket.parse(body, in: range, revision: .v3)
    }

    /// Reads digits up to and over the delimiter.
    private mutating func length(
        in body: RawSpan, digitZero: UInt8, delimiter: UInt8
    ) throws(EngineProtocolError) -> Int {
        var value = 0
        for count in 0...Self.maxLengthDigits {
            guard position < body.byteCount else { throw .truncated }
            let byte = body.byte(at: position)
            position += 1
            if byte == delimiter && count > 0 { return value }
            guard byte &- digitZero < 10 else { throw .invalidLength }
            value = value * 10 + Int(byte &- digitZero)
        }
        throw .invalidLength
    }

    private mutating func skip(utf16Units units: Int, in body: RawSpan) throws(EngineProtocolError) {
        var left = units
        while left > 0 {
            guard position < body.byteCount else { throw .truncated }
            // The body is valid UTF-8, so the lead byte tells the length; only four bytes make two code units.
            let lead = body.byte(at: position)
            left -= lead >= 0xf0 ? 2 : 1
            position += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
        }
        guard left == 0 else { throw .invalidLength }
    }
}
