import Bytes
public import EventLoops

extension SessionMachine {
    /// What a packet of a POST asks for.
    public enum PacketAction: Equatable, Sendable {
        /// Hand the packet's content to the delegate.
        case deliver
        case nothing
        /// Something was queued: `takePollAnswer` at the end of the turn.
        case flush
        /// Write this to the session's WebSocket as a text frame: an upgrade overtook the POST.
        case write([UInt8])
        case end(EngineSessionEnd)
    }

    /// A packet of a POST's payload. Packets behind one that ended the session are to be brought too, and do nothing.
    public mutating func packetReceived(_ packet: EnginePacket, in body: RawSpan, now: MonotonicTime) -> PacketAction {
        guard phase == .open else { return .nothing }
        isPostTaken = true
        switch packet.type {
        case .message: return .deliver
        case .close: return clientClosed(now: now)
        case .pong where revision == .v4:
            heartbeat = .pingDue(now + shared.options.pingInterval)
            return .nothing
        case .ping where revision == .v3:
            heartbeat = .pingExpected(now + shared.options.pingInterval + shared.options.pingTimeout)
            var pong = [EnginePacketType.pong.digit]
            if case .text(let data) = packet.content { pong.append(contentsOf: body.extracting(data)) }
            if transport == .webSocket { return .write(pong) }
            return queue.append(.control(pong)) ? .flush : .end(end(.bufferOverflow))
        case .ping, .pong: return .end(end(.transportError))
        case .open, .upgrade, .noop: return .nothing
        }
    }

    /// Frees the poll that waits. Where none does, one may be on its way: sent before the close packet, and overtaken
    /// by it on another connection.
    private mutating func clientClosed(now: MonotonicTime) -> PacketAction {
        if transport == .webSocket { return .end(end(.transportClose)) }
        if let answer = takeLastAnswer(isByClient: true) { return .end(end(.transportClose, pollAnswer: answer)) }
        phase = .closing(Closing(reason: .transportClose, until: now + shared.options.closeGrace, isByClient: true))
        return .nothing
    }

    /// What a text message of the WebSocket asks for.
    public enum TextAction: Equatable, Sendable {
        /// Hand the bytes from index 1 on to the delegate, as text.
        case message
        /// Hand these to the delegate, as binary content.
        case binaryMessage([UInt8])
        case nothing
        /// Write this as a text frame.
        case write([UInt8])
        case end(EngineSessionEnd)
    }

    /// A text message of the session's WebSocket.
    @inline(__always)
    public mutating func webSocketReceived(text: RawSpan, now: MonotonicTime) -> TextAction {
        if text.byteCount > 0, text.byte(at: 0) == EnginePacketType.message.digit, phase == .open { return .message }
        return controlReceived(text, now: now)
    }

    /// Everything that is not a text message.
    private mutating func controlReceived(_ text: RawSpan, now: MonotonicTime) -> TextAction {
        guard phase == .open else { return .nothing }
        guard let packet = try? EnginePacket.parse(text, in: 0..<text.byteCount, revision: revision) else {
            return .end(end(.parseError))
        }
        switch (packet.type, packet.content) {
        case (.message, .decoded(let bytes)): return .binaryMessage(bytes)
        case (.close, _): return .end(end(.transportClose))
        case (.pong, _) where revision == .v4:
            heartbeat = .pingDue(now + shared.options.pingInterval)
            return .nothing
        case (.ping, _) where revision == .v3:
            heartbeat = .pingExpected(now + shared.options.pingInterval + shared.options.pingTimeout)
            return .write([EnginePacketType.pong.digit] + text.extracting(1..<text.byteCount).array)
        case (.ping, _), (.pong, _): return .end(end(.transportError))
        case (.open, _), (.upgrade, _), (.noop, _), (.message, _): return .nothing
        }
    }

    /// What a binary message of the WebSocket asks for.
    public enum BinaryAction: Equatable, Sendable {
        /// Hand the bytes from this index on to the delegate, as binary content.
        case message(from: Int)
        case nothing
        case end(EngineSessionEnd)
    }

    /// A binary message of the session's WebSocket: in revision 3 its first byte is the type.
    public mutating func webSocketReceived(binary: RawSpan) -> BinaryAction {
        guard phase == .open else { return .nothing }
        if revision == .v4 { return .message(from: 0) }
        guard binary.byteCount > 0, binary.byte(at: 0) == EnginePacketType.message.rawValue else {
            return .end(end(.parseError))
        }
        return .message(from: 1)
    }

    /// The session's WebSocket has ended: with a close frame or the end of its stream, or by a fault.
    public mutating func webSocketClosed(byFault: Bool) -> EngineSessionEnd? {
        isEnded ? nil : end(byFault ? .transportError : .transportClose)
    }
}
