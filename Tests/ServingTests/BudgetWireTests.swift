import Bytes
import EngineIO
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Serving
import SocketIO
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server that keeps 100,000 bytes beyond what each connection may keep for nothing.
private func tight<Result: Sendable>(
    _ application: any EngineApplication = EchoEngine(), body: @escaping @Sendable (Wire) throws -> Result
) async throws -> Result {
    let setup = ServerSetup { $0.maxUnfinishedInput = 100_000 }.with { setup in
        setup.applications = [application]
        setup.routes = { router in router.post("/count") { request in .text("\(request.body.count)") } }
    }
    return try await conversation(setup, body: body)
}

extension Wire {
    /// A client that the server keeps 109,999 bytes for, of a body that lacks one.
    fileprivate func hoard() throws -> WireClient {
        let client = try connect()
        try client.beginPost("/count", length: 110_000, sending: 109_999)
        while server.unfinishedInput < 109_999 - 16_384 { usleep(1000) }
        return client
    }
}

extension WireClient {
    /// Sends the head of a POST of `length` bytes and `count` of them.
    fileprivate func beginPost(_ path: String, length: Int, sending count: Int) throws {
        try request("POST", path, headers: ["Content-Length: \(length)"])
        try send([UInt8](repeating: 0x61, count: count))
    }

    /// Sends an unfinished text message of so many bytes, up to 65,535.
    fileprivate func beginMessage(_ count: Int) throws {
        try send([0x01, 0x80 | 126, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 0])
        try send([UInt8](repeating: 0x34, count: count))
    }
}

@Suite("Memory of unfinished requests and messages", .timeLimit(.minutes(10)))
struct BudgetWireTests {
    @Test func `large bodies are refused while others have used the budget up, small ones are not`() async throws {
        let lines = try await tight { wire in
            let first = try wire.hoard()
            let second = try wire.connect()
            try second.beginPost("/count", length: 60_000, sending: 59_999)
            let refused = try second.answer()?.line ?? "end"
            let small = try wire.connect().exchange("POST", "/count", body: [UInt8](repeating: 1, count: 16_000)).line
            try first.send("a")
            let whole = try first.answer()?.line ?? "end"
            let later = try wire.connect().exchange("POST", "/count", body: [UInt8](repeating: 1, count: 100_000)).line
            return [refused, small, whole, later]
        }
        #expect(
            lines == [
                "503 The server has too much work under way: send this again later.", "200 16000", "200 110000",
                "200 100000",
            ])
    }

    @Test func `a client that goes gives back what it had`() async throws {
        let lines = try await tight { wire in
            try wire.hoard().hangUp()
            while wire.server.unfinishedInput > 0 { usleep(1000) }
            return try wire.connect().exchange("POST", "/count", body: [UInt8](repeating: 1, count: 100_000)).line
        }
        #expect(lines == "200 100000")
    }

    @Test func `a POST to a session is refused as well, and the session lives on`() async throws {
        let lines = try await tight { wire in
            let session = try wire.openPolling("/engine.io/?EIO=4&transport=polling")
            let first = try wire.hoard()
            let refused = try wire.connect()
            try refused.beginPost(session, length: 60_000, sending: 59_999)
            let lines = [
                try refused.answer().map { "\($0.status)" } ?? "end", try wire.post(session, "4a"),
                try wire.get(session),
            ]
            return withExtendedLifetime(first) { lines }
        }
        #expect(lines == ["503", "200 ok", "200 4a"])
    }

    @Test func `a WebSocket message is refused with a code that says to come again`() async throws {
        let lines = try await tight { wire in
            let first = try wire.hoard()
            let socket = try wire.webSocket("/engine.io/?EIO=4&transport=websocket")
            _ = try socket.nextFrame()
            try socket.beginMessage(60_000)
            let frames = try socket.framesUntilClose()
            return withExtendedLifetime(first) { frames }
        }
        #expect(lines == ["closed"])
    }

    @Test func `attachments that wait for others count`() async throws {
        let io = Server()
        let lines = try await tight(io) { wire in
            let first = try wire.hoard()
            let socket = try wire.webSocket("/socket.io/?EIO=4&transport=websocket")
            _ = try socket.nextFrame()
            try socket.frame("40")
            _ = try socket.nextFrame()
            try socket.frame(#"453-["a",{"_placeholder":true,"num":0}]"#)
            // Whole messages, each kept by the packet that they belong to.
            for _ in 0..<2 {
                try socket.send([0x82, 0x80 | 126, 0x30, 0x00, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 0x3000))
            }
            let frames = try socket.framesUntilClose()
            return withExtendedLifetime(first) { frames }
        }
        #expect(lines == ["closed"])
    }

    @Test func `content that a handler has counts until the handler ends, whether the client waits or not`()
        async throws
    {
        let signal = Signal()
        let setup = ServerSetup { $0.maxUnfinishedInput = 100_000 }.with { setup in
            setup.applications = [EchoEngine()]
            setup.routes = { router in
                router.post("/slow") { _ in
                    await signal.wait()
                    return .text("done")
                }
            }
        }
        let counts = try await conversation(setup) { wire in
            let client = try wire.connect()
            try client.beginPost("/slow", length: 50_000, sending: 50_000)
            while !signal.isAwaited { usleep(1000) }
            client.reset()
            // Whatever comes of the reset has been dealt with when this has been answered, on either loop.
            for _ in 0..<4 { _ = try wire.get("/nothing") }
            let held = wire.server.unfinishedInput
            signal.give()
            while wire.server.unfinishedInput > 0 { usleep(1000) }
            return held
        }
        #expect(counts == 50_000 - MemoryShare.free)
    }

    @Test func `what is pipelined behind a request counts, and has an end where there is no room`() async throws {
        let signal = Signal()
        let setup = ServerSetup { $0.maxUnfinishedInput = 100_000 }.with { setup in
            setup.applications = [EchoEngine()]
            setup.routes = { router in
                router.get("/slow") { _ in
                    await signal.wait()
                    return .text("done")
                }
                router.post("/count") { request in .text("\(request.body.count)") }
            }
        }
        let lines = try await conversation(setup) { wire in
            let first = try wire.connect()
            try first.request("GET", "/slow")
            try first.beginPost("/count", length: 50_000, sending: 50_000)
            while wire.server.unfinishedInput < 50_000 - MemoryShare.free { usleep(1000) }
            let hoard = try wire.connect()
            try hoard.beginPost("/count", length: 80_000, sending: 79_000)
            while wire.server.unfinishedInput < 96_000 { usleep(1000) }
            let second = try wire.connect()
            try second.request("GET", "/slow")
            try second.beginPost("/count", length: 50_000, sending: 50_000)
            // Whatever came has been looked at when this has been answered, on either loop.
            for _ in 0..<4 { _ = try wire.get("/nothing") }
            signal.give()
            let lines = try [first.answer(), first.answer(), second.answer(), second.answer()].map { $0?.line ?? "end" }
            hoard.reset()
            while wire.server.unfinishedInput > 0 { usleep(1000) }
            return lines
        }
        #expect(lines == ["200 done", "200 50000", "200 done", "end"])
    }

    @Test func `events whose handlers have not ended count`() async throws {
        let io = Server()
        io.of("/").on("wait") { (_: Socket, _: SocketEvent) async in
            try? await Task.sleep(for: .seconds(600))
        }
        let lines = try await tight(io) { wire in
            let socket = try wire.webSocket("/socket.io/?EIO=4&transport=websocket")
            _ = try socket.nextFrame()
            try socket.frame("40")
            _ = try socket.nextFrame()
            let event = Array(#"42["wait",""#.utf8) + [UInt8](repeating: 0x61, count: 20_000) + Array(#""]"#.utf8)
            for _ in 0..<6 {
                try socket.send(
                    [0x81, 0x80 | 126, UInt8(event.count >> 8), UInt8(event.count & 255), 0, 0, 0, 0] + event)
            }
            return try socket.framesUntilClose()
        }
        #expect(lines == ["closed"])
    }
}
