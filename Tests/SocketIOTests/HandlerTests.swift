import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct HandlerTests {
    /// A client whose socket `body` sets up.
    private func client(
        _ configure: (inout ServerOptions) -> Void = { _ in }, _ body: @escaping @Sendable (Socket) -> Void
    ) -> (Harness, FakeSession) {
        let harness = Harness(loops: 1, configure)
        harness.io.on("connection") { socket in body(socket) }
        return (harness, harness.join())
    }

    @Test func `all handlers of an event run in the order of registration`() {
        let journal = Journal()
        let (_, client) = client { socket in
            socket.on("a") { (event: SocketEvent) in journal.add("1 \(event.name)") }
            socket.on("a") { (event: SocketEvent) in journal.add("2") }
            socket.on("b") { (event: SocketEvent) in journal.add("b") }
        }
        client.receive(#"42["a"]"#)
        client.receive(#"42["\u0061"]"#)
        client.receive(#"42["c"]"#)
        #expect(journal.take() == ["1 a", "2", "1 a", "2"])
    }

    @Test func `names are compared by their bytes`() {
        let journal = Journal()
        let (_, client) = client { socket in
            socket.on("\u{e9}") { (event: SocketEvent) in journal.add("composed") }
            socket.on("1") { (event: SocketEvent) in journal.add("one") }
            socket.on("") { (event: SocketEvent) in journal.add("empty") }
        }
        client.receive("42[\"e\u{301}\"]")
        client.receive("42[\"\u{e9}\"]")
        client.receive(#"42["\u00e9"]"#)
        client.receive("42[1]")
        client.receive(#"42["1"]"#)
        client.receive(#"42[""]"#)
        #expect(journal.take() == ["composed", "composed", "one", "one", "empty"])
    }

    @Test func `once is once, off takes away`() {
        let journal = Journal()
        let (_, client) = client { socket in
            socket.once("a") { (event: SocketEvent) in journal.add("once") }
            let token = socket.on("a") { (event: SocketEvent) in journal.add("on") }
            socket.on("stop") { (event: SocketEvent) in socket.off(token) }
            socket.on("stop all") { (event: SocketEvent) in socket.off("b") }
            socket.on("b") { (event: SocketEvent) in journal.add("b") }
        }
        for _ in 0..<2 { client.receive(#"42["a"]"#) }
        #expect(journal.take() == ["once", "on", "on"])
        client.receive(#"42["stop"]"#)
        client.receive(#"42["a"]"#)
        client.receive(#"42["b"]"#)
        client.receive(#"42["stop all"]"#)
        client.receive(#"42["b"]"#)
        #expect(journal.take() == ["b"])
    }

    @Test func `catch-all handlers hear every event before the others`() {
        let journal = Journal()
        let (_, client) = client { socket in
            socket.on("a") { (event: SocketEvent) in journal.add("a") }
            let token = socket.onAny { journal.add("any \($0.name) \($0[0])") }
            socket.prependAny { event in
                journal.add("first")
                if event.name == "off" { socket.offAny(token) }
                if event.name == "off all" { socket.offAny() }
            }
        }
        client.receive(#"42["a",1]"#)
        #expect(journal.take() == ["first", "any a integer(1)", "a"])
        client.receive(#"42["off"]"#)
        _ = journal.take()
        client.receive(#"42["x"]"#)
        #expect(journal.take() == ["first"])
        client.receive(#"42["off all"]"#)
        client.receive(#"42["x"]"#)
        #expect(journal.take() == ["first"])
    }

    @Test func `outgoing catch-all handlers hear events and broadcasts, not answers`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            socket.onAnyOutgoing { journal.add("\($0.name) \($0.arguments.values.map { $0.stringValue ?? "?" })") }
            socket.prependAnyOutgoing { _ in journal.add("first") }
            socket.on("q") { (event: SocketEvent) in
                event.acknowledge("no")
                socket.emit("one", "x")
                socket.emit("ask") { _ in }
            }
            socket.on("off") { (event: SocketEvent) in socket.offAnyOutgoing() }
        }
        client.receive(#"421["q"]"#)
        harness.io.emit("all", "y", [1] as [UInt8])
        #expect(journal.take() == ["first", "one [\"x\"]", "first", "ask []", "first", "all [\"y\", \"?\"]"])
        client.receive(#"42["off"]"#)
        harness.io.emit("all")
        #expect(journal.take() == [])
    }

    @Test func `a middleware stops an event`() {
        struct Limit: Error {}
        let journal = Journal()
        let (_, client) = client({ $0.onError = { journal.add("reported \($0.error) \($0.event ?? "")") } }) { socket in
            socket.use { event in
                journal.add("use \(event.name)")
                if event.name == "bad" { throw Limit() }
            }
            socket.use { _ in journal.add("second") }
            socket.onAny { journal.add("any \($0.name)") }
            socket.on("good") { (event: SocketEvent) in journal.add("good") }
            socket.on("bad") { (event: SocketEvent) in journal.add("never") }
            socket.on("listen") { (event: SocketEvent) in socket.onError { journal.add("heard \($0)") } }
        }
        client.receive(#"42["good"]"#)
        #expect(journal.take() == ["any good", "use good", "second", "good"])
        client.receive(#"42["bad"]"#)
        #expect(journal.take() == ["any bad", "use bad", "reported Limit() bad"])
        client.receive(#"42["listen"]"#)
        client.receive(#"42["bad"]"#)
        #expect(journal.take().last == "heard Limit()")
        #expect(!client.isClosed)
    }

    @Test func `an async middleware lets an event through, or not`() {
        let journal = Journal()
        let (harness, client) = client { socket in
            socket.use { event async throws in
                if event.name == "bad" { throw ConnectError("no") }
            }
            socket.use { _ in journal.add("then") }
            socket.onError { journal.add("\(($0 as? ConnectError)?.message ?? "?")") }
            socket.on("good") { (event: SocketEvent) in journal.add("good") }
        }
        client.receive(#"42["good"]"#)
        client.receive(#"42["bad"]"#)
        #expect(journal.take() == [])
        harness.run()
        #expect(journal.take() == ["then", "good", "no"])
    }

    @Test func `a client's event named error is an event like any other`() {
        let journal = Journal()
        let (_, client) = client { socket in
            socket.onError { _ in journal.add("wrong") }
            socket.on("error") { (event: SocketEvent) in journal.add("error \(event[0])") }
        }
        client.receive(#"42["error",{"message":"x"}]"#)
        #expect(journal.take().count == 1)
    }

    @Test func `typed handlers decode, and say what they cannot take`() {
        struct Point: Codable { var x: Int, y: Int }
        let (harness, client) = client { socket in
            socket.on("sum") { (a: Int, b: Int) in a + b }
            socket.on("point") { (point: Point) in Point(x: point.y, y: point.x) }
            socket.on("none") { (a: Int) in socket.emit("got", a) }
            socket.on("many") { (a: String, b: [Double], c: Bool?, d: JSONValue, e: [String: Int], f: [UInt8]?) in
                "\(a) \(b) \(c ?? false) \(d) \(e) \(f ?? [])"
            }
            socket.on("async") { (a: Int, b: Int?) async throws in a * (b ?? 2) }
        }
        client.receive(#"421["sum",1,2,"more"]"#)
        client.receive(#"422["point",{"x":1,"y":2}]"#)
        client.receive(#"423["none",7]"#)
        client.receive(#"424["many","a",[1,2.5],null,"v",{"k":1}]"#)
        client.receive(#"425["async",21]"#)
        harness.run()
        #expect(
            client.take() == [
                "431[3]", #"432[{"x":2,"y":1}]"#, #"42["got",7]"#,
                #"434["a [1.0, 2.5] false string(\"v\") [\"k\": 1] []"]"#,
                "435[42]",
            ])
        client.receive(#"421["sum","1",2]"#)
        client.receive(#"422["point",{"x":1}]"#)
        client.receive(#"423["sum",1]"#)
        client.receive(#"42["sum",1]"#)
        let answers = client.take()
        #expect(answers.count == 3)
        #expect(answers[0].hasPrefix(#"431[{"error":"Argument 1 of \"sum\" cannot be used. "#))
        #expect(answers[1].contains("y"))
        #expect(answers[2].hasPrefix(#"433[{"error":"Argument 2 of \"sum\" cannot be used. "#))
    }

    @Test func `what a handler throws is the answer, or is reported`() {
        struct Full: AcknowledgedError {
            var acknowledgement: JSONValue { ["error": "The room is full; try another."] }
        }
        struct Broken: Error {}
        let journal = Journal()
        let (harness, client) = client({ $0.onError = { journal.add("\($0.error) \($0.event ?? "")") } }) { socket in
            socket.on("full") { (event: SocketEvent) in throw Full() }
            socket.on("broken") { (event: SocketEvent) in throw Broken() }
            socket.on("full later") { (event: SocketEvent) async throws in throw Full() }
            socket.on("broken later") { (event: SocketEvent) async throws in throw Broken() }
        }
        client.receive(#"421["full"]"#)
        client.receive(#"422["broken"]"#)
        client.receive(#"423["full later"]"#)
        client.receive(#"424["broken later"]"#)
        harness.run()
        #expect(
            client.take() == [
                #"431[{"error":"The room is full; try another."}]"#,
                #"433[{"error":"The room is full; try another."}]"#,
            ])
        #expect(journal.take() == ["Broken() broken", "Broken() broken later"])
    }

    @Test func `a handler that throws ends nothing but its event`() {
        struct Broken: Error {}
        let journal = Journal()
        let harness = Harness(loops: 1)
        harness.io.on("connection") { socket in
            socket.on("bad") { (event: SocketEvent) in throw Broken() }
            socket.on("bad later") { (event: SocketEvent) async throws in throw Broken() }
            socket.on("good") { (event: SocketEvent) in journal.add("good") }
        }
        let (client, other) = (harness.join(), harness.join())
        client.receive(#"42["bad"]"#)
        client.receive(#"42["bad later"]"#)
        harness.run()
        client.receive(#"42["good"]"#)
        other.receive(#"42["good"]"#)
        #expect(journal.take() == ["good", "good"])
        #expect(!client.isClosed && !other.isClosed)
    }

    @Test func `handlers on the namespace are shared by its sockets`() {
        let harness = Harness()
        let journal = Journal()
        let token = harness.io.sockets.on("raw") { (socket: Socket, event: SocketEvent) in event.acknowledge(socket.id)
        }
        harness.io.sockets.on("typed") { (socket: Socket, text: String, count: Int) in "\(text) \(count)" }
        harness.io.sockets.on("later") { (socket: Socket, text: String) async throws in text }
        harness.io.sockets.on("bare") { socket in journal.add("bare") }
        harness.io.onDisconnecting { socket, reason in journal.add("\(socket.rooms.count) \(reason)") }
        let clients = [harness.join(), harness.join()]
        for client in clients {
            client.receive(#"421["raw"]"#)
            client.receive(#"422["typed","x",2]"#)
            client.receive(#"423["later","y"]"#)
            client.receive(#"424["bare"]"#)
            harness.run()
            let answers = client.take()
            #expect(answers[0].hasPrefix(#"431[""#))
            #expect(answers.dropFirst() == [#"432["x 2"]"#, #"433["y"]"#])
        }
        #expect(journal.take() == ["bare", "bare"])
        harness.io.off(token)
        harness.io.off("typed")
        clients[0].receive(#"421["raw"]"#)
        clients[0].receive(#"422["typed","x",2]"#)
        #expect(clients[0].take() == [])
        // Registered while clients are there.
        harness.io.sockets.on("new") { (_: Socket, event: SocketEvent) in event.acknowledge() }
        harness.run()
        clients[0].receive(#"421["new"]"#)
        #expect(clients[0].take() == ["431[]"])
        clients[0].end(.transportClose)
        #expect(journal.take() == ["1 transportClose"])
    }

    @Test func `a socket may have only so many handlers under way`() {
        let harness = Harness { $0.maxUnfinishedEvents = 3 }
        let waiting = Locked<[CheckedContinuation<Void, Never>]>([])
        harness.io.on("connection") { socket in
            socket.on("slow") { (event: SocketEvent) async in
                await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
            }
            socket.on("quick") { (event: SocketEvent) async in event.acknowledge() }
        }
        let client = harness.join()
        for _ in 0..<10 {
            client.receive(#"421["quick"]"#)
            harness.run()
        }
        #expect(client.take().count == 10)
        for _ in 0..<3 { client.receive(#"42["slow"]"#) }
        #expect(!client.isClosed)
        client.receive(#"42["slow"]"#)
        #expect(client.isClosed)
        harness.run()
        for continuation in waiting.withLock({ $0 }) { continuation.resume() }
        harness.run()
    }

    @Test func `handlers may be registered and rooms joined from another thread`() async {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let client = harness.join()
        let socket = list.withLock { $0[0] }
        await Task.detached {
            socket.on("x") { (event: SocketEvent) in event.acknowledge("late") }
            socket.join("room")
            socket.emit("hello", 1)
        }.value
        harness.run()
        client.receive(#"421["x"]"#)
        #expect(client.take() == [#"42["hello",1]"#, #"431["late"]"#])
        #expect(socket.rooms.contains("room"))
    }

    @Test func `data and storage live on the socket`() {
        enum Key: SocketStorageKey { typealias Value = [Int] }
        enum Other: SocketStorageKey { typealias Value = String }
        let (_, client) = client { socket in
            #expect(socket.data.members.isEmpty && socket.storage[Key.self] == nil)
            socket.data["name"] = "ann"
            socket.data["age"] = 3
            socket.data["name"] = "bob"
            socket.storage[Key.self] = [1]
            socket.storage[Other.self] = "x"
            socket.storage[Key.self]?.append(2)
            #expect(socket.data.json == ["name": "bob", "age": 3])
            #expect(socket.storage[Key.self] == [1, 2] && socket.storage[Other.self] == "x")
            socket.data["name"] = nil
            socket.storage[Key.self] = nil
            #expect(socket.data.json == ["age": 3] && socket.storage[Key.self] == nil)
        }
        #expect(!client.isClosed)
    }

    @Test func `a reserved name is not sent`() {
        let journal = Journal()
        let (harness, client) = client({ $0.onError = { journal.add("\($0.error)") } }) { socket in
            socket.emit("disconnect", 1)
            socket.emit("fine", 1)
        }
        harness.io.emit("connect_error")
        #expect(client.take() == [])
        #expect(journal.take().count == 2)
    }
}
