public import Bytes
import EngineIO
import JSON

/// One event, encoded: what an adapter carries.
public struct EventPacket: Sendable {
    /// The packet as text (Socket.IO protocol 5), whatever the server's parser is.
    public let text: SharedBytes
    /// The binary messages that belong to it.
    public let attachments: [SharedBytes]
    /// The id under which answers are awaited.
    public let id: UInt64?
    /// Where the array stands in `text`.
    let payloadStart: Int

    /// An event of another server, for adapters: `arguments` begin with its name.
    ///
    /// - Returns: `nil` where the first argument is no name, or one that belongs to the library.
    public init?(_ arguments: EventArguments, namespace: String, id: UInt64? = nil) {
        guard let name = arguments[0].stringValue, !EventName.isReserved(name) else { return nil }
        var writer = PacketWriter()
        writer.begin(.event, prefix: namespace == "/" ? [] : Array("\(namespace),".utf8), id: id)
        writer.writeArray(rebuildable: { $0.append(arguments) })
        writer.finish()
        self.init(writer, id: id)
    }

    init(_ writer: borrowing PacketWriter, id: UInt64? = nil) {
        text = unsafe SharedBytes(writer.text.span.bytes)
        attachments = writer.attachments
        payloadStart = writer.payloadStart
        self.id = id
    }

    private init(text: SharedBytes, attachments: [SharedBytes], payloadStart: Int, id: UInt64?) {
        self.text = text
        self.attachments = attachments
        self.payloadStart = payloadStart
        self.id = id
    }

    /// What the packet weighs, attachments included.
    var byteCount: Int { text.count + attachments.reduce(0) { $0 + $1.count } }

    /// The name and the arguments as they go over the wire.
    public var arguments: EventArguments {
        content().map { EventArguments($0) } ?? .none
    }

    /// The packet with one more argument at its end, a text that needs no escapes.
    func appending(_ offset: [UInt8]) -> EventPacket {
        let extra = offset.count + 3
        let longer = unsafe SharedBytes(count: text.count + extra) { target in
            unsafe text.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
            var index = text.count - 1
            unsafe target[index] = UInt8(ascii: ",")
            unsafe target[index + 1] = UInt8(ascii: "\"")
            index += 2
            for byte in offset {
                unsafe target[index] = byte
                index += 1
            }
            unsafe target[index] = UInt8(ascii: "\"")
            unsafe target[index + 1] = UInt8(ascii: "]")
        }
        return EventPacket(text: longer, attachments: attachments, payloadStart: payloadStart, id: id)
    }

    /// The packet as an event that came in, for listeners.
    func content() -> EventContent? {
        var content = EventContent()
        let payload = text.bytes.extracting(payloadStart..<text.count)
        guard (try? content.fill(event: payload, id: nil, limits: EventContent.ownLimits)) != nil else { return nil }
        content.attachments = attachments
        return content
    }
}

extension EventPacket {
    /// The same event as a packet of another namespace.
    func moved(to namespace: Namespace, id: UInt64?) -> EventPacket {
        var header: [UInt8] = []
        header.append(attachments.isEmpty ? PacketType.event.digit : PacketType.binaryEvent.digit)
        if !attachments.isEmpty {
            header.append(decimal: attachments.count)
            header.append(UInt8(ascii: "-"))
        }
        header.append(contentsOf: namespace.prefix)
        if let id { header.append(contentsOf: String(id).utf8) }
        let start = header.count
        header.append(contentsOf: text.bytes.extracting(payloadStart..<text.count))
        return EventPacket(text: SharedBytes(header), attachments: attachments, payloadStart: start, id: id)
    }
}
