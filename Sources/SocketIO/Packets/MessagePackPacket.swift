import Bytes
import JSON

/// Packets as the msgpack parser writes them: one map with `type` (0 to 4), `nsp`, `data` and `id`; no attachments
/// beside it (socket.io-msgpack-parser).
struct MessagePackPacket {
    var type: PacketType
    var namespace: String
    var id: UInt64?
    /// The JSON of `data`; empty where there is none.
    var payload: [UInt8]
    /// Binary content of `data`, by the numbers of the placeholders.
    var attachments: [SharedBytes]

    init(_ bytes: RawSpan, limits: JSONLimits, maxAttachments: Int) throws(PacketError) {
        var reader = MessagePackReader(bytes, limits: limits, maxAttachments: maxAttachments)
        var type: UInt64?
        var data = 0..<0
        var name: String?
        for _ in 0..<(try reader.readMapCount()) {
            switch try reader.readString() {
            case "type": type = try reader.readInteger()
            case "nsp": name = try reader.readString()
            case "id": id = try reader.readInteger()
            case "data": data = try reader.readJSON()
            default: _ = try reader.readJSON()
            }
        }
        guard reader.isAtEnd, let type, let name, let known = PacketType(rawValue: UInt8(clamping: type)),
            !known.isBinary
        else { throw .malformedMessagePack }
        self.type = known
        namespace = name
        let text = Array(reader.json[data])
        payload = text == Array("null".utf8) ? [] : text
        attachments = reader.attachments
    }

    /// The map of a packet that was written as text; `nil` where that is no packet.
    static func encode(_ text: RawSpan, attachments: [SharedBytes]) -> [UInt8]? {
        guard let header = try? PacketHeader(text, maxAttachments: .max) else { return nil }
        var members: [JSONValue.Member] = [
            .init("type", .integer(Int64(plain(header.type).rawValue))),
            .init("nsp", .string(text.extracting(header.namespace).string.flatMap { $0.isEmpty ? nil : $0 } ?? "/")),
        ]
        let payload = text.extracting(header.payload)
        if payload.byteCount > 0 {
            guard let value = try? JSONParser.parse(payload, limits: EventContent.ownLimits) else { return nil }
            members.append(.init("data", attachments.isEmpty ? value : Placeholder.filled(value, with: attachments)))
        }
        if let id = header.id { members.append(.init("id", JSONValue(id))) }
        var out: [UInt8] = []
        MessagePackWriter.append(.object(members), to: &out)
        return out
    }

    private static func plain(_ type: PacketType) -> PacketType {
        switch type {
        case .binaryEvent: .event
        case .binaryAck: .ack
        default: type
        }
    }
}
