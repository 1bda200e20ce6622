import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Logging
import Network
import WebSocketWire

/// What one loop of a server owns: its streams and its sessions. Touched on that loop's thread only.
///
/// `@unchecked Sendable` because it is handed to its loop once, at start, and used nowhere else.
final class LoopHost: @unchecked Sendable {
    let loop: UVLoop
    unowned let server: ServerCore
    var encoder = HTTPResponseEncoder()
    private var streams: ContiguousArray<ClientStream> = []
    private var sessions: [String: SessionDriver] = [:]
    /// One for each window that clients agree to without context.
    private var compressors: [Int: WebSocketCompressor] = [:]
    /// Set when the server stops: nothing new is begun.
    private(set) var isDraining = false
    private var whenEmpty: (@Sendable () -> Void)?
    private var requestCount: UInt64 = 0

    init(loop: UVLoop, server: ServerCore) {
        self.loop = loop
        self.server = server
    }

    /// Names a request in the log.
    func nextRequestID() -> String {
        requestCount += 1
        return "\(server.startID)-\(loop.index)-\(requestCount)"
    }

    /// A compressor of the connection's own where it keeps context, else the loop's.
    func compressor(for agreement: PerMessageDeflate.Agreement) -> WebSocketCompressor {
        if agreement.server.keepsContext { return WebSocketCompressor(agreement.server) }
        if let shared = compressors[agreement.server.windowBits] { return shared }
        let made = WebSocketCompressor(agreement.server)
        compressors[agreement.server.windowBits] = made
        return made
    }

    // MARK: Streams

    func add(_ stream: ClientStream) {
        stream.position = streams.count
        streams.append(stream)
    }

    func remove(_ stream: ClientStream) {
        let position = stream.position
        guard position >= 0 else { return }
        stream.position = -1
        streams.swapAt(position, streams.count - 1)
        streams.removeLast()
        if position < streams.count { streams[position].position = position }
        reportIfEmpty()
    }

    // MARK: Sessions

    func session(_ id: String) -> SessionDriver? { sessions[id] }

    func add(_ session: SessionDriver) { sessions[session.id] = session }

    func remove(_ session: SessionDriver) { sessions[session.id] = nil }

    // MARK: Draining

    /// Ends every session and idle connection; `done` is called once no stream is left.
    func drain(_ done: @escaping @Sendable () -> Void) {
        isDraining = true
        whenEmpty = done
        for session in Array(sessions.values) { session.shutDown() }
        for stream in Array(streams) { stream.serverStops() }
        reportIfEmpty()
    }

    /// Cuts what is left.
    func abortAll() {
        for stream in Array(streams) { stream.abort() }
    }

    private func reportIfEmpty() {
        guard streams.isEmpty, let done = whenEmpty else { return }
        whenEmpty = nil
        done()
    }
}
