import Bytes
import EngineIO
import EventLoops
import JSON
import Logging

/// One Engine.IO session and the namespaces that its client has joined. Belongs to the session's loop.
///
/// Sendable because `handshake`, `revision`, `server` and `state` are constants, and every variable is touched on the
/// loop's thread only.
final class Connection: @unchecked Sendable {
    let server: Server
    let state: LoopState
    let handshake: EngineHandshake
    /// The session, until it is closed.
    private(set) var session: (any EngineSession)?
    /// The socket of `/`, which nearly every client has.
    private var root: Socket?
    private var others: [Socket] = []
    /// Names of namespaces that are being looked up or restored.
    var busy: [String] = []
    var partial: PartialPacket?
    /// Bytes kept of packets that have not all come and of events that are not dealt with.
    private var keptByteCount = 0
    private var share = MemoryShare()
    private let budget: MemoryBudget
    var timer: TimerToken?
    let revision: EngineRevision
    /// The place in `state.connections`.
    var place: Int32 = -1

    init(_ session: any EngineSession, server: Server, state: LoopState) {
        self.session = session
        self.server = server
        self.state = state
        budget = session.inputBudget
        handshake = session.handshake
        revision = session.revision
    }

    var isOpen: Bool { session != nil }

    var options: ServerOptions { server.context.options }

    /// The session has opened: starts the clock, and joins `/` for clients of revision 3 (Socket.IO protocol 4).
    func opened() {
        state.add(self)
        startTimer()
        if revision == .v3 { connect("/", auth: .object([])) }
    }

    // MARK: Sockets

    var sockets: [Socket] { (root.map { [$0] } ?? []) + others }

    var namespaceCount: Int { (root == nil ? 0 : 1) + others.count + busy.count }

    /// The socket of a namespace, given the bytes of its name; none for `/`.
    @inline(__always)
    func socket(_ name: RawSpan) -> Socket? {
        if name.byteCount <= 1 { return root }
        return others.first { EventName.matches($0.namespace.name, name) }
    }

    func socket(_ name: String) -> Socket? {
        name == "/" ? root : others.first { $0.namespace.name == name }
    }

    func keep(_ socket: Socket) {
        if socket.namespace.name == "/" { root = socket } else { others.append(socket) }
    }

    func remove(_ socket: Socket) {
        if root === socket { root = nil } else { others.removeAll { $0 === socket } }
        if root == nil && others.isEmpty && isOpen { startTimer() }
    }

    // MARK: The connect time-out

    /// Closes the connection unless a namespace is joined in time.
    private func startTimer() {
        stopTimer()
        timer = state.loop.schedule(after: options.connectTimeout, self)
    }

    private func stopTimer() {
        if let timer { state.loop.cancel(timer) }
        timer = nil
    }

    /// A namespace was joined.
    func joined() {
        stopTimer()
        session?.joined()
    }

    // MARK: Memory

    /// Counts bytes that stay until `forget` of as many, which also is due when the connection has ended meanwhile; `false`
    /// where the server keeps as much as it may.
    @inline(__always)
    func keep(byteCount: Int) -> Bool {
        guard share.keep(keptByteCount + byteCount, of: budget) else { return false }
        keptByteCount += byteCount
        return true
    }

    @inline(__always)
    func forget(byteCount: Int) {
        keptByteCount -= byteCount
        _ = share.keep(keptByteCount, of: budget)
    }

    // MARK: The end

    /// Ends all sockets for `reason` and closes the session.
    func close(_ reason: DisconnectReason) {
        guard let session else { return }
        end(reason)
        session.close()
    }

    /// Sends a DISCONNECT for every namespace and closes the session.
    func disconnectAll() {
        for socket in sockets { socket.leaveByServer() }
        close(.forcedServerClose)
    }

    private func end(_ reason: DisconnectReason) {
        session = nil
        stopTimer()
        dropPartial()
        let ending = sockets
        root = nil
        others = []
        state.remove(self)
        for socket in ending { socket.finish(reason) }
    }
}

extension Connection: TimerTarget {
    func timerFired(_ token: TimerToken) {
        if token == timer {
            timer = nil
            if sockets.allSatisfy({ $0.state == .connecting }) { close(.forcedServerClose) }
        } else if token == partial?.timer {
            fail(.attachmentsOverdue(limit: options.attachmentTimeout))
        }
    }
}

extension Connection: EngineSessionDelegate {
    func received(text: RawSpan) {
        guard isOpen else { return }
        do throws(PacketError) { try receive(text) } catch { fail(error) }
    }

    func received(binary: RawSpan) {
        guard isOpen else { return }
        do throws(PacketError) { try receive(binary: binary) } catch { fail(error) }
    }

    func closed(_ reason: EngineCloseReason) {
        guard isOpen else { return }
        end(DisconnectReason(reason))
    }

    /// The client broke the protocol.
    func fail(_ error: PacketError) {
        server.context.logger.debug(
            "A packet was refused", ["reason": "\(error.description)"], source: handshake.address)
        close(.parseError)
    }
}
