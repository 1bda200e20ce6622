import Bytes
import EngineIO
import JSON
import SocketIO
import Testing

@testable import SocketIOClient

@Suite(.timeLimit(.minutes(10))) struct `A Socket.IO client` {
    /// A server that echoes, asks back, disconnects, and refuses `/private` without a token.
    private static func makeServer(_ options: SocketIO.ServerOptions = SocketIO.ServerOptions()) -> SocketIO.Server {
        let io = SocketIO.Server(options: options)
        io.sockets.on("echo") { (_: Socket, event: SocketEvent) in event.acknowledge(event.arguments) }
        io.sockets.on("back") { (socket: Socket, event: SocketEvent) in socket.emit("back", event.arguments) }
        io.sockets.on("silent") { (_: Socket, _: SocketEvent) in }
        io.sockets.on("leave") { (socket: Socket, _: SocketEvent) in socket.disconnect() }
        io.sockets.on("cut") { (socket: Socket, _: SocketEvent) in socket.disconnect(close: true) }
        io.sockets.on("ask") { (socket: Socket, event: SocketEvent) in
            socket.emit("question", 20, 22) { result in
                event.acknowledge((try? result.get()) ?? .none)
            }
        }
        io.of("/private").use { socket in
            guard socket.handshake.auth["token"] == "secret" else {
                throw ConnectError("not authorized", data: ["code": 7])
            }
        }
        return io
    }

    private static func client(
        _ port: UInt16, _ namespace: String = "", auth: JSONValue? = nil, transports: [EngineTransport] = [.webSocket],
        reconnection: ReconnectionOptions? = nil
    ) throws -> SocketIOClient {
        // One that came back would come to the server of another test, on the same port.
        var none = ReconnectionOptions()
        none.isEnabled = false
        var options = ClientOptions()
        options.transports = transports
        return try SocketIOClient(
            "http://127.0.0.1:\(port)\(namespace)", auth: auth, options: options, reconnection: reconnection ?? none)
    }

    @Test(arguments: [[EngineTransport.webSocket], [.polling], [.polling, .webSocket]])
    func `events and answers pass, with binary content anywhere in them`(transports: [EngineTransport]) async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port, transports: transports)
            var back = client.events("back").makeAsyncIterator()
            try await client.connect()
            #expect(await client.id?.isEmpty == false)
            let values: [JSONValue] = ["κόσμε", 1.5, nil, .bytes([0, 255]), ["deep": [.bytes([7])]]]
            #expect(try await client.emitWithAck("echo", arguments: values) == values)
            client.emit("back", arguments: values)
            #expect(await back.next() == values)
            client.disconnect()
        }
    }

    @Test func `events keep their order`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port)
            var back = client.events("back").makeAsyncIterator()
            try await client.connect()
            for number in 0..<100 { client.emit("back", JSONValue(number)) }
            for number in 0..<100 { #expect(await back.next() == [JSONValue(number)]) }
            client.disconnect()
        }
    }

    @Test func `the server's question is answered`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port)
            client.on("question") { arguments, reply in
                reply?(JSONValue((arguments[0].integerValue ?? 0) + (arguments[1].integerValue ?? 0)))
                reply?("a second answer")
            }
            try await client.connect()
            #expect(try await client.emitWithAck("ask") == [42])
            client.disconnect()
        }
    }

    @Test func `an answer that does not come in time is an error`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port)
            try await client.connect()
            await #expect(throws: ClientError.timeout) {
                try await client.emitWithAck("silent", timeout: .milliseconds(30))
            }
            #expect(try await client.emitWithAck("echo", 1) == [1])
            client.disconnect()
        }
    }

    @Test func `a namespace is joined with its credentials, or refused with the reason`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port)
            try await client.connect()
            let refused = client.of("/private", auth: ["token": "wrong"])
            var errors = refused.events("connect_error").makeAsyncIterator()
            await #expect(throws: ClientError.namespaceRefused(message: "not authorized", data: ["code": 7])) {
                try await refused.connect()
            }
            #expect(await errors.next() == ["not authorized", ["code": 7]])
            let other = try Self.client(port, "/private", auth: ["token": "secret"])
            try await other.connect()
            #expect(other.namespace == "/private")
            #expect(await other.id != nil)
            #expect(try await client.emitWithAck("echo", 1) == [1])
            client.disconnect()
            other.disconnect()
        }
    }

    @Test func `a server that ends the namespace is not come back to`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port, reconnection: ReconnectionOptions())
            var reasons = client.events("disconnect").makeAsyncIterator()
            try await client.connect()
            await #expect(throws: ClientError.disconnectedByServer) { try await client.emitWithAck("leave") }
            #expect(await reasons.next() == ["io server disconnect"])
            #expect(await client.id == nil)
            await #expect(throws: ClientError.closedByClient) { try await client.emitWithAck("echo") }
            try await client.connect()
            #expect(try await client.emitWithAck("echo", 2) == [2])
            client.disconnect()
            #expect(await reasons.next() == ["io client disconnect"])
        }
    }

    @Test func `the end of an earlier connection is not taken for that of its successor`() async throws {
        try await withServer(Self.makeServer()) { port in
            let client = try Self.client(port)
            for round in 0..<100 {
                try await client.connect()
                #expect(try await client.emitWithAck("echo", JSONValue(round)) == [JSONValue(round)])
                // The connection is closed by a handshake, which may take longer than it takes to make the next.
                client.disconnect()
            }
        }
    }

    @Test func `a server that is not there is an error at once`() async throws {
        let client = try Self.client(1)
        do {
            try await client.connect()
            Issue.record("something answers on port 1")
        } catch ClientError.network {}
    }

    @Test func `a lost connection is made again, and what was sent meanwhile arrives`() async throws {
        var reconnection = ReconnectionOptions()
        reconnection.delay = .milliseconds(20)
        reconnection.maxDelay = .milliseconds(100)
        reconnection.maxBufferedEvents = 1
        let port = Locked<UInt16>(0)
        let client = Locked<SocketIOClient?>(nil)
        try await withServer(Self.makeServer()) { [reconnection] first in
            let made = try Self.client(first, reconnection: reconnection)
            try await made.connect()
            port.withLock { $0 = first }
            client.withLock { $0 = made }
        }
        let reconnecting = try #require(client.withLock { $0 })
        var attempts = reconnecting.events("reconnect_attempt").makeAsyncIterator()
        #expect(await attempts.next() != nil)
        reconnecting.emit("back", "from the time without a server")
        await #expect(throws: ClientError.bufferFull) { try await reconnecting.emitWithAck("echo") }
        let back = reconnecting.events("back")
        try await withServer(Self.makeServer(), port: port.withLock { $0 }) { _ in
            var back = back.makeAsyncIterator()
            #expect(await back.next() == ["from the time without a server"])
            let answer = try await reconnecting.emitWithAck("echo", 3)
            #expect(answer == [3])
        }
        reconnecting.disconnect()
    }

    @Test func `a client gives up after the attempts that it was given`() async throws {
        var reconnection = ReconnectionOptions()
        reconnection.delay = .milliseconds(10)
        reconnection.maxAttempts = 2
        let client = Locked<SocketIOClient?>(nil)
        let ends = Locked<AsyncStream<[JSONValue]>?>(nil)
        try await withServer(Self.makeServer()) { [reconnection] port in
            let made = try Self.client(port, reconnection: reconnection)
            ends.withLock { $0 = made.events("reconnect_failed") }
            try await made.connect()
            client.withLock { $0 = made }
        }
        var failed = try #require(ends.withLock { $0 }).makeAsyncIterator()
        #expect(await failed.next() == [])
        let given = try #require(client.withLock { $0 })
        await #expect(throws: ClientError.closedByClient) { try await given.emitWithAck("echo") }
    }
}
