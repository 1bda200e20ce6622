import Bytes
import JSON

// The way of a packet that came in as MessagePack. From the arguments on it is the same as for text.
extension Connection {
    func receive(messagePack bytes: RawSpan) throws(PacketError) {
        let packet = try MessagePackPacket(bytes, limits: state.jsonLimits, maxAttachments: state.maxAttachments)
        switch packet.type {
        case .connect:
            try unsafe receiveConnect(Array(packet.namespace.utf8).span.bytes, packet.payload.span.bytes)
        case .disconnect:
            guard packet.payload.isEmpty else { throw .invalidPayload }
            guard let socket = joinedSocket(packet.namespace) else { return }
            remove(socket)
            socket.finish(.clientNamespaceDisconnect)
        case .event, .ack:
            guard let socket = joinedSocket(packet.namespace) else { return }
            try receive(packet, socket)
        default: close(.forcedServerClose)
        }
    }

    private func joinedSocket(_ name: String) -> Socket? {
        let bytes = Array(name.utf8)
        return unsafe joinedSocket(bytes.span.bytes)
    }

    private func receive(_ packet: MessagePackPacket, _ socket: Socket) throws(PacketError) {
        var content = EventContent()
        if packet.type == .event {
            try unsafe content.fill(event: packet.payload.span.bytes, id: packet.id, limits: state.jsonLimits)
            content.attachments = packet.attachments
            socket.receive(SocketEvent(storage: EventStorage(content), socket: socket))
        } else {
            try unsafe content.fill(answer: packet.payload.span.bytes, limits: state.jsonLimits)
            content.attachments = packet.attachments
            if let id = packet.id { socket.receive(answer: EventArguments(content), id: id) }
        }
    }
}
