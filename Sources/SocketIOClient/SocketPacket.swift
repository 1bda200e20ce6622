import Bytes
import JSON

/// One packet of Socket.IO protocol 5, as values; binary content stands in them as `.bytes`.
struct SocketPacket: Equatable, Sendable {
    /// The first character on the wire.
    enum Kind: UInt8, Sendable {
        case connect = 0
        case disconnect = 1
        case event = 2
        case ack = 3
        case connectError = 4
    }

    var kind: Kind
    var namespace = "/"
    var id: Int?
    /// The elements of the array of an event or an acknowledgement; the one object of the others, where there is one.
    var values: [JSONValue] = []

    /// What an event and an acknowledgement with attachments add to their first character.
    static let binaryOffset: UInt8 = 3
}

// MARK: - Writing

extension SocketPacket {
    /// The text, and the attachments that follow it.
    func encoded() -> (text: [UInt8], attachments: [[UInt8]]) {
        var attachments: [[UInt8]] = []
        var json: [UInt8] = []
        switch kind {
        case .event, .ack:
            JSONPrinter.append(.array(values.map { Self.taken($0, &attachments) }), to: &json)
        case .connect, .disconnect, .connectError:
            if let value = values.first { JSONPrinter.append(value, to: &json) }
        }
        var text: [UInt8] = [0x30 + kind.rawValue + (attachments.isEmpty ? 0 : Self.binaryOffset)]
        if !attachments.isEmpty {
            text.append(decimal: attachments.count)
            text.append(UInt8(ascii: "-"))
        }
        if namespace != "/" {
            text.append(contentsOf: namespace.utf8)
            text.append(UInt8(ascii: ","))
        }
        if let id { text.append(decimal: id) }
        return (text + json, attachments)
    }

    /// `value` with placeholders for its binary content.
    private static func taken(_ value: JSONValue, _ attachments: inout [[UInt8]]) -> JSONValue {
        switch value {
        case .bytes(let bytes):
            attachments.append(bytes)
            return ["_placeholder": true, "num": .integer(Int64(attachments.count - 1))]
        case .array(let elements): return .array(elements.map { taken($0, &attachments) })
        case .object(let members):
            return .object(members.map { JSONValue.Member($0.name, taken($0.value, &attachments)) })
        default: return value
        }
    }
}

// MARK: - Reading

/// Puts packets together: a text, and the binary messages that it announces.
struct SocketPacketReader {
    private var waiting: (packet: SocketPacket, missing: Int)?
    private var attachments: [[UInt8]] = []
    private var attachedBytes = 0
    private let maxAttachments: Int
    private let maxBytes: Int

    /// - Parameter maxBytes: of all attachments of a packet together.
    init(maxAttachments: Int, maxBytes: Int) {
        self.maxAttachments = maxAttachments
        self.maxBytes = maxBytes
    }

    /// The packet, where it is whole.
    mutating func read(text: RawSpan) throws(ClientError) -> SocketPacket? {
        guard waiting == nil else { throw .protocolViolation("a text where an attachment was announced") }
        let (packet, count) = try Self.parse(text)
        guard count <= maxAttachments else { throw .protocolViolation("more than \(maxAttachments) attachments") }
        if count == 0 { return packet }
        waiting = (packet, count)
        return nil
    }

    mutating func read(binary: RawSpan) throws(ClientError) -> SocketPacket? {
        guard let (packet, missing) = waiting else { throw .protocolViolation("an attachment that nobody announced") }
        attachedBytes += binary.byteCount
        guard attachedBytes <= maxBytes else { throw .protocolViolation("attachments of more than \(maxBytes) bytes") }
        attachments.append(binary.array)
        guard missing == 1 else {
            waiting = (packet, missing - 1)
            return nil
        }
        let parts = attachments
        waiting = nil
        attachments = []
        attachedBytes = 0
        var whole = packet
        whole.values = packet.values.map { Self.filled($0, parts) }
        return whole
    }

    private static func parse(_ text: RawSpan) throws(ClientError) -> (SocketPacket, attachments: Int) {
        var reader = ByteReader(text)
        guard let first = reader.readByte() else { throw .protocolViolation("an empty packet") }
        let digit = first &- 0x30
        let isBinary = digit == 5 || digit == 6
        guard let kind = SocketPacket.Kind(rawValue: isBinary ? digit - SocketPacket.binaryOffset : digit) else {
            throw .protocolViolation("a packet of an unknown type")
        }
        var packet = SocketPacket(kind: kind)
        var count = 0
        if isBinary {
            guard let announced = number(&reader), reader.readByte() == UInt8(ascii: "-") else {
                throw .protocolViolation("a binary packet without its count")
            }
            count = announced
        }
        if reader.peekByte() == UInt8(ascii: "/") { packet.namespace = namespace(&reader) }
        packet.id = number(&reader)
        if !reader.isAtEnd { packet.values = try values(reader.readRemaining(), kind) }
        return (packet, count)
    }

    private static func values(_ json: RawSpan, _ kind: SocketPacket.Kind) throws(ClientError) -> [JSONValue] {
        let value: JSONValue
        do throws(JSONError) { value = try JSONParser.parse(json) } catch {
            throw .protocolViolation(error.description)
        }
        guard kind == .event || kind == .ack else { return [value] }
        guard let elements = value.arrayValue else { throw .protocolViolation("an event that is no array") }
        return elements
    }

    /// Digits, where there are some; at most 15, so that nothing overflows.
    private static func number(_ reader: inout ByteReader) -> Int? {
        var value: Int?
        for _ in 0..<15 {
            guard let digit = reader.peekByte(), digit &- 0x30 < 10 else { break }
            value = (value ?? 0) * 10 + Int(digit - 0x30)
            _ = reader.readByte()
        }
        return value
    }

    private static func namespace(_ reader: inout ByteReader) -> String {
        var name: [UInt8] = []
        while let byte = reader.readByte(), byte != UInt8(ascii: ",") { name.append(byte) }
        // A query behind the name is not part of it.
        return String(decoding: name.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func filled(_ value: JSONValue, _ attachments: [[UInt8]]) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { filled($0, attachments) })
        case .object(let members):
            if value["_placeholder"] == true, let number = value["num"]?.integerValue,
                attachments.indices.contains(number)
            {
                return .bytes(attachments[number])
            }
            return .object(members.map { JSONValue.Member($0.name, filled($0.value, attachments)) })
        default: return value
        }
    }
}
