import CUV
import EventLoops
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A listening socket: accepts on one loop and hands the connections to all loops of the group in turn.
///
/// When the process has no descriptor left it stops accepting for a moment; clients then wait in the system's queue, and
/// open connections are served on.
public final class Listener: @unchecked Sendable {
    // Sendable because all but the `let`s is touched on `loop`'s thread only.

    /// How to listen, and what the connections may.
    public struct Options: Sendable {
        /// How many connections may wait in the system to be accepted; default 4,096.
        public var backlog: Int32 = 4096
        /// How many connections may be open; a further one is closed at once. Default no limit.
        public var maxConnections: Int?
        /// A listener whose connections count for `maxConnections`, too; default none.
        public var countsWith: Listener?
        /// Whether a listener on an IPv6 address takes no IPv4 connections; default `false`.
        public var isIPv6Only = false
        /// The permissions of a unix socket; default `rw-rw----`.
        public var mode: UInt32 = 0o660
        /// How long to wait when the process has no descriptor left; default 100 ms.
        public var pause: Duration = .milliseconds(100)
        /// How many bytes the system keeps for each TCP connection until the peer has taken them; default `nil`, its own
        /// measure, which grows with what the connection can carry. Linux takes twice the number, for its own needs.
        public var sendBuffer: Int?
        /// What accepted connections are given.
        public var connection = TCPConnection.Options()

        /// The defaults.
        public init() {}
    }

    /// The bound address: with the port that the system chose, where 0 was asked for.
    public let address: SocketAddress
    private let options: Options
    private let group: UVLoopGroup
    private let loop: UVLoop
    private let descriptor: Int32
    private let seats: SeatCount
    private let refusals = Atomic<Int>(0)
    private let accepted: @Sendable (TCPConnection) -> Void
    private var handle: UnsafeMutablePointer<uv_poll_t>?
    private var isStopped = false
    private var pause: Pause?

    /// How many connections one event accepts before others have their turn.
    private static let acceptsPerEvent = 64

    /// Listens at `address`. `accepted` is called for each connection, on its loop, to give it a delegate.
    ///
    /// A unix socket that no process listens on any more is replaced.
    public init(
        _ address: SocketAddress, group: UVLoopGroup, options: Options = Options(),
        accepted: @escaping @Sendable (TCPConnection) -> Void
    ) throws(NetworkError) {
        (descriptor, self.address) = try ListeningSocket.open(address, options)
        seats = options.countsWith?.seats ?? SeatCount()
        self.options = options
        self.group = group
        loop = group.loops[0]
        self.accepted = accepted
        loop.execute { self.open() }
    }

    deinit {
        // Never opened: the loop had ended.
        if !isStopped { closeSocket() }
    }

    /// How many accepted connections are open; with those of the listener that this one counts with.
    public var connectionCount: Int { seats.current }

    /// How many connections were closed at once because of `maxConnections`.
    public var refusedCount: Int { refusals.load(ordering: .relaxed) }

    /// Accepts no more and frees the address; open connections go on. From any thread.
    public func stop() {
        loop.execute { self.close() }
    }
}

// MARK: - On the loop

extension Listener: LoopBound {
    func loopStopped() { close() }

    private func open() {
        guard !isStopped, !loop.isStopping else { return closeSocket() }
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        guard uv_poll_init(loop.handle, handle, descriptor) == 0 else {
            handle.deallocate()
            return closeSocket()
        }
        // Retained for the handle until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        self.handle = handle
        loop.openHandles += 1
        listen()
    }

    /// The end of a moment without accepting.
    private final class Pause: TimerTarget {
        private weak let listener: Listener?

        init(listener: Listener) { self.listener = listener }

        func timerFired(_ token: TimerToken) { listener?.listen() }
    }

    private func listen() {
        guard let handle, !isStopped else { return }
        uv_poll_start(handle, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<Listener>.fromOpaque(data).takeUnretainedValue().acceptWaiting()
        }
    }

    private func acceptWaiting() {
        for _ in 0..<Self.acceptsPerEvent {
            guard !isStopped else { return }
            var client: Int32 = -1
            let remote = SocketAddress { address, length in
                client = parley_accept(descriptor, address, length)
                return client
            }
            if client >= 0 {
                hand(client, remote ?? .unix(path: ""))
            } else if !goesOn(after: errno) {
                return
            }
        }
    }

    /// Whether to accept on after a failure.
    private func goesOn(after code: Int32) -> Bool {
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            if let handle { uv_poll_stop(handle) }
            let pause = Pause(listener: self)
            self.pause = pause
            loop.schedule(after: options.pause, pause)
            return false
        case EINTR, ECONNABORTED, EPROTO: return true
        default: return false
        }
    }

    private func hand(_ client: Int32, _ remote: SocketAddress) {
        guard let seat = Seat(of: seats, limit: options.maxConnections) else {
            refusals.wrappingAdd(1, ordering: .relaxed)
            return Socket.close(client)
        }
        let socket = DetachedSocket(
            descriptor: client, remoteAddress: remote, options: options.connection, seat: seat)
        let target = group.next()
        if target === loop {
            target.adopt(socket, accepted)
        } else {
            target.execute { [accepted] in target.adopt(socket, accepted) }
        }
    }

    private func close() {
        guard !isStopped else { return }
        isStopped = true
        guard let handle else { return }
        uv_close(Handle.of(handle)) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<Listener>.fromOpaque(data).takeRetainedValue().handleClosed()
        }
        closeSocket()
    }

    private func handleClosed() {
        handle?.deallocate()
        handle = nil
        loop.openHandles -= 1
    }

    private func closeSocket() {
        isStopped = true
        Socket.close(descriptor)
        if case .unix(let path) = address { unlink(path) }
    }
}
