import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Network
import WebSocketWire

/// Engine.IO over one WebSocket.
final class WebSocketTransport: ClientTransport {
    var owner: (any ClientTransportOwner)?
    private let loop: UVLoop
    private let endpoint: ClientEndpoint
    private var stream: ClientStream?
    private var state = State.idle
    private var parser: HTTPResponseParser?
    private let handshake: WebSocketClientHandshake
    private var decoder = WebSocketDecoder(role: .client)
    private var compressor: WebSocketCompressor?
    private var keys: MaskKeys
    /// A frame on its way; its capacity is used again.
    private var frame: [UInt8] = []

    private enum State {
        case idle
        case connecting
        case handshaking
        case open
        case closing
        case closed
    }

    init(loop: UVLoop, endpoint: ClientEndpoint) {
        self.loop = loop
        self.endpoint = endpoint
        keys = MaskKeys(endpoint.options.random)
        handshake = WebSocketClientHandshake(
            nonce: endpoint.options.random.bytes(16), deflate: endpoint.options.deflate)
    }

    func open() {
        state = .connecting
        ClientStream.connect(to: endpoint, loop: loop) { [self] result in
            switch result {
            case .success(let stream): connected(stream)
            case .failure(let error): finish(error)
            }
        }
    }

    private func connected(_ stream: ClientStream) {
        guard state == .connecting else { return stream.abort() }
        self.stream = stream
        stream.owner = self
        state = .handshaking
        parser = HTTPResponseParser(limits: endpoint.responseLimits)
        stream.write(endpoint.requestHead("GET", transport: .webSocket, headers: handshake.headers))
    }

    func send(_ type: EnginePacketType, _ content: RawSpan) {
        guard state == .open else { return }
        write(.text, prefix: type.digit, content)
    }

    func send(binary: RawSpan) {
        guard state == .open else { return }
        write(.binary, prefix: nil, binary)
    }

    private func write(_ opcode: WebSocketOpcode, prefix: UInt8?, _ content: RawSpan) {
        frame.removeAll(keepingCapacity: frame.capacity <= 64 << 10)
        let key = keys.next()
        let isLong = content.byteCount >= endpoint.options.deflateThreshold
        if let compressor, isLong, !opcode.isControlFrame {
            let isDone: Void? = try? compressor.appendMasked(
                opcode, key: key, prefix: prefix, payload: content, to: &frame)
            if isDone == nil { return finish(.webSocket(.outOfMemory)) }
        } else {
            WebSocketEncoder.appendMasked(opcode, key: key, prefix: prefix, payload: content, to: &frame)
        }
        unsafe frame.withUnsafeBytes { unsafe stream?.write(copying: $0) }
    }

    func close() {
        switch state {
        case .open:
            state = .closing
            sendClose(.normal)
            // The server answers and ends the stream; one that does not is not waited for.
            stream?.finishWriting()
        case .closing, .closed: break
        case .idle, .connecting, .handshaking: finish(.closedByClient)
        }
    }

    func abort() {
        owner = nil
        state = .closed
        stream?.abort()
        stream = nil
    }

    private func sendClose(_ code: WebSocketCloseCode?, reason: String = "") {
        let payload = WebSocketEncoder.closePayload(code, reason: reason)
        unsafe write(.close, prefix: nil, payload.span.bytes)
    }

    private func finish(_ error: ClientError) {
        guard state != .closed else { return }
        state = .closed
        stream?.close()
        stream = nil
        let owner = self.owner
        self.owner = nil
        owner?.transportClosed(self, error)
    }
}

extension WebSocketOpcode {
    fileprivate var isControlFrame: Bool { self == .close || self == .ping || self == .pong }
}

// MARK: - Reading

extension WebSocketTransport: ClientStreamOwner {
    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        guard state == .handshaking else { return unsafe readFrames(bytes) }
        var position = 0
        do {
            let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))
            guard case .head(let head)? = try parser?.next(span, at: &position) else { return }
            parser = nil
            try upgraded(head)
        } catch let error as HTTPError {
            return finish(.http(error))
        } catch {
            return finish(error as? ClientError ?? .closedByServer(nil))
        }
        unsafe readFrames(UnsafeMutableRawBufferPointer(rebasing: bytes[position...]))
    }

    private func upgraded(_ head: HTTPResponseHead) throws(ClientError) {
        let response = WebSocketClientHandshake.Response(
            status: head.status.code, upgrade: head.headers.values("upgrade"),
            connection: head.headers.values("connection"), accept: head.headers.values("sec-websocket-accept"),
            extensions: head.headers.values("sec-websocket-extensions"),
            protocols: head.headers.values("sec-websocket-protocol"))
        do throws(WebSocketClientHandshakeError) {
            let outcome = try handshake.finish(response)
            decoder = WebSocketDecoder(
                role: .client, limits: WebSocketLimits(maxMessageBytes: endpoint.options.maxMessageBytes),
                deflate: outcome.deflate)
            if let agreement = outcome.deflate { compressor = WebSocketCompressor(agreement.client) }
        } catch {
            throw .webSocketRefused(error)
        }
        state = .open
        owner?.transportOpened(self)
    }

    private func readFrames(_ bytes: UnsafeMutableRawBufferPointer) {
        guard state == .open || state == .closing else { return }
        do throws(WebSocketError) {
            // The decoder is this object's own and nobody called from here touches it.
            try unsafe decoder.receive(bytes) { event in
                handle(event)
                return state != .closed
            }
        } catch {
            if state == .open { sendClose(error.closeCode, reason: error.reason) }
            finish(.webSocket(error))
        }
    }

    private func handle(_ event: borrowing WebSocketEvent) {
        switch event {
        case .text(let payload):
            guard state == .open else { return }
            guard payload.byteCount > 0, let type = EnginePacketType(digit: payload.byte(at: 0)) else {
                return finish(.protocolViolation("a packet without a type"))
            }
            owner?.received(type, payload.extracting(1..<payload.byteCount), from: self)
        case .binary(let payload):
            if state == .open { owner?.received(binary: payload, from: self) }
        case .ping(let payload):
            if state == .open { write(.pong, prefix: nil, payload) }
        case .pong: break
        case .close(let code, _):
            let isAnswer = state == .closing
            if !isAnswer { sendClose(code) }
            finish(isAnswer ? .closedByClient : .closedByServer(code))
        }
    }

    func ended(_ error: ClientError) {
        stream = nil
        finish(state == .closing ? .closedByClient : error)
    }
}
