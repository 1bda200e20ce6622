import Bytes

/// What stands before the JSON of a packet: `<type>[<attachments>-][<namespace>,][<ack id>]` (Socket.IO protocol 5).
///
/// The JSON itself is not looked at. Every number is read without overflow.
public struct PacketHeader: Equatable, Sendable {
    /// The first character.
    public var type: PacketType
    /// How many binary messages follow; 0 for packets without.
    public var attachmentCount: Int
    /// The bytes of the namespace's name; empty where it was left out, which means `/`.
    public var namespace: Range<Int>
    /// The id that an answer refers to. Digits beyond 64 bits stop at the largest value, as they lose precision in
    /// JavaScript.
    public var id: UInt64?
    /// Where the JSON stands; empty where there is none.
    public var payload: Range<Int>

    /// Reads the header of a packet.
    ///
    /// - Throws: `PacketError` for what is no header, or announces more attachments than allowed.
    public init(_ text: RawSpan, maxAttachments: Int) throws(PacketError) {
        guard text.byteCount > 0 else { throw .empty }
        guard let type = PacketType(rawValue: text.byte(at: 0) &- 0x30) else { throw .unknownType }
        self.type = type
        var position = 1
        attachmentCount = 0
        if type.isBinary {
            attachmentCount = try Self.attachmentCount(text, &position, limit: maxAttachments)
        }
        namespace = Self.namespace(text, &position)
        let start = position
        let id = Self.digits(text, &position)
        self.id = position > start ? id : nil
        payload = position..<text.byteCount
    }

    private static func attachmentCount(
        _ text: RawSpan, _ position: inout Int, limit: Int
    ) throws(PacketError) -> Int {
        let start = position
        let count = digits(text, &position)
        guard position > start, position < text.byteCount, text.byte(at: position) == UInt8(ascii: "-") else {
            throw .illegalAttachmentCount
        }
        position += 1
        guard count <= UInt64(limit) else { throw .tooManyAttachments(limit: limit) }
        return Int(count)
    }

    /// The comma behind the name is optional at the end of the packet.
    private static func namespace(_ text: RawSpan, _ position: inout Int) -> Range<Int> {
        let start = position
        guard start < text.byteCount, text.byte(at: start) == UInt8(ascii: "/") else { return start..<start }
        while position < text.byteCount, text.byte(at: position) != UInt8(ascii: ",") { position += 1 }
        let end = position
        if position < text.byteCount { position += 1 }
        return start..<end
    }

    private static func digits(_ text: RawSpan, _ position: inout Int) -> UInt64 {
        var value: UInt64 = 0
        while position < text.byteCount {
            let digit = text.byte(at: position) &- 0x30
            guard digit < 10 else { break }
            let shifted = value.multipliedReportingOverflow(by: 10)
            let sum = shifted.partialValue.addingReportingOverflow(UInt64(digit))
            value = shifted.overflow || sum.overflow ? .max : sum.partialValue
            position += 1
        }
        return value
    }
}
