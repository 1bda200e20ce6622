import Bytes
import EventLoops
import Logging
import Network
import TLS

/// One client's byte stream: a TCP connection, with TLS where that is on. Owned by one loop at a time.
///
/// The handler on top changes once at most, from HTTP to WebSocket.
final class ClientStream: TCPConnectionDelegate, TimerTarget {
    private var connection: TCPConnection
    private var tls: TLSMachine?
    /// Who gets the bytes. The stream keeps its protocol alive until it is closed.
    private var handler: (any StreamHandler)?
    /// The loop's state, held until it forgets the stream; changes when the stream moves.
    private(set) var host: LoopHost
    /// Where `host.streams` keeps this stream; negative when it is closed.
    var position = -1
    /// What was written in this turn and is not encrypted yet: one record for all of it costs less than one for each.
    private var unencrypted: [UInt8] = []
    private var lingerTimer: TimerToken?
    private var taking = TakingProgress()
    /// Whether bytes are being decrypted, which nothing may take from under the machine.
    private var isDecrypting = false
    private var afterDecrypting: (() -> Void)?

    var isSecure: Bool { tls != nil }
    /// The address of the socket's other end, not what a proxy says; made of its numbers at each call.
    var peer: String { connection.remoteAddress.ip?.description ?? "" }
    var isOpen: Bool { connection.isOpen }

    init(connection: TCPConnection, tls: TLSMachine?, host: LoopHost) {
        self.connection = connection
        self.tls = tls
        self.host = host
        connection.delegate = self
        host.add(self)
    }

    func install(_ handler: any StreamHandler) { self.handler = handler }

    func handlerIs(_ candidate: any StreamHandler) -> Bool { handler === candidate }

    /// Tells the protocol that the server stops.
    func serverStops() { handler?.serverStops() }

    // MARK: Writing

    /// Bytes queued and not yet taken by the system.
    var pendingBytes: Int { connection.pendingBytes + unencrypted.count }

    /// Queues shared bytes; goes out at the end of the turn.
    @inline(__always)
    func write(_ bytes: SharedBytes) {
        guard tls != nil else { return connection.write(bytes) }
        gather(bytes.bytes)
    }

    /// Queues a copy of `bytes`.
    @inline(__always)
    func write(copying bytes: RawSpan) {
        guard tls != nil else { return connection.write(copying: bytes) }
        gather(bytes)
    }

    /// Queues `bytes`.
    func write(_ bytes: consuming [UInt8]) {
        guard tls != nil else { return connection.write(bytes) }
        gather(bytes.span.bytes)
    }

    /// More bytes than this do not wait for the end of the turn: the connection's bound is to count them.
    private static let mostUnencrypted = 64 << 10

    private func gather(_ bytes: RawSpan) {
        guard isOpen else { return }
        if unencrypted.count + bytes.byteCount > Self.mostUnencrypted {
            encryptGathered()
            return encrypt(bytes)
        }
        if unencrypted.isEmpty { host.encryptLater(self) }
        unencrypted.append(contentsOf: bytes)
    }

    /// Encrypts what was written up to now.
    func encryptGathered() {
        guard !unencrypted.isEmpty else { return }
        var plain: [UInt8] = []
        swap(&plain, &unencrypted)
        encrypt(plain.span.bytes)
    }

    private func encrypt(_ bytes: RawSpan) {
        var records: [UInt8] = []
        do {
            try tls?.encrypt(bytes, to: &records)
            connection.write(records)
        } catch {
            abort()
        }
    }

    // MARK: Reading

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let tls else { return deliver(bytes) }
        isDecrypting = true
        decrypt(UnsafeRawBufferPointer(bytes), tls)
        isDecrypting = false
        if let work = afterDecrypting {
            afterDecrypting = nil
            work()
        }
    }

    private func decrypt(_ bytes: UnsafeRawBufferPointer, _ tls: TLSMachine) {
        do {
            try tls.received(bytes) { plain in deliver(plain) }
            flushRecords(tls)
            if tls.state == .peerClosed { peerEnded() }
        } catch {
            // The alert tells the client why.
            flushRecords(tls)
            host.server.logger.debug("TLS failed", ["error": .describing(error)], source: peer)
            closeAfterFlush()
        }
    }

    /// Runs `work` once all that has arrived was handed to the protocol: now, unless TLS has more of it.
    func whenDelivered(_ work: @escaping () -> Void) {
        if isDecrypting { afterDecrypting = work } else { work() }
    }

    /// Sends what TLS itself has to say: its handshake, alerts, key updates.
    private func flushRecords(_ tls: TLSMachine) {
        guard tls.hasOutgoing else { return }
        var records: [UInt8] = []
        tls.takeOutgoing(to: &records)
        connection.write(records)
    }

    /// Hands plain bytes to the protocol; also bytes that were kept from before a change of protocol.
    func deliver(_ bytes: UnsafeMutableRawBufferPointer) {
        if lingerTimer == nil { handler?.received(bytes) }
    }

    /// Asks for one `drained()` when all that is queued has been taken by the system.
    func notifyWhenDrained() {
        encryptGathered()
        connection.notifyWhenDrained()
    }

    func pauseReading() { connection.pauseReading() }
    func resumeReading() { connection.resumeReading() }

    // MARK: Closing

    /// Sends what is queued, then ends this side and waits a moment for the other, so that the last bytes arrive: a
    /// socket closed over unread bytes is reset.
    func closeAfterFlush() {
        guard connection.isOpen, lingerTimer == nil else { return }
        encryptGathered()
        if let tls {
            var records: [UInt8] = []
            tls.close(to: &records)
            connection.write(records)
        }
        connection.shutdownAfterFlush()
        taking = TakingProgress(unsent: pendingBytes)
        lingerTimer = host.loop.schedule(after: host.options.closeTimeout, self)
    }

    /// Ends the stream now; what is queued is lost.
    func abort() { connection.abort() }

    func timerFired(_ token: TimerToken) {
        if taking.hasMoved(unsent: pendingBytes) {
            lingerTimer = host.loop.schedule(after: host.options.closeTimeout, self)
        } else if pendingBytes == 0 {
            // The system has all of it and sends it on by itself.
            connection.close()
        } else {
            connection.abort()
        }
    }

    func readEnded(_ connection: TCPConnection) { peerEnded() }

    private func peerEnded() {
        guard lingerTimer != nil else {
            handler?.readEnded()
            return
        }
        // What is queued still goes out; the connection ends itself behind it.
        if connection.pendingBytes == 0 { connection.close() }
    }

    func drained() { handler?.drained() }

    func overflowed(_ connection: TCPConnection) {
        handler?.overflowed()
        connection.abort()
    }

    func closed(_ error: NetworkError?) {
        if let lingerTimer { host.loop.cancel(lingerTimer) }
        host.remove(self)
        let handler = self.handler
        self.handler = nil
        handler?.closed()
    }

    // MARK: Moving

    /// Moves the stream with its protocol to another loop; `arrived` is called there.
    ///
    /// `false` where earlier answers still wait to be written: then nothing has changed. Not before `whenDelivered`: the
    /// other loop may use the stream, its TLS too, before this call returns.
    func move(to target: LoopHost, arrived: @escaping () -> Void) -> Bool {
        encryptGathered()
        guard let socket = connection.detach() else { return false }
        host.remove(self)
        let luggage = Luggage(stream: self, arrived: arrived)
        target.loop.execute { luggage.stream.arrive(socket, target, luggage.arrived) }
        return true
    }

    private func arrive(_ socket: DetachedSocket, _ target: LoopHost, _ arrived: () -> Void) {
        host = target
        guard let connection = target.loop.adopt(socket, { $0.delegate = self }) else {
            let handler = self.handler
            self.handler = nil
            handler?.closed()
            return
        }
        self.connection = connection
        target.add(self)
        arrived()
    }

    /// A stream on its way between two loops.
    ///
    /// `@unchecked Sendable` because the old loop has let go of the stream when it is packed and the new one alone unpacks
    /// it; the mailbox orders the two.
    private struct Luggage: @unchecked Sendable {
        let stream: ClientStream
        let arrived: () -> Void
    }
}
