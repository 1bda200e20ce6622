import Bytes
import Deflate
import EngineIO
import EventLoops
import Logging
import Network
import WebSocketWire

/// A WebSocket of one session, after the upgrade of its stream.
final class WebSocketTransport: StreamHandler, TimerTarget {
    private let stream: ClientStream
    private unowned let host: LoopHost
    private var decoder: WebSocketDecoder
    private let compression: Compression?
    private var handshake = WebSocketCloseHandshake()
    /// Who hears the messages; nobody once the WebSocket closes.
    private var session: SessionDriver?
    private var closeTimer: TimerToken?
    private var taking = TakingProgress()
    /// The kept part of a message, as a part of what the server keeps of all.
    private var share = MemoryShare()

    /// permessage-deflate as agreed on for this connection. An object, for most connections have none.
    final class Compression {
        let agreement: PerMessageDeflate.Agreement
        /// Messages shorter than this are sent as they are.
        let threshold: Int
        /// Of this connection alone where context is kept, of the loop where not.
        let compressor: WebSocketCompressor

        init(agreement: PerMessageDeflate.Agreement, threshold: Int, compressor: WebSocketCompressor) {
            self.agreement = agreement
            self.threshold = threshold
            self.compressor = compressor
        }
    }

    /// Whether the peer's bytes were refused, so that no close frame can come. The decoder cannot be asked while it delivers.
    private var hasReadFault = false

    init(stream: ClientStream, session: SessionDriver, limits: WebSocketLimits, compression: Compression?) {
        self.stream = stream
        self.session = session
        self.compression = compression
        host = stream.host
        decoder = WebSocketDecoder(role: .server, limits: limits, deflate: compression?.agreement)
    }

    var pendingBytes: Int { stream.pendingBytes }
    var isOpen: Bool { handshake.maySend && stream.isOpen }

    // MARK: Reading

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        takeLimit()
        do throws(WebSocketError) {
            try decoder.receive(bytes) { event in
                deliver(event)
                return handshake.state != .complete
            }
            countInput()
        } catch {
            refuse(error.closeCode, error.reason)
        }
    }

    /// Reads nothing more, and closes.
    private func refuse(_ code: WebSocketCloseCode, _ reason: String) {
        host.server.logger.debug("A WebSocket was refused", ["reason": .string(reason)], source: stream.peer)
        let session = detachSession()
        hasReadFault = true
        share.release(to: host.server.inputBudget)
        close(code, reason: reason)
        session?.webSocketClosed(self, byFault: true)
    }

    /// Counts what is kept of a message that has not all come.
    @inline(__always)
    private func countInput() {
        guard !share.keep(decoder.keptByteCount, of: host.server.inputBudget) else { return }
        decoder.abandon()
        refuse(.tryAgainLater, "The server has too much work under way; send this again later.")
    }

    /// The limit grows when the client has joined; never inside a call of the decoder.
    @inline(__always)
    private func takeLimit() {
        guard let session, session.incomingLimit != decoder.limits.maxMessageBytes else { return }
        decoder.limits = WebSocketLimits(
            maxMessageBytes: session.incomingLimit, maxFragments: decoder.limits.maxFragments)
    }

    @inline(__always)
    private func deliver(_ event: borrowing WebSocketEvent) {
        switch event {
        case .text(let text): session?.webSocketReceived(text: text, on: self)
        case .binary(let bytes): session?.webSocketReceived(binary: bytes, on: self)
        case .ping(let payload): if isOpen { sendControl(.pong, payload) }
        case .pong: break
        case .close(let code, _): closeReceived(code)
        }
    }

    private func closeReceived(_ code: WebSocketCloseCode?) {
        switch handshake.closeReceived(code) {
        case .reply(let code): sendClose(code, reason: "")
        case .nothing: break
        }
        // From here on the stream waits for the other side's end.
        cancelCloseTimer()
        stream.closeAfterFlush()
        detachSession()?.webSocketClosed(self, byFault: false)
    }

    // MARK: Writing

    /// Queues frames that are shared with other connections.
    @inline(__always)
    func send(frames: SharedBytes) {
        if isOpen { stream.write(frames) }
    }

    /// Queues a text message of `prefix` and `text`, copied.
    @inline(__always)
    func send(text: RawSpan, prefix: UInt8? = nil) {
        guard isOpen else { return }
        if let compression, text.byteCount >= compression.threshold {
            return sendCompressed(text, prefix: prefix, compression)
        }
        let head = WebSocketFrameHead(.text, payloadByteCount: text.byteCount, prefix: prefix)
        stream.write(copying: head.bytes)
        stream.write(copying: text)
    }

    private func sendCompressed(_ text: RawSpan, prefix: UInt8?, _ compression: Compression) {
        var frame: [UInt8] = []
        append(.text, prefix: prefix, text, with: compression, to: &frame)
        stream.write(frame)
    }

    /// Whether this connection compresses a message of that size.
    @inline(__always)
    func compresses(_ message: OutgoingMessage) -> Bool {
        guard let compression else { return false }
        return message.flags.mayCompress && message.byteCount >= compression.threshold
    }

    /// Whether what this connection compresses is good for every other that compresses: nothing in it refers to messages
    /// before, and its window is the usual one.
    var sharesCompression: Bool {
        guard let server = compression?.agreement.server else { return false }
        return !server.keepsContext && server.windowBits == PerMessageDeflate.Direction().windowBits
    }

    /// Appends a frame of `message` as this connection sends it.
    func append(
        _ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: RawSpan, _ message: OutgoingMessage, to out: inout [UInt8]
    ) {
        if let compression, compresses(message) {
            append(opcode, prefix: prefix, payload, with: compression, to: &out)
        } else {
            WebSocketEncoder.append(opcode, prefix: prefix, payload: payload, to: &out)
        }
    }

    private func append(
        _ opcode: WebSocketOpcode, prefix: UInt8?, _ payload: RawSpan, with compression: Compression,
        to out: inout [UInt8]
    ) {
        do throws(DeflateError) {
            try compression.compressor.append(opcode, prefix: prefix, payload: payload, to: &out)
        } catch {
            // No memory for the compressor: a message may always go out as it is (RFC 7692 section 6).
            WebSocketEncoder.append(opcode, prefix: prefix, payload: payload, to: &out)
        }
    }

    private func sendControl(_ opcode: WebSocketOpcode, _ payload: RawSpan) {
        var frame: [UInt8] = []
        WebSocketEncoder.append(opcode, payload: payload, to: &frame)
        stream.write(copying: frame.span.bytes)
    }

    // MARK: Closing

    /// Begins the closing handshake; the stream is cut when the peer does not answer in time.
    func close(_ code: WebSocketCloseCode?, reason: String = "") {
        session = nil
        guard handshake.closeRequested() else { return }
        sendClose(code, reason: reason)
        if hasReadFault { return stream.closeAfterFlush() }
        taking = TakingProgress(unsent: stream.pendingBytes)
        closeTimer = host.loop.schedule(after: host.options.closeTimeout, self)
    }

    /// Ends the connection without a handshake.
    func abort() {
        session = nil
        stream.abort()
    }

    func timerFired(_ token: TimerToken) {
        if taking.hasMoved(unsent: stream.pendingBytes) {
            closeTimer = host.loop.schedule(after: host.options.closeTimeout, self)
        } else {
            closeTimer = nil
            stream.abort()
        }
    }

    private func cancelCloseTimer() {
        if let closeTimer { host.loop.cancel(closeTimer) }
        closeTimer = nil
    }

    private func sendClose(_ code: WebSocketCloseCode?, reason: String) {
        stream.write(copying: WebSocketEncoder.close(code, reason: reason).span.bytes)
    }

    @discardableResult
    private func detachSession() -> SessionDriver? {
        defer { session = nil }
        return session
    }

    // MARK: Stream events

    func readEnded() {
        let session = detachSession()
        stream.closeAfterFlush()
        session?.webSocketClosed(self, byFault: false)
    }

    func drained() {}

    func overflowed() { detachSession()?.webSocketOverflowed(self) }

    func serverStops() {}

    func closed() {
        cancelCloseTimer()
        share.release(to: host.server.inputBudget)
        detachSession()?.webSocketClosed(self, byFault: false)
    }
}
