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

        public init() {}
    }

    public let loop: UVLoop
    /// Who hears of the connection. While there is nobody, nothing is read.
    public var delegate: (any TCPConnectionDelegate)? {
        didSet { if oldValue == nil { watch() } }
    }
    public let remoteAddress: SocketAddress
    public var options: Options

    /// Non-nil from `open` until libuv has let go of it.
    private(set) var handle: UnsafeMutablePointer<uv_poll_t>?
    private(set) var descriptor: Int32
    var state: State = []
    /// The events that the handle watches for.
    var watched: Int32 = 0
    /// This turn's pieces in the loop's `TurnQueue`, and how many bytes they are.
    var firstPiece = TurnQueue.none
    var lastPiece = TurnQueue.none
    var turnBytes = 0
    /// What the system did not take.
    var backlog: Backlog?
    /// A place among the connections that a listener allows, given back when the socket closes.
    private(set) var seat: Seat?
    var closeError: NetworkError?

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
    }

    init(loop: UVLoop, socket: DetachedSocket) {
        self.loop = loop
        remoteAddress = socket.remoteAddress
        options = socket.options
        (descriptor, seat) = socket.take()
    }

    /// Whether the connection may still be used: `false` from `close()`, `abort()`, `detach()` or a failure on.
    public var isOpen: Bool { state.contains(.open) }

    /// How many bytes wait to be handed to the system.
    public var pendingBytes: Int { turnBytes + (backlog?.byteCount ?? 0) }

    /// This side's address, or `nil` once the connection is closed.
    public var localAddress: SocketAddress? {
        guard isOpen else { return nil }
        return SocketAddress { getsockname(descriptor, $0, $1) }
    }
}

@available(*, unavailable)
extension TCPConnection: Sendable {}

// MARK: - The handle

extension TCPConnection: LoopBound {
    /// Begins to watch the socket; `false` where the system refuses that, and then the socket is closed.
    func open() -> Bool {
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        guard uv_poll_init(loop.handle, handle, descriptor) == 0 else {
            handle.deallocate()
            releaseDescriptor()
            return false
        }
        // Retained for the handle until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        self.handle = handle
        state.insert(.open)
        loop.openHandles += 1
        loop.statistics.openConnections += 1
        watch()
        return true
    }

    /// Asks for the events that matter now, if they changed.
    func watch() {
        guard isOpen, let handle else { return }
        var events: Int32 = 0
        if delegate != nil, state.isDisjoint(with: [.readPaused, .readEnded]) { events |= Int32(UV_READABLE.rawValue) }
        if backlog != nil { events |= Int32(UV_WRITABLE.rawValue) }
        guard events != watched else { return }
        watched = events
        uv_poll_start(handle, events) { handle, status, events in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<TCPConnection>.fromOpaque(data).takeUnretainedValue().pollCame(status: status, events: events)
        }
    }

    private func pollCame(status: Int32, events: Int32) {
        guard status == 0 else { return errorCame() }
        if events & Int32(UV_WRITABLE.rawValue) != 0 { drainBacklog() }
        if events & Int32(UV_READABLE.rawValue) != 0, isOpen { _ = readArrived() }
    }

    /// The socket has failed; libuv watches it no more. What arrived before can still be read.
    private func errorCame() {
        watched = 0
        while readArrived() {}
        if isOpen {
            let code = Socket.takeError(descriptor)
            fail(.transfer("a read", code: code == 0 ? ECONNRESET : code))
        }
    }

    func loopStopped() { end(.loopStopped) }

    func fail(_ error: NetworkError) { end(error) }

    /// Lets go of the handle and the socket. The delegate hears of it from the close callback, so never inside another
    /// call.
    func end(_ error: NetworkError?) {
        guard isOpen, let handle else { return }
        closeError = error
        letGo(of: handle)
        releaseDescriptor()
    }

    /// Stops watching; the socket stays open.
    func letGo(of handle: UnsafeMutablePointer<uv_poll_t>) {
        state.remove(.open)
        backlog = nil
        loop.statistics.openConnections -= 1
        uv_close(Handle.of(handle)) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<TCPConnection>.fromOpaque(data).takeRetainedValue().handleClosed()
        }
    }

    private func handleClosed() {
        handle?.deallocate()
        handle = nil
        loop.openHandles -= 1
        let delegate = self.delegate
        self.delegate = nil
        if !state.contains(.detached) { delegate?.closed(closeError) }
    }

    private func releaseDescriptor() {
        Socket.close(descriptor)
        descriptor = -1
        seat = nil
    }

    /// The socket without its handle, for another loop.
    func takeSocket() -> DetachedSocket {
        let socket = DetachedSocket(
            descriptor: descriptor, remoteAddress: remoteAddress, options: options, seat: seat,
            readEnded: state.contains(.readEnded))
        descriptor = -1
        seat = nil
        return socket
    }
}
