import Bytes
import CUV
import EventLoops

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension UVLoop {
    /// Connects to `address`. From the loop's thread only; `done` is called once, on the loop, after this call.
    ///
    /// Where it succeeds, give the connection its delegate before `done` returns.
    public func connect(
        to address: SocketAddress, options: TCPConnection.Options = .init(), timeout: Duration = .seconds(10),
        _ done: @escaping (Result<TCPConnection, NetworkError>) -> Void
    ) {
        precondition(isCurrent, "a connection is made on the loop's own thread")
        ConnectAttempt(self, "\(address)", options, done).start([address], timeout)
    }

    /// Connects to the first address of `host` that accepts; names are looked up off the loop.
    public func connect(
        host: String, port: UInt16, options: TCPConnection.Options = .init(), timeout: Duration = .seconds(10),
        _ done: @escaping (Result<TCPConnection, NetworkError>) -> Void
    ) {
        precondition(isCurrent, "a connection is made on the loop's own thread")
        ConnectAttempt(self, "\(host):\(port)", options, done).start(host, port, timeout)
    }
}

/// One outgoing connection on its way: looks the name up, tries one address after the other, gives up in time.
///
/// Kept alive by the lookup or the handle that will call it back.
private final class ConnectAttempt: LoopBound, TimerTarget, @unchecked Sendable {
    // Sendable because it is touched on the loop's thread only.
    private let loop: UVLoop
    private let target: String
    private let options: TCPConnection.Options
    private var done: ((Result<TCPConnection, NetworkError>) -> Void)?
    private var addresses: ArraySlice<SocketAddress> = []
    private var current: SocketAddress?
    private var descriptor: Int32 = -1
    private var handle: UnsafeMutablePointer<uv_poll_t>?
    private var timer: TimerToken?
    private var lastError = EHOSTUNREACH

    /// Looks names up. libuv has threads for that too, but takes them down while the process exits, and a loop that asks
    /// them then is ended by `abort`.
    private static let resolver = BlockingPool(threads: 4, maxQueued: 16_384, name: "names")

    init(
        _ loop: UVLoop, _ target: String, _ options: TCPConnection.Options,
        _ done: @escaping (Result<TCPConnection, NetworkError>) -> Void
    ) {
        self.loop = loop
        self.target = target
        self.options = options
        self.done = done
    }

    func start(_ addresses: [SocketAddress], _ timeout: Duration) {
        timer = loop.schedule(after: timeout, self)
        self.addresses = addresses[...]
        loop.execute { self.tryNext() }
    }

    func start(_ host: String, _ port: UInt16, _ timeout: Duration) {
        if let address = IPAddress(host) { return start([.internet(address, port: port)], timeout) }
        timer = loop.schedule(after: timeout, self)
        // The loop does not end before the answer has come.
        loop.openHandles += 1
        do throws(BlockingPoolError) {
            try Self.resolver.submit { [self] in
                let found = (try? SocketAddress.resolve(host: host, port: port)) ?? []
                loop.execute { self.lookedUp(found) }
            }
        } catch {
            loop.execute { self.lookedUp([]) }
        }
    }

    private func lookedUp(_ addresses: [SocketAddress]) {
        loop.openHandles -= 1
        guard !addresses.isEmpty else { return finish(.failure(.cannotResolve(host: target))) }
        self.addresses = addresses[...]
        tryNext()
    }

    private func tryNext() {
        guard done != nil else { return }
        guard !loop.isStopping else { return finish(.failure(.loopStopped)) }
        while let address = addresses.popFirst() {
            current = address
            if begin(address) { return }
        }
        finish(.failure(.cannotConnect(address: target, code: lastError)))
    }

    /// Whether the attempt is under way.
    private func begin(_ address: SocketAddress) -> Bool {
        descriptor = Socket.make(family: address.family)
        guard descriptor >= 0 else { return note(errno) }
        let connected = (try? address.withSystemAddress { connect(descriptor, $0, $1) }) ?? -2
        guard connected != -2 else { return note(ENAMETOOLONG) }
        guard connected == 0 || errno == EINPROGRESS else { return note(errno) }
        let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        let code = uv_poll_init(loop.handle, handle, descriptor)
        guard code == 0 else {
            handle.deallocate()
            return note(-code)
        }
        // Retained for the handle until its close callback.
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        self.handle = handle
        loop.openHandles += 1
        uv_poll_start(handle, Int32(UV_WRITABLE.rawValue)) { handle, _, _ in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<ConnectAttempt>.fromOpaque(data).takeUnretainedValue().answered()
        }
        return true
    }

    private func note(_ code: Int32) -> Bool {
        lastError = code
        closeSocket()
        return false
    }

    private func answered() {
        let code = Socket.takeError(descriptor)
        closeHandle()
        guard code == 0 else {
            _ = note(code)
            return tryNext()
        }
        guard let current else { return }
        if case .internet = current { Socket.sendAtOnce(descriptor) }
        let socket = DetachedSocket(descriptor: descriptor, remoteAddress: current, options: options)
        descriptor = -1
        guard let connection = loop.adopt(socket) else { return finish(.failure(.loopStopped)) }
        finish(.success(connection))
    }

    // MARK: Ending

    func timerFired(_ token: TimerToken) {
        timer = nil
        finish(.failure(.connectTimedOut(address: target)))
    }

    func loopStopped() { finish(.failure(.loopStopped)) }

    private func finish(_ result: Result<TCPConnection, NetworkError>) {
        guard let done else { return }
        self.done = nil
        if let timer { loop.cancel(timer) }
        closeHandle()
        closeSocket()
        done(result)
    }

    private func closeSocket() {
        guard descriptor >= 0 else { return }
        Socket.close(descriptor)
        descriptor = -1
    }

    private func closeHandle() {
        guard let handle else { return }
        self.handle = nil
        uv_close(Handle.of(handle)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            UnsafeMutableRawPointer(handle).deallocate()
            Unmanaged<ConnectAttempt>.fromOpaque(data).takeRetainedValue().loop.openHandles -= 1
        }
    }
}
