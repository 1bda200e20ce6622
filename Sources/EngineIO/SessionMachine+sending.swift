import Bytes

extension SessionMachine {
    /// What has become of a message.
    public enum SendAction: Equatable, Sendable {
        /// Frame the message and queue it on the session's WebSocket.
        case write
        /// The machine has it: `takePollAnswer` at the end of the turn.
        case queued
        /// The same, but first answer the poll that waits with this: the queue was full.
        case queuedAndAnswer(EngineResponse)
        /// The message is not sent: the session is closed, or it was volatile and there was no way out.
        case dropped
        case end(EngineSessionEnd)
    }

    /// The application has sent a message.
    ///
    /// - Parameter isWritable: whether the session's WebSocket has nothing waiting; says nothing while polling.
    public mutating func send(_ message: OutgoingMessage, isWritable: Bool) -> SendAction {
        guard phase == .open else { return .dropped }
        if transport == .webSocket { return message.flags.isVolatile && !isWritable ? .dropped : .write }
        if message.flags.isVolatile && poll == nil { return .dropped }
        return enqueue(.message(message))
    }

    /// The application has sent a text to this session alone. While polling it is copied.
    public mutating func send(text: RawSpan) -> SendAction {
        guard phase == .open else { return .dropped }
        return transport == .webSocket ? .write : enqueue(.text(SharedBytes(text)))
    }

    private mutating func enqueue(_ item: EngineOutgoing) -> SendAction {
        if queue.append(item) { return .queued }
        if let answer = takePollAnswer(), queue.append(item) { return .queuedAndAnswer(answer) }
        return .end(end(.bufferOverflow))
    }
}

extension OutgoingMessage {
    /// One WebSocket message of this message's wire form.
    public enum WebSocketKind: Sendable {
        case text
        case binary
    }

    /// Calls `body` for each WebSocket message that this message becomes: kind, the byte before the content if any, and
    /// the content.
    ///
    /// `forms.webSocket3` may keep frames of this only where `supportsBinary` is true or there is no binary content.
    public func forEachWebSocketMessage(
        revision: EngineRevision, supportsBinary: Bool, _ body: (WebSocketKind, UInt8?, RawSpan) -> Void
    ) {
        if let text { body(.text, EnginePacketType.message.digit, text.bytes) }
        for binary in binaries {
            if revision == .v4 {
                body(.binary, nil, binary.bytes)
            } else if supportsBinary {
                body(.binary, EnginePacketType.message.rawValue, binary.bytes)
            } else {
                var packet = [EnginePacketType.message.digit]
                Base64.standard.append(binary.bytes, to: &packet)
                body(.text, UInt8(ascii: "b"), unsafe packet.span.bytes)
            }
        }
    }
}
