import Bytes
import EngineIO
import EventLoops
import JSON

/// A packet whose attachments have not all come.
struct PartialPacket {
    var type: PacketType
    var socket: Socket
    var storage: EventStorage
    var id: UInt64?
    /// How many attachments are still to come.
    var missing: Int
    var byteCount = 0
    var timer: TimerToken?
}

// The way of a packet that came in.
extension Connection {
    func receive(_ text: RawSpan) throws(PacketError) {
        guard partial == nil, !server.context.usesMessagePack else { throw .unexpectedText }
        let header = try PacketHeader(text, maxAttachments: options.maxAttachments)
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
        var storage = state.takeStorage()
        if header.type == .event {
            try storage.fill(event: payload, id: header.id, limits: options.jsonLimits)
            socket.receive(SocketEvent(storage: storage, socket: socket))
        } else {
            try storage.fill(answer: payload, limits: options.jsonLimits)
            if let id = header.id {
                socket.receive(answer: EventArguments(storage: storage, indices: storage.elements.indices), id: id)
            }
        }
        state.giveBack(&storage)
    }

    // MARK: Attachments

    private func begin(_ header: PacketHeader, _ payload: RawSpan, _ socket: Socket) throws(PacketError) {
        let storage = EventStorage()
        if header.type == .binaryEvent {
            try storage.fill(event: payload, id: header.id, limits: options.jsonLimits)
        } else {
            try storage.fill(answer: payload, limits: options.jsonLimits)
        }
        var packet = PartialPacket(
            type: header.type, socket: socket, storage: storage, id: header.id, missing: header.attachmentCount)
        guard packet.missing > 0 else { return try complete(packet) }
        packet.timer = state.loop.schedule(after: options.attachmentTimeout, self)
        partial = packet
    }

    func receive(binary: RawSpan) throws(PacketError) {
        if server.context.usesMessagePack { return try receive(messagePack: binary) }
        guard var packet = partial else { throw .unexpectedBinary }
        partial = nil
        packet.byteCount += binary.byteCount
        guard packet.byteCount <= options.engine.maxPayload else {
            throw .attachmentsTooLarge(limit: options.engine.maxPayload)
        }
        packet.storage.attachments.append(SharedBytes(binary))
        packet.missing -= 1
        guard packet.missing == 0 else {
            partial = packet
            return
        }
        if let timer = packet.timer { state.loop.cancel(timer) }
        try complete(packet)
    }

    private func complete(_ packet: PartialPacket) throws(PacketError) {
        try packet.storage.checkPlaceholders()
        let storage = packet.storage
        // The client may have left the namespace while its attachments were on their way.
        guard packet.socket.state == .connected else { return }
        if packet.type == .binaryEvent {
            packet.socket.receive(SocketEvent(storage: storage, socket: packet.socket))
        } else if let id = packet.id {
            packet.socket.receive(
                answer: EventArguments(storage: storage, indices: storage.elements.indices), id: id)
        }
    }
}
