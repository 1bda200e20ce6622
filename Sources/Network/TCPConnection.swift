import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One stream socket, TCP or unix, on one loop. Every member is used on that loop's thread only.
///
/// An open connection is kept alive by its loop, and keeps its delegate alive. An idle one holds no buffer.
public final class TCPConnection {
    /// What a connection can be told. The defaults suit a chat client.
    public struct Options: Sendable {
        /// How many bytes may wait for the peer to read; default 1 MiB. A single write to a connection for which nothing
        /// waits may be longer.
        public var maxPendingBytes = 1 << 20
        /// From how many waiting bytes on the delegate hears `drained()` once they are gone; default 64 KiB.
        public var lowWaterMark = 64 << 10

        /// The defaults.
        public init() {}
    }

    /// The loop that owns the connection.
    public let loop: UVLoop
    /// The address of the other side.
    public let remoteAddress: SocketAddress
    /// What every read and write touches, beside libuv's handle; its owner is this object.
    let core: UnsafeMutablePointer<ConnectionCore>
    /// Behind `delegate`.
    private(set) var hearer: (any TCPConnectionDelegate)?
    /// What the system did not take.
    var backlog: Backlog?
    /// A place among the connections that a listener allows, given back when the socket closes.
    private var seat: Seat?
    private var closeError: NetworkError?

    init(loop: UVLoop, socket: DetachedSocket) {
        self.loop = loop
        remoteAddress = socket.remoteAddress
        let (descriptor, seat) = socket.take()
        self.seat = seat
        core = .allocate(capacity: 1)
        core.initialize(to: ConnectionCore(descriptor: descriptor, options: socket.options))
        if socket.readEnded { core.pointee.state.insert(.readEnded) }
    }

    deinit { core.deallocate() }

    /// Who hears of the connection. While there is nobody, nothing is read.
    public var delegate: (any TCPConnectionDelegate)? {
        get { hearer }
        set {
            let isFirst = hearer == nil
            hearer = newValue
            if isFirst { watch() }
        }
    }

    /// What the connection may; may be changed while it is open.
    public var options: Options {
        get { core.pointee.options }
        set { core.pointee.options = newValue }
    }

    /// Whether the connection may still be used: `false` from `close()`, `abort()`, `detach()` or a failure on.
    public var isOpen: Bool { core.pointee.state.contains(.open) }

    /// How many bytes wait to be handed to the system.
    public var pendingBytes: Int { core.pointee.turnBytes + (backlog?.byteCount ?? 0) }

    /// This side's address, or `nil` once the connection is closed.
    public var localAddress: SocketAddress? {
        guard isOpen else { return nil }
        return SocketAddress { getsockname(core.pointee.descriptor, $0, $1) }
    }
}

@available(*, unavailable)
extension TCPConnection: Sendable {}

/// The part of a connection that every frame touches. In memory of its own, for libuv's handle must not move, and because
/// the compiler then need not check at run time that the accesses are exclusive.
struct ConnectionCore {
    var poll = uv_poll_t()
    var options: TCPConnection.Options
    var descriptor: Int32
    var state: State = []
    /// The events that the handle watches for.
    var watched: Int32 = 0
    /// This turn's pieces in the loop's `TurnQueue`, how many bytes they are, and the place in its list.
    var firstPiece = TurnQueue.none
    var lastPiece = TurnQueue.none
    var dirtyPlace = TurnQueue.none
    var turnBytes = 0

    init(descriptor: Int32, options: TCPConnection.Options) {
        self.descriptor = descriptor
        self.options = options
    }

    struct State: OptionSet {
        let rawValue: UInt16
        static let open = State(rawValue: 1)
        static let readPaused = State(rawValue: 1 << 1)
        static let readEnded = State(rawValue: 1 << 2)
        static let writeEnding = State(rawValue: 1 << 3)
        static let writeEnded = State(rawValue: 1 << 4)
        static let wantsDrained = State(rawValue: 1 << 5)
        static let overflowed = State(rawValue: 1 << 6)
        static let overflowNoticed = State(rawValue: 1 << 7)
        static let noticeQueued = State(rawValue: 1 << 8)
        static let detached = State(rawValue: 1 << 9)
        static let hasBacklog = State(rawValue: 1 << 10)

        /// What a write must look at more closely, or may not be done at all.
        static let unusual: State = [.writeEnding, .writeEnded, .overflowed, .hasBacklog]
    }
}

// MARK: - The handle

extension TCPConnection: LoopBound {
    private var handle: UnsafeMutablePointer<uv_poll_t> {
        // The handle is the first field of the core.
        UnsafeMutableRawPointer(core).assumingMemoryBound(to: uv_poll_t.self)
    }

    /// Begins to watch the socket; `false` where the system refuses that, and then the socket is closed.
    func open() -> Bool {
        guard core.pointee.descriptor >= 0 else { return false }
        guard uv_poll_init(loop.handle, handle, core.pointee.descriptor) == 0 else {
            releaseDescriptor()
            return false
        }
        // Retained for the handle until its close callback.
        core.pointee.poll.data = Unmanaged.passRetained(self).toOpaque()
        core.pointee.state.insert(.open)
        loop.openHandles += 1
        loop.counts.openConnections += 1
        return true
    }

    /// Asks for the events that matter now, if they changed.
    func watch() {
        guard isOpen else { return }
        var events: Int32 = 0
        if hearer != nil, core.pointee.state.isDisjoint(with: [.readPaused, .readEnded]) {
            events |= Int32(UV_READABLE.rawValue)
        }
        if backlog != nil { events |= Int32(UV_WRITABLE.rawValue) }
        guard events != core.pointee.watched else { return }
        core.pointee.watched = events
        uv_poll_start(handle, events) { handle, status, events in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<TCPConnection>.fromOpaque(data).takeUnretainedValue().pollCame(status: status, events: events)
        }
    }

    private func pollCame(status: Int32, events: Int32) {
        guard status == 0 else { return errorCame() }
        if events & Int32(UV_WRITABLE.rawValue) != 0 { drainBacklog() }
        guard events & Int32(UV_READABLE.rawValue) != 0 else { return }
        loop.runPosted()
        if isOpen { _ = readArrived() }
    }

    /// The socket has failed; libuv watches it no more. What arrived before can still be read.
    private func errorCame() {
        core.pointee.watched = 0
        while readArrived() {}
        guard isOpen else { return }
        let code = Socket.takeError(core.pointee.descriptor)
        end(.transfer("a read", code: code == 0 ? ECONNRESET : code))
    }

    func loopStopped() { end(.loopStopped) }

    /// Lets go of the handle and the socket. The delegate hears of it from the close callback, so never inside another
    /// call.
    func end(_ error: NetworkError?) {
        guard isOpen else { return }
        closeError = error
        letGo()
        releaseDescriptor()
    }

    /// Stops watching, and drops what is queued; the socket stays open.
    private func letGo() {
        core.pointee.state.remove([.open, .hasBacklog])
        backlog = nil
        loop.outgoing.forget(self)
        loop.counts.openConnections -= 1
        uv_close(Handle.of(handle)) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<TCPConnection>.fromOpaque(data).takeRetainedValue().handleClosed()
        }
    }

    private func handleClosed() {
        loop.openHandles -= 1
        let hearer = self.hearer
        self.hearer = nil
        if !core.pointee.state.contains(.detached) { hearer?.closed(closeError) }
    }

    private func releaseDescriptor() {
        Socket.close(core.pointee.descriptor)
        core.pointee.descriptor = -1
        seat = nil
    }

    /// Takes the socket out of the loop.
    func takeSocket() -> DetachedSocket {
        let socket = DetachedSocket(
            descriptor: core.pointee.descriptor, remoteAddress: remoteAddress, options: options, seat: seat,
            readEnded: core.pointee.state.contains(.readEnded))
        core.pointee.state.insert(.detached)
        letGo()
        core.pointee.descriptor = -1
        seat = nil
        hearer = nil
        return socket
    }
}
