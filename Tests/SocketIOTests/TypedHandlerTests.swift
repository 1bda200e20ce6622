import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct TypedHandlerTests {
    /// A client whose socket `body` sets up.
    private func client(_ body: @escaping @Sendable (Socket) -> Void) -> (Harness, FakeSession) {
        let harness = Harness()
        harness.io.on("connection") { socket in body(socket) }
        return (harness, harness.join())
    }

    @Test func `async handlers take up to five arguments`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            socket.on("0") { () async throws in journal.add("none") }
            socket.on("1") { (a: Int) async throws in journal.add("\(a)") }
            socket.on("2") { (a: Int, b: Int) async throws in journal.add("\(a + b)") }
            socket.on("3") { (a: Int, b: Int, c: Int) async throws in a + b + c }
            socket.on("4") { (a: Int, b: Int, c: Int, d: Int) async throws in a + b + c + d }
            socket.on("5") { (a: Int, b: Int, c: Int, d: Int, e: String?) async throws in e ?? "nil" }
        }
        for (count, rest) in ["", ",1", ",1,2", ",1,2,3", ",1,2,3,4", ",1,2,3,4"].enumerated() {
            client.receive("42\(count)[\"\(count)\"\(rest)]")
        }
        harness.run()
        #expect(journal.take() == ["none", "1", "3"])
        #expect(client.take() == ["433[6]", "434[10]", #"435["nil"]"#])
    }

    @Test func `typed handlers may be for one event only`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            socket.once("a") { (text: String, count: Int) in journal.add("\(text) \(count)") }
            socket.once("b") { (count: Int) in count + 1 }
            socket.once("c") { (text: String) async throws in journal.add(text) }
            socket.once("d") { (a: Int, b: Int) async throws in a * b }
            socket.once("e") { () async throws in "once" }
        }
        for _ in 0..<2 {
            client.receive(#"42["a","x",2]"#)
            client.receive(#"421["b",1]"#)
            client.receive(#"42["c","y"]"#)
            client.receive(#"422["d",6,7]"#)
            client.receive(#"423["e"]"#)
            harness.run()
        }
        #expect(journal.take() == ["x 2", "y"])
        #expect(client.take() == ["431[2]", "432[42]", #"433["once"]"#])
    }

    @Test func `an event that cannot be decoded takes a once handler with it`() {
        let (_, client) = client { socket in
            socket.once("a") { (count: Int) in count }
        }
        client.receive(#"421["a","x"]"#)
        #expect(client.take().first?.hasPrefix(#"431[{"error":"Argument 1 of \"a\" cannot be used. "#) == true)
        client.receive(#"422["a",1]"#)
        #expect(client.take() == [])
    }

    @Test func `the server's handlers are those of its first namespace`() {
        let harness = Harness()
        let io = harness.io
        let journal = Journal()
        io.on("sync") { (socket: Socket, a: String) in journal.add("\(a) \(socket.id.utf8.count)") }
        io.on("answer") { (_: Socket, a: Int, b: Int) in a + b }
        io.on("1") { (_: Socket, a: String) async throws in journal.add(a) }
        io.on("2") { (_: Socket, a: Int, b: Int) async throws in a - b }
        io.on("3") { (_: Socket, a: Int, b: Int, c: Int) async throws in journal.add("\(a + b + c)") }
        io.on("4") { (_: Socket, a: Int, b: Int, c: Int, d: Int) async throws in a + b + c + d }
        let token = io.on("5") { (_: Socket, a: Int, b: Int, c: Int, d: Int, e: Int?) async throws in e ?? 0 }
        let client = harness.join()
        client.receive(#"42["sync","x"]"#)
        client.receive(#"421["answer",1,2]"#)
        client.receive(#"42["1","y"]"#)
        client.receive(#"422["2",3,1]"#)
        client.receive(#"42["3",1,2,3]"#)
        client.receive(#"424["4",1,2,3,4]"#)
        client.receive(#"425["5",1,2,3,4]"#)
        harness.run()
        #expect(journal.take() == ["x 20", "y", "6"])
        #expect(client.take() == ["431[3]", "432[2]", "434[10]", "435[0]"])
        io.off(token)
        client.receive(#"425["5",1,2,3,4]"#)
        harness.run()
        #expect(client.take() == [])
    }

    @Test func `the server tells of rooms and sockets of its first namespace`() async throws {
        let harness = Harness()
        let journal = Journal()
        harness.io.onRoomEvent { event in
            if case .created(let room) = event { journal.add(room) }
        }
        harness.io.on("connection") { socket in socket.join("a") }
        _ = harness.join()
        let id = try #require(journal.take().first)
        let found = Locked<Set<String>?>(nil)
        harness.loop.start { [io = harness.io] in
            let ids = try? await io.allSockets()
            found.withLock { $0 = ids ?? [] }
        }
        #expect(await harness.loop.run(until: { found.withLock { $0 != nil } }))
        #expect(found.withLock { $0 } == [id])
    }

    // MARK: Catch-all handlers

    @Test func `async catch-all handlers hear what comes in, in a task`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            socket.on("a") { (event: SocketEvent) in journal.add("a") }
            let token = socket.onAny { (event: SocketEvent) async throws in journal.add("any \(event.name)") }
            socket.prependAny { (event: SocketEvent) async throws in journal.add("first \(event.name)") }
            socket.on("off") { (event: SocketEvent) in socket.offAny(token) }
        }
        client.receive(#"42["a"]"#)
        #expect(journal.take() == ["a"])
        harness.run()
        #expect(journal.take() == ["first a", "any a"])
        client.receive(#"42["off"]"#)
        harness.run()
        _ = journal.take()
        client.receive(#"42["a"]"#)
        harness.run()
        #expect(journal.take() == ["a", "first a"])
    }

    @Test func `async catch-all handlers hear what goes out, in a task`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            let token = socket.onAnyOutgoing { (event: SocketEvent) async throws in journal.add("out \(event.name)") }
            socket.prependAnyOutgoing { (event: SocketEvent) async throws in journal.add("first \(event.name)") }
            socket.on("off") { (event: SocketEvent) in socket.offAnyOutgoing(token) }
        }
        harness.io.emit("x")
        #expect(journal.take() == [])
        harness.run()
        #expect(journal.take() == ["first x", "out x"])
        client.receive(#"42["off"]"#)
        harness.io.emit("y")
        harness.run()
        #expect(journal.take() == ["first y"])
    }

    @Test func `what an async catch-all handler throws ends nothing`() {
        struct Broken: Error {}
        let journal = Journal()
        let harness = Harness { $0.onError = { journal.add("\($0.error) \($0.event ?? "")") } }
        harness.io.on("connection") { socket in
            socket.onAny { (event: SocketEvent) async throws in throw Broken() }
            socket.on("a") { (event: SocketEvent) in journal.add("a") }
        }
        let client = harness.join()
        client.receive(#"42["a"]"#)
        harness.run()
        #expect(journal.take() == ["a", "Broken() a"])
        #expect(!client.isClosed)
    }
}
