import Bytes
import EngineIO
import EventLoops
import JSON

/// A packet whose attachments have not all come.
final class PartialPacket {
    let type: PacketType
    let socket: Socket
    var content: EventContent
    /// How many attachments are still to come.
    var missing: Int
    /// Bytes of attachments that have come.
    var byteCount = 0
    /// Bytes that the connection has counted for it.
    var keptByteCount: Int
    var timer: TimerToken?

    init(type: PacketType, socket: Socket, content: EventContent, missing: Int) {
        self.type = type
        self.socket = socket
        self.content = content
        self.missing = missing
        keptByteCount = content.byteCount
    }
}

// The way of a packet that came in.
extension Connection {
    func receive(_ text: RawSpan) throws(PacketError) {
        guard partial == nil, !state.usesMessagePack else { throw .unexpectedText }
        let header = try PacketHeader(text, maxAttachments: state.maxAttachments)
        let name = text.extracting(header.namespace)
        let payload = text.extracting(header.payload)
        switch header.type {
        case .event, .ack:
            guard let socket = joinedSocket(name) else { return }
            try receive(header, payload, socket)
        case .binaryEvent, .binaryAck:
            guard let socket = joinedSocket(name) else { return }
            try begin(header, payload, socket)
        case .connect: try receiveConnect(name, payload)
        case .disconnect:
            guard payload.byteCount == 0 else { throw .invalidPayload }
            guard let socket = joinedSocket(name) else { return }
            remove(socket)
            socket.finish(.clientNamespaceDisconnect)
        // Only servers send it.
        case .connectError: close(.forcedServerClose)
        }
    }

    /// The socket that a packet is for. Where its namespace has not been joined the connection is closed.
    func joinedSocket(_ name: RawSpan) -> Socket? {
        if let socket = socket(name), socket.state == .connected { return socket }
        close(.forcedServerClose)
        return nil
    }

    private func receive(_ header: PacketHeader, _ payload: RawSpan, _ socket: Socket) throws(PacketError) {
        guard header.type == .event else {
            var content = EventContent()
            try content.fill(answer: payload, limits: state.jsonLimits)
            if let id = header.id { socket.receive(answer: EventArguments(content), id: id) }
            return
        }
        var storage = state.takeStorage()
        var content = EventContent()
        storage.exchange(&content)
        try content.fill(event: payload, id: header.id, limits: state.jsonLimits)
        storage.exchange(&content)
        socket.receive(SocketEvent(storage: storage, socket: socket))
        state.giveBack(&storage)
    }

    // MARK: Attachments

    private func begin(_ header: PacketHeader, _ payload: RawSpan, _ socket: Socket) throws(PacketError) {
        var content = EventContent()
        if header.type == .binaryEvent {
            try content.fill(event: payload, id: header.id, limits: state.jsonLimits)
        } else {
            try content.fill(answer: payload, limits: state.jsonLimits)
        }
        content.id = header.id
        let packet = PartialPacket(
            type: header.type, socket: socket, content: content, missing: header.attachmentCount)
        guard packet.missing > 0 else { return try complete(packet) }
        guard keep(byteCount: packet.keptByteCount) else { throw .serverBusy }
        packet.timer = state.loop.schedule(after: options.attachmentTimeout, self)
        partial = packet
    }

    /// The packet is complete, or will never be.
    func dropPartial() {
        guard let packet = partial else { return }
        partial = nil
        forget(byteCount: packet.keptByteCount)
        if let timer = packet.timer { state.loop.cancel(timer) }
    }

    func receive(binary: RawSpan) throws(PacketError) {
        if state.usesMessagePack { return try receive(messagePack: binary) }
        guard let packet = partial else { throw .unexpectedBinary }
        packet.byteCount += binary.byteCount
        guard packet.byteCount <= options.engine.maxPayload else {
            throw .attachmentsTooLarge(limit: options.engine.maxPayload)
        }
        packet.missing -= 1
        guard packet.missing == 0 || keep(byteCount: binary.byteCount) else { throw .serverBusy }
        packet.content.attachments.append(SharedBytes(binary))
        guard packet.missing == 0 else {
            packet.keptByteCount += binary.byteCount
            return
        }
        dropPartial()
        try complete(packet)
    }

    private func complete(_ packet: PartialPacket) throws(PacketError) {
        try packet.content.checkPlaceholders()
        // The client may have left the namespace while its attachments were on their way.
        guard packet.socket.state == .connected else { return }
        if packet.type == .binaryEvent {
            packet.socket.receive(SocketEvent(storage: EventStorage(packet.content), socket: packet.socket))
        } else if let id = packet.content.id {
            packet.socket.receive(answer: EventArguments(packet.content), id: id)
        }
    }
}
