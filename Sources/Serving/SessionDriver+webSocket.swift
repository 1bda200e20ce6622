import Bytes
import EngineIO
import Logging
import Network
import WebSocketWire

extension SessionDriver {
    /// A further WebSocket of this session is open: it may try to take over from polling.
    func candidateOpened(_ socket: WebSocketTransport) {
        switch machine.candidateOpened(now: host.loop.now) {
        case .accept:
            candidate = socket
            armTimer()
        case .close: socket.close(nil)
        }
    }

    @inline(__always)
    func webSocketReceived(text: RawSpan, on socket: WebSocketTransport) {
        guard socket === webSocket else { return candidateReceived(text, on: socket) }
        switch machine.webSocketReceived(text: text, now: host.loop.now) {
        case .message: delegate?.received(text: text.extracting(1..<text.byteCount))
        case .binaryMessage(let bytes): delegate?.received(binary: bytes.span.bytes)
        // A pong may bring the next deadline nearer.
        case .nothing: armTimer()
        case .write(let packet): socket.send(text: packet.span.bytes)
        case .end(let end): finish(end)
        }
    }

    func webSocketReceived(binary: RawSpan, on socket: WebSocketTransport) {
        guard socket === webSocket else {
            guard socket === candidate else { return }
            machine.candidateReceivedBinary()
            return dropCandidate()
        }
        switch machine.webSocketReceived(binary: binary) {
        case .message(let start): delegate?.received(binary: binary.extracting(start..<binary.byteCount))
        case .nothing: break
        case .end(let end): finish(end)
        }
    }

    private func candidateReceived(_ text: RawSpan, on socket: WebSocketTransport) {
        guard socket === candidate else { return }
        switch machine.candidateReceived(text: text) {
        case .write(let packet, let answer):
            socket.send(text: packet.span.bytes)
            if let answer { answerPoll(answer) }
        case .upgraded(let items): takeOver(socket, items)
        case .upgradedAndEnd(let items, let end):
            takeOver(socket, items)
            finish(end)
        case .close: dropCandidate()
        }
    }

    private func takeOver(_ socket: WebSocketTransport, _ items: [EngineOutgoing]) {
        candidate = nil
        webSocket = socket
        count(as: .webSocket)
        for item in items {
            switch item {
            case .message(let message): write(message, to: socket)
            case .text(let text): socket.send(text: text.bytes, prefix: EnginePacketType.message.digit)
            case .control(let packet): socket.send(text: packet.span.bytes)
            }
        }
    }

    private func dropCandidate() {
        let socket = candidate
        candidate = nil
        socket?.close(nil)
    }

    /// The socket has ended, by the client or under it.
    func webSocketClosed(_ socket: WebSocketTransport, byFault: Bool) {
        if socket === candidate {
            candidate = nil
            machine.candidateClosed()
        } else if socket === webSocket {
            webSocket = nil
            if let end = machine.webSocketClosed(byFault: byFault) { finish(end) }
        }
    }

    /// The client reads too slowly.
    func webSocketOverflowed(_ socket: WebSocketTransport) {
        guard socket === webSocket, let end = machine.failed(.bufferOverflow) else { return }
        host.server.logger.info("A client read too slowly and was cut", source: handshake.address)
        finish(end)
    }

    // MARK: Writing

    /// Queues a message on a WebSocket, framed once for all sessions that are given the same one.
    @inline(__always)
    func write(_ message: OutgoingMessage, to socket: WebSocketTransport) {
        if revision == .v4, !socket.compresses(message) {
            if let frames = message.forms.webSocket4 { return socket.send(frames: frames) }
            let frames = WebSocketEncoder.frames(
                text: message.text, textPrefix: EnginePacketType.message.digit, binaries: message.binaries,
                binaryPrefix: nil)
            message.forms.webSocket4 = frames
            return socket.send(frames: frames)
        }
        writeOtherForms(message, to: socket)
    }

    private func writeOtherForms(_ message: OutgoingMessage, to socket: WebSocketTransport) {
        let form = sharedForm(message, socket)
        if let form, let frames = message.forms[keyPath: form] { return socket.send(frames: frames) }
        var bytes: [UInt8] = []
        message.forEachWebSocketMessage(revision: revision, supportsBinary: machine.supportsBinary) {
            kind, prefix, content in
            socket.append(kind == .text ? .text : .binary, prefix: prefix, content, message, to: &bytes)
        }
        let frames = SharedBytes(bytes)
        if let form { message.forms[keyPath: form] = frames }
        socket.send(frames: frames)
    }

    /// Where the frames of this message are kept for sessions like this one; `nil` where they are this session's alone.
    private func sharedForm(
        _ message: OutgoingMessage, _ socket: WebSocketTransport
    ) -> WritableKeyPath<OutgoingMessage.Forms, SharedBytes?>? {
        if socket.compresses(message) {
            return revision == .v4 && socket.sharesCompression ? \.webSocket4Deflated : nil
        }
        return machine.supportsBinary || message.binaries.isEmpty ? \.webSocket3 : nil
    }
}
