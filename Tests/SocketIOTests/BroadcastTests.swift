import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct BroadcastTests {
    @Test func `a loop's clients share one message, and loops share no bytes`() throws {
        let harness = Harness(loops: 2)
        let clients = (0..<4).map { harness.join(on: $0 % 2) }
        harness.io.emit("x", "y")
        harness.run()
        let messages = clients.compactMap(\.messages.last)
        #expect(messages.count == 4)
        #expect(messages[0] === messages[2] && messages[1] === messages[3] && messages[0] !== messages[1])
        #expect(messages[0].text == SharedBytes(#"2["x","y"]"#))
    }

    @Test func `a broadcast is queued for the own loop at once and posted to the others`() {
        let harness = Harness(loops: 3)
        let clients = (0..<3).map { harness.join(on: $0) }
        harness.io.emit("x")
        #expect(clients.map { $0.take().count } == [1, 0, 0])
        harness.run()
        #expect(clients.map { $0.take().count } == [0, 1, 1])
    }

    @Test func `a broadcast that begins inside another one changes nothing about whom that reaches`() {
        let harness = Harness()
        harness.io.onConnection { $0.join("a", "b") }
        let clients = (0..<3).map { _ in harness.join() }
        let journal = Journal()
        clients[0].whenSending = { [io = harness.io] in
            clients[0].whenSending = nil
            io.to("a", "b").except("nobody").emit("inner")
            io.except("a").emit("nobody")
            journal.add("inner")
        }
        harness.io.to("a", "b").emit("outer")
        harness.run()
        #expect(journal.take() == ["inner"])
        for client in clients { #expect(client.take().sorted() == [#"42["inner"]"#, #"42["outer"]"#]) }
    }

    @Test func `literals of mixed types and arguments that came are sent by every operator`() async throws {
        let harness = Harness()
        let kept = Locked<Socket?>(nil)
        harness.io.on("connection") { socket in kept.withLock { $0 = socket } }
        let client = harness.join()
        let socket = try #require(kept.withLock { $0 })
        let came = EventArguments([1, "b"])
        socket.volatile.emit("moved", ["x": 1, "by": "ann"])
        socket.compress(false).emit("passed", came)
        harness.io.local.emit("moved", ["x": 1, "by": "ann"], 2)
        #expect(
            client.take() == [
                #"42["moved",{"x":1,"by":"ann"}]"#, #"42["passed",1,"b"]"#, #"42["moved",{"x":1,"by":"ann"},2]"#,
            ])
        let remote = Locked<[RemoteSocket]>([])
        harness.loop.start { [io = harness.io] in
            let found = (try? await io.fetchSockets()) ?? []
            remote.withLock { $0 = found }
        }
        #expect(await harness.loop.run(until: { remote.withLock { !$0.isEmpty } }))
        remote.withLock { $0[0] }.emit("moved", ["x": 1, "by": "ann"])
        #expect(client.take() == [#"42["moved",{"x":1,"by":"ann"}]"#])
        kept.withLock { $0 = nil }
    }

    @Test func `the time for the answers of a broadcast may be given with it`() async {
        let harness = Harness()
        let client = harness.join()
        let journal = Journal()
        harness.loop.start { [io = harness.io] in
            do {
                _ = try await io.timeout(.seconds(30)).emitWithAck("q", timeout: .seconds(1))
            } catch {
                journal.add("\(error)")
            }
        }
        harness.run()
        #expect(client.take() == [#"420["q"]"#])
        harness.advance(.seconds(0.9))
        #expect(journal.take() == [])
        harness.advance(.seconds(0.2))
        var lines: [String] = []
        #expect(
            await harness.loop.run(until: {
                lines += journal.take()
                return !lines.isEmpty
            }))
        #expect(lines == ["operation has timed out"])
    }

    @Test func `a batch arrives in order, and costs one post to each loop`() {
        let harness = Harness(loops: 2)
        let clients = [harness.join(on: 0), harness.join(on: 1)]
        harness.io.socketsJoin("a")
        harness.run()
        var batch = harness.io.makeBatch()
        for index in 0..<3 { batch.emit(to: "a", "m", index) }
        batch.emit(to: "b", "nobody")
        batch.emit(to: BroadcastTarget(rooms: ["a"]), "m", try! EncodedJSON(Array("{}".utf8)), [1] as [UInt8])
        #expect(batch.count == 5)
        batch.deliver()
        #expect(batch.count == 0)
        // Posted to every loop, so that what the caller posts next comes after it.
        let journal = Journal()
        for (loop, client) in zip(harness.loops, clients) {
            loop.execute { journal.add("\(client.sent.count)") }
        }
        harness.run()
        #expect(journal.take() == ["5", "5"])
        for client in clients {
            #expect(
                client.take() == [
                    #"42["m",0]"#, #"42["m",1]"#, #"42["m",2]"#, #"451-["m",{},{"_placeholder":true,"num":0}]"#, "<01>",
                ])
        }
        batch.deliver()
        harness.run()
        #expect(clients[0].take() == [])
    }

    @Test func `a batch takes literals of mixed types`() {
        let harness = Harness()
        let client = harness.join()
        var batch = harness.io.makeBatch()
        harness.io.socketsJoin("a")
        batch.emit(to: "a", "moved", ["x": 1, "by": "ann"], nil, 2)
        batch.emit(to: BroadcastTarget(rooms: ["a"]), "moved", [1, "b"])
        batch.emit(to: "a", "connect", ["reserved": true])
        #expect(batch.count == 2)
        batch.deliver()
        harness.run()
        #expect(client.take() == [#"42["moved",{"x":1,"by":"ann"},null,2]"#, #"42["moved",[1,"b"]]"#])
    }

    @Test func `volatile events are dropped where they cannot be written`() {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let clients = [harness.join(), harness.join()]
        clients[0].isWritable = false
        harness.io.volatile.emit("x")
        #expect(clients.map { $0.take().count } == [0, 1])
        for socket in list.withLock({ $0 }) { socket.volatile.emit("y") }
        #expect(clients.map { $0.take().count } == [0, 1])
        #expect(clients[1].messages.last?.flags.isVolatile == true)
        harness.io.emit("z")
        #expect(clients.map { $0.take().count } == [1, 1])
    }

    @Test func `compress is passed on`() {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let client = harness.join()
        harness.io.compress(false).emit("x")
        #expect(client.messages.last?.flags.mayCompress == false)
        harness.io.emit("x")
        #expect(client.messages.last?.flags.mayCompress == true)
        let count = client.messages.count
        list.withLock { $0[0] }.compress(false).emit("x")
        #expect(client.messages.count == count + 1)
        #expect(client.messages.last?.flags.mayCompress == false)
    }

    @Test func `an operator can be kept and used again`() {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let clients = [harness.join(), harness.join()]
        let sockets = list.withLock { $0 }
        sockets[0].join("a")
        let base = harness.io.to("a")
        _ = base.to("b").except("a").volatile
        base.emit("x")
        base.send("hello")
        #expect(clients.map { $0.take() } == [[#"42["x"]"#, #"42["message","hello"]"#], []])
        sockets[1].send("hi", 1)
        #expect(clients[1].take() == [#"42["message","hi",1]"#])
    }

    @Test func `nothing is sent before the server has started, and nothing fails`() async throws {
        let io = Server()
        io.emit("x")
        io.to("a").emit("x")
        io.socketsJoin("a")
        io.disconnectSockets()
        #expect(try await io.fetchSockets().isEmpty)
        #expect(try await io.sockets.adapter.serverCount() == 1)
        #expect(try await io.serverSideEmit("x", 1).isEmpty)
    }

    @Test func `arguments that a client sent are passed on byte for byte`() {
        let harness = Harness(loops: 2)
        let io = harness.io
        io.on("message") { (socket: Socket, event: SocketEvent) in
            io.to("room").emit("message", event.arguments)
            event.acknowledge()
        }
        let clients = [harness.join(on: 0), harness.join(on: 1)]
        harness.io.socketsJoin("room")
        harness.run()
        clients[0].receive(#"427["message",{"room":"room","big":12345678901234567890.10,"u":"\u00e9"}]"#)
        harness.run()
        let text = #"42["message",{"room":"room","big":12345678901234567890.10,"u":"\u00e9"}]"#
        #expect(clients[0].take() == [text, "437[]"])
        #expect(clients[1].take() == [text])
    }

    @Test func `literals of mixed values are JSON`() {
        let harness = Harness()
        let io = harness.io
        io.on("connection") { socket in
            socket.on("q") { (event: SocketEvent) in
                let number = 7
                event.acknowledge(["ok": true, "code": 7, "list": [1, "a", nil]])
                socket.emit("one", ["x": 1, "by": "ann"], nil, [1, "b"])
                socket.emit("two", number, "text", JSONValue.null, ["k": number])
                socket.emit("three", event[0])
                io.emit("four", ["x": 1.5, "y": false])
                io.sockets.emit("five", ["x": nil, "y": [:]])
                io.to(socket.id).emit("six", [["x": 1, "y": "z"]])
                socket.emit("seven", nil)
            }
        }
        let client = harness.join()
        client.receive(#"421["q",{"a":1}]"#)
        #expect(
            client.take() == [
                #"431[{"ok":true,"code":7,"list":[1,"a",null]}]"#, #"42["one",{"x":1,"by":"ann"},null,[1,"b"]]"#,
                #"42["two",7,"text",null,{"k":7}]"#, #"42["three",{"a":1}]"#, #"42["four",{"x":1.5,"y":false}]"#,
                #"42["five",{"x":null,"y":{}}]"#, #"42["six",[{"x":1,"y":"z"}]]"#, #"42["seven",null]"#,
            ])
    }

    // MARK: Many sockets at a time

    @Test func `sockets are listed, moved and disconnected together`() async throws {
        let harness = Harness(loops: 2)
        harness.io.on("connection") { socket in
            socket.data["auth"] = socket.handshake.auth
        }
        let clients = (0..<4).map { harness.join(on: $0 % 2, #"40{"n":\#($0)}"#) }
        let io = harness.io
        let all = try await gather(harness) { try await io.fetchSockets() }
        #expect(all.count == 4)
        #expect(Set(all.compactMap { $0.data["auth"]?["n"]?.integerValue }) == [0, 1, 2, 3])
        #expect(all.allSatisfy { $0.rooms == [$0.id] })
        let two = all.filter { ($0.data["auth"]?["n"]?.integerValue ?? 9) < 2 }
        for socket in two { socket.join("a", "b") }
        harness.run()
        io.in("a").socketsJoin("c")
        io.in("a").except(two[0].id).socketsLeave("a")
        harness.run()
        let inC = try await gather(harness) { try await io.in("c").fetchSockets() }
        #expect(Set(inC.map(\.id)) == Set(two.map(\.id)))
        #expect(Set(inC.map { $0.rooms.count }) == [4, 3])
        #expect(try await gather(harness) { try await io.sockets.allSockets() }.count == 4)
        two[1].leave("c")
        two[0].emit("hello", 1)
        harness.run()
        #expect(clients.flatMap { $0.take() } == [#"42["hello",1]"#])
        io.in("c").disconnectSockets()
        harness.run()
        #expect(clients.flatMap { $0.take() } == ["41"])
        two[1].disconnect(close: true)
        harness.run()
        #expect(clients.filter(\.isClosed).count == 1)
        io.disconnectSockets(close: true)
        harness.run()
        #expect(clients.filter(\.isClosed).count == 3)
    }

    /// Runs `body` while the loops are driven.
    private func gather<T: Sendable>(
        _ harness: Harness, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        let result = Locked<Result<T, any Error>?>(nil)
        Task {
            do {
                let value = try await body()
                result.withLock { $0 = .success(value) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
        }
        _ = await harness.loop.run(until: {
            harness.run()
            return result.withLock { $0 != nil }
        })
        return try #require(result.withLock { $0 }).get()
    }

    @Test func `a server without the application ends with it`() {
        weak var weakServer: Server?
        weak var weakNamespace: Namespace?
        do {
            let harness = Harness()
            weakServer = harness.io
            weakNamespace = harness.io.of("/a")
            let client = harness.join()
            client.receive("40/a")
            client.end(.transportClose)
        }
        #expect(weakServer == nil)
        #expect(weakNamespace == nil)
    }
}
