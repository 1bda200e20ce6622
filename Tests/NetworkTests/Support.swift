import Bytes
import EventLoops
import Network
import ParleyTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// All tests of this module, one after the other: they share two cores with the loops.
@Suite(.serialized) struct NetworkTests {}

/// Runs `body` with a group of loops and stops them afterwards.
func withLoops(
    _ count: Int, backlogBudget: MemoryBudget = .unlimited, _ body: (UVLoopGroup) async throws -> Void
) async throws {
    let group = UVLoopGroup(count: count, backlogBudget: backlogBudget)
    do {
        try await body(group)
    } catch {
        await group.stop()
        throw error
    }
    await group.stop()
}

/// Waits until `condition` holds; records an issue where it does not come to.
func eventually(
    _ what: Comment? = nil, at location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async rethrows {
    if try await comesTrue(condition) { return }
    Issue.record(what ?? "the condition never came to hold", sourceLocation: location)
}

extension UVLoop {
    /// Runs `body` on the loop and returns what it says.
    func call<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }
}

/// Carries what belongs to one loop through a test, which uses it on that loop only.
final class Carried<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}

let anyLoopbackPort = SocketAddress.internet(IPAddress(v4: 0x7f00_0001), port: 0)

/// A delegate that writes down what it hears, and does what a test says.
final class Recorder: TCPConnectionDelegate, @unchecked Sendable {
    // Sendable because `connection` is used on its loop only, the rest is locked.
    struct Log {
        var received: [UInt8] = []
        var calls: [String] = []
        var error: NetworkError?
        var isClosed: Bool { calls.contains("closed") }
    }

    let connection: TCPConnection
    let log = Locked(Log())
    let onReceived: (TCPConnection, UnsafeMutableRawBufferPointer) -> Void
    let onEvent: (TCPConnection, String) -> Void

    init(
        _ connection: TCPConnection,
        onReceived: @escaping (TCPConnection, UnsafeMutableRawBufferPointer) -> Void = { _, _ in },
        onEvent: @escaping (TCPConnection, String) -> Void = { _, _ in }
    ) {
        self.connection = connection
        self.onReceived = onReceived
        self.onEvent = onEvent
    }

    var received: [UInt8] { log.withLock { $0.received } }
    var calls: [String] { log.withLock { $0.calls } }
    var isClosed: Bool { log.withLock { $0.isClosed } }
    var error: NetworkError? { log.withLock { $0.error } }

    private func note(_ call: String) {
        log.withLock { $0.calls.append(call) }
        onEvent(connection, call)
    }

    func received(_ bytes: UnsafeMutableRawBufferPointer) {
        log.withLock { $0.received.append(contentsOf: bytes) }
        onReceived(connection, bytes)
    }

    func readEnded(_ connection: TCPConnection) {
        note("readEnded")
        if connection.isOpen { connection.shutdownAfterFlush() }
    }

    func drained() { note("drained") }

    func overflowed(_ connection: TCPConnection) { note("overflowed") }

    func closed(_ error: NetworkError?) {
        log.withLock { $0.error = error }
        note("closed")
    }
}

/// Sends back what it receives.
final class Echo: TCPConnectionDelegate {
    let connection: TCPConnection
    init(_ connection: TCPConnection) { self.connection = connection }
    func received(_ bytes: UnsafeMutableRawBufferPointer) { connection.write(copying: UnsafeRawBufferPointer(bytes)) }
    func readEnded(_ connection: TCPConnection) { connection.shutdownAfterFlush() }
    func closed(_ error: NetworkError?) {}
}

/// A listener whose connections each have a `Recorder`.
final class RecordingServer: Sendable {
    let listener: Listener
    private let recorders: Locked<[Recorder]>

    init(
        _ group: UVLoopGroup, at address: SocketAddress = anyLoopbackPort, options: Listener.Options = .init(),
        _ make: @escaping @Sendable (TCPConnection) -> Recorder = { Recorder($0) }
    ) throws {
        let recorders = Locked<[Recorder]>([])
        self.recorders = recorders
        listener = try Listener(address, group: group, options: options) { connection in
            let recorder = make(connection)
            connection.delegate = recorder
            recorders.withLock { $0.append(recorder) }
        }
    }

    var all: [Recorder] { recorders.withLock { $0 } }

    /// A client and the server's side of its connection.
    func connect() async throws -> (Peer, Recorder) {
        let before = all.count
        let peer = try Peer(listener.address)
        await eventually { all.count == before + 1 }
        return (peer, try #require(all.last))
    }
}
