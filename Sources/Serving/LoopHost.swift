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
    let options: WebServerOptions
    let wallClock: any WallClock
    // Touched by the loop's thread alone; its methods call nobody back.
    @exclusivity(unchecked) var encoder = HTTPResponseEncoder()
    private var streams: ContiguousArray<ClientStream> = []
    private var sessions: [String: SessionDriver] = [:]
    /// One for each window that clients agree to without context.
    private var compressors: [Int: WebSocketCompressor] = [:]
    /// Set when the server stops: nothing new is begun.
    private(set) var isDraining = false
    /// Connections whose clients have much of an answer to take.
    var unread = UnreadAnswers()
    private var whenEmpty: (@Sendable () -> Void)?
    private var requestCount: UInt64 = 0
    let figures = LoopFigures()
    /// One for each of the few types of content that engines send.
    private var engineHeaders: [(contentType: String?, headers: HTTPHeaders)] = []
    private var scratch: [UInt8] = []
    private var unflushed: [SessionDriver] = []
    /// Streams with bytes to encrypt.
    private var unencrypted: [ClientStream] = []

    init(loop: UVLoop, server: ServerCore) {
        self.loop = loop
        self.server = server
        options = server.options
        wallClock = server.wallClock
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

    // MARK: Answers

    /// The fields that every answer of an engine has with that type of content.
    func engineHeaders(for contentType: String?) -> HTTPHeaders {
        if let known = engineHeaders.first(where: { $0.contentType == contentType }) { return known.headers }
        var headers = HTTPHeaders()
        if let contentType { headers.add("Content-Type", contentType) }
        headers.add(EngineGate.caching.name, EngineGate.caching.value)
        headers.add("X-Content-Type-Options", "nosniff")
        engineHeaders.append((contentType, headers))
        return headers
    }

    /// An empty buffer to write an answer into; to be given back.
    func takeScratch() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &scratch)
        return taken
    }

    func giveBack(_ buffer: consuming [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        scratch = buffer
    }

    /// Lets the session answer its waiting poll at the end of this turn.
    func flushLater(_ session: SessionDriver) {
        unflushed.append(session)
        if unflushed.count == 1 { loop.execute { [self] in flushSessions() } }
    }

    private func flushSessions() {
        var due: [SessionDriver] = []
        swap(&due, &unflushed)
        for session in due { session.flush() }
        guard unflushed.isEmpty else { return }
        due.removeAll(keepingCapacity: due.capacity <= 1024)
        unflushed = due
    }

    /// Lets the stream encrypt, at the end of this turn, what it was given to write.
    func encryptLater(_ stream: ClientStream) {
        unencrypted.append(stream)
        if unencrypted.count == 1 { loop.execute { [self] in encryptGathered() } }
    }

    private func encryptGathered() {
        var due: [ClientStream] = []
        swap(&due, &unencrypted)
        for stream in due { stream.encryptGathered() }
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
        // One that moves has encrypted all it had, and is another loop's from now on.
        if !unencrypted.isEmpty { unencrypted.removeAll { $0 === stream } }
        reportIfEmpty()
    }

    /// Cuts the client that has been taking its answer longest; `false` where none has had its time.
    func cutSlowest() -> Bool {
        guard let slowest = unread.slowest(after: options.unreadPatience) else { return false }
        slowest.giveUp()
        return true
    }

    // MARK: Sessions

    func session(_ id: String) -> SessionDriver? { sessions[id] }

    func add(_ session: SessionDriver) { sessions[session.id] = session }

    func remove(_ session: SessionDriver) { sessions[session.id] = nil }

    /// Closes what is open from addresses that are not served any more. Connections behind a trusted proxy are many
    /// clients': those are refused with their next request.
    func closeRefused() {
        for session in Array(sessions.values) where !options.gate.admits(session.handshake.address) { session.close() }
        for stream in Array(streams) where !options.gate.admits(stream.peer) { stream.serverStops() }
    }

    // MARK: Draining

    /// From now on answers are the last of their connections, and sessions that close are told why.
    func beginDraining() { isDraining = true }

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
