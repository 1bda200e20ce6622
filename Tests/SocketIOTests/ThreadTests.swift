import Bytes
import EngineIO
import EventLoops
import JSON
import Network
import Testing

@testable import SocketIO

/// Sockets on real loops, with threads that interfere: what ThreadSanitizer looks at.
@Suite struct ThreadTests {
    /// A session that keeps what it is sent. Owned by its loop; read once that is at rest.
    private final class LoopSession: EngineSession, @unchecked Sendable {
        let id = "engine"
        let revision = EngineRevision.v4
        let loop: any EventLoop
        let transport = EngineTransport.webSocket
        let handshake = EngineHandshake()
        let isWritable = true
        var delegate: (any EngineSessionDelegate)?
        var sent: [String] = []

        init(_ loop: any EventLoop) { self.loop = loop }

        func send(_ message: OutgoingMessage) {
            if let text = message.text { sent.append(text.bytes.string ?? "?") }
        }

        func send(text: RawSpan) { sent.append(text.string ?? "?") }

        func close() {
            let delegate = delegate
            self.delegate = nil
            delegate?.closed(.serverClose)
        }

        func receive(_ text: String) {
            loop.execute {
                let bytes = Array(text.utf8)
                self.delegate?.received(text: bytes.span.bytes)
            }
        }
    }

    private func start(_ io: Server, _ count: Int, on group: UVLoopGroup) async -> [LoopSession] {
        io.started(on: group.loops)
        let sessions = (0..<count).map { LoopSession(group.loops[$0 % group.loops.count]) }
        for session in sessions {
            session.loop.execute { session.delegate = io.opened(session) }
            session.receive("0")
        }
        await settle(group)
        return sessions
    }

    /// Waits until every loop has done what was posted, and what that posted.
    private func settle(_ group: UVLoopGroup) async {
        for _ in 0..<6 {
            for loop in group.loops {
                await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func `broadcasts of many threads reach all, a thread's own in their order`() async {
        let group = UVLoopGroup(count: 3)
        let io = Server()
        io.on("connection") { socket in socket.join("room") }
        let sessions = await start(io, 12, on: group)
        await withTaskGroup(of: Void.self) { tasks in
            for writer in 0..<4 {
                tasks.addTask {
                    for index in 0..<100 {
                        var batch = io.makeBatch()
                        batch.emit(to: "room", "m", writer, index, "batch")
                        io.to("room").emit("m", writer, index, "emit")
                        batch.deliver()
                        if index % 10 == 0 { io.socketsJoin("other \(writer)") }
                        if index % 10 == 5 { io.socketsLeave("other \(writer)") }
                    }
                }
            }
        }
        await settle(group)
        for session in sessions {
            #expect(session.sent.count == 1 + 800)
            for writer in 0..<4 {
                let own = session.sent.filter { $0.hasPrefix("2[\"m\",\(writer),") && $0.hasSuffix("\"batch\"]") }
                #expect(own == (0..<100).map { "2[\"m\",\(writer),\($0),\"batch\"]" })
            }
        }
        await end(io, group)
    }

    @Test(.timeLimit(.minutes(10))) func `with recovery every client has one order`() async throws {
        let group = UVLoopGroup(count: 3)
        var options = ServerOptions()
        options.connectionStateRecovery = RecoveryOptions()
        let io = Server(options: options)
        io.on("m") { (socket: Socket, event: SocketEvent) in
            io.emit("m", event.arguments)
            socket.emit("own", "x")
        }
        let sessions = await start(io, 9, on: group)
        await withTaskGroup(of: Void.self) { tasks in
            for writer in 0..<3 {
                tasks.addTask {
                    for index in 0..<50 { io.emit("m", "\(writer) \(index)") }
                }
            }
            for session in sessions {
                tasks.addTask {
                    for index in 0..<20 { session.receive("2[\"m\",\"client \(index)\"]") }
                }
            }
        }
        await settle(group)
        let common = sessions.map { $0.sent.filter { $0.hasPrefix("2[\"m\"") } }
        #expect(common[0].count == 150 + 180)
        for sent in common { #expect(sent == common[0]) }
        for session in sessions {
            let numbers = try session.sent.dropFirst().map { text in
                let offset = try JSONParser.parse(String(text.dropFirst())).arrayValue?.last?.stringValue
                return try #require(OffsetText.number(offset ?? ""))
            }
            #expect(numbers == numbers.sorted())
            #expect(session.sent.filter { $0.hasPrefix("2[\"own\"") }.count == 20)
        }
        await end(io, group)
    }

    @Test(.timeLimit(.minutes(10))) func `sockets are used from everywhere while they come and go`() async throws {
        let group = UVLoopGroup(count: 2)
        let io = Server()
        let list = Locked<[Socket]>([])
        io.on("connection") { socket in
            list.withLock { $0.append(socket) }
            socket.on("work") { (event: SocketEvent) async in
                socket.join("a")
                event.acknowledge(event.arguments)
            }
        }
        let sessions = await start(io, 8, on: group)
        let sockets = list.withLock { $0 }
        await withTaskGroup(of: Void.self) { tasks in
            for (index, socket) in sockets.enumerated() {
                tasks.addTask {
                    for round in 0..<30 {
                        socket.join("r\(round % 3)")
                        socket.emit("x", round)
                        socket.on("e\(round)") { (event: SocketEvent) in event.acknowledge() }
                        _ = await socket.run { $0.rooms }
                        socket.leave("r\(round % 3)")
                        _ = try? await io.in("a").fetchSockets()
                    }
                    if index % 2 == 0 { socket.disconnect() }
                }
            }
            for session in sessions {
                tasks.addTask { for index in 0..<30 { session.receive("2\(index)[\"work\",{}]") } }
            }
        }
        await settle(group)
        #expect(io.sockets.socketCount == 4)
        #expect(try await io.fetchSockets().count == 4)
        await end(io, group)
        #expect(io.sockets.socketCount == 0)
    }

    @Test(.timeLimit(.minutes(10))) func `what is asked of a server that has stopped is answered`() async throws {
        let group = UVLoopGroup(count: 2)
        let io = Server()
        let list = Locked<[Socket]>([])
        io.on("connection") { socket in list.withLock { $0.append(socket) } }
        _ = await start(io, 2, on: group)
        await end(io, group)
        for socket in list.withLock({ $0 }) {
            #expect(await socket.run { $0.rooms } == nil)
            await #expect(throws: AckError.disconnected) { try await socket.emitWithAck("x") }
        }
        #expect(try await io.fetchSockets().isEmpty)
        #expect(try await io.emitWithAck("x").isEmpty)
        await io.close()
    }

    private func end(_ io: Server, _ group: UVLoopGroup) async {
        await io.close()
        await settle(group)
        await group.stop()
    }
}
