import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct NamespaceTests {
    @Test func `a namespace is the same whenever it is asked for`() {
        let io = Server()
        #expect(io.of("/a") === io.of("a"))
        #expect(io.of("/") === io.sockets)
        #expect(io.of("/a").name == "/a")
    }

    @Test func `namespaces share a connection and nothing else`() {
        let harness = Harness()
        let chat = harness.io.of("/chat")
        for io in [harness.io.sockets, chat] {
            io.on("who") { (socket: Socket, event: SocketEvent) in event.acknowledge(socket.namespace.name) }
        }
        let client = harness.join()
        client.receive("40/chat,")
        _ = client.take()
        client.receive(#"421["who"]"#)
        client.receive(#"42/chat,2["who"]"#)
        #expect(client.take() == [#"431["/"]"#, #"43/chat,2["/chat"]"#])
        chat.emit("x")
        #expect(client.take() == [#"42/chat,["x"]"#])
        client.end(.transportClose)
        #expect(chat.socketCount == 0 && harness.io.sockets.socketCount == 0)
    }

    @Test func `a namespace made after the start works as well`() {
        let harness = Harness()
        let client = harness.join()
        harness.io.of("/late").on("x") { (_: Socket, event: SocketEvent) in event.acknowledge() }
        client.receive("40/late")
        _ = client.take()
        client.receive(#"42/late,1["x"]"#)
        #expect(client.take() == ["43/late,1[]"])
    }

    @Test func `namespaces come to be for names that a rule accepts`() {
        let harness = Harness()
        let journal = Journal()
        let rooms = harness.io.of(matching: { $0.hasPrefix("/room-") })
        rooms.use { socket in if socket.handshake.auth["no"] == true { throw ConnectError("no") } }
        rooms.on("connection") { socket in journal.add(socket.namespace.name) }
        rooms.on("x") { (_: Socket, event: SocketEvent) in event.acknowledge() }
        let clients = [harness.open(), harness.open()]
        clients[0].receive("40/room-1")
        clients[1].receive("40/room-2")
        clients[1].receive("40/other")
        clients[1].receive(#"40/room-3,{"no":true}"#)
        #expect(journal.take() == ["/room-1", "/room-2"])
        _ = clients[0].take()
        #expect(
            clients[1].take().dropFirst() == [
                #"44/other,{"message":"Invalid namespace"}"#, #"44/room-3,{"message":"no"}"#,
            ])
        clients[0].receive(#"42/room-1,1["x"]"#)
        #expect(clients[0].take() == ["43/room-1,1[]"])
        // What is sent on the parent goes to all children, each under its own name.
        rooms.emit("news", [1] as [UInt8])
        #expect(clients[0].take() == [#"451-/room-1,["news",{"_placeholder":true,"num":0}]"#, "<01>"])
        #expect(clients[1].take() == [#"451-/room-2,["news",{"_placeholder":true,"num":0}]"#, "<01>"])
        rooms.to("nowhere").emit("news")
        #expect(clients[0].take() == [])
    }

    @Test func `a parent gathers the answers of all children`() async throws {
        let harness = Harness()
        let rooms = harness.io.of(matching: { _ in true })
        let clients = [harness.open(), harness.open()]
        for (index, client) in clients.enumerated() { client.receive("40/\(index)") }
        let journal = Journal()
        rooms.emit("q") { result in journal.add("\((try? result.get().count) ?? -1)") }
        #expect(clients.map { $0.take().last } == [#"42/0,0["q"]"#, #"42/1,0["q"]"#])
        for (index, client) in clients.enumerated() { client.receive("43/\(index),0[]") }
        #expect(journal.take() == ["2"])
        #expect(try await rooms.fetchSockets().count == 2)
        #expect(try await rooms.allSockets().count == 2)
        rooms.socketsJoin("a")
        #expect(try await rooms.to("a").fetchSockets().count == 2)
        rooms.socketsLeave("a")
        #expect(try await rooms.to("a").fetchSockets().isEmpty)
        rooms.disconnectSockets()
        #expect(clients.map { $0.take() } == [["41/0,"], ["41/1,"]])
    }

    @Test func `a rule may wait and look at the request`() {
        let harness = Harness()
        _ = harness.io.of(matching: { (request: NamespaceRequest) async in
            request.handshake.auth["key"]?.stringValue == request.name
        })
        let client = harness.open()
        client.receive(#"40/a,{"key":"/a"}"#)
        client.receive(#"40/b,{"key":"/a"}"#)
        #expect(client.take() == [])
        harness.run()
        let answers = client.take()
        #expect(answers[0].hasPrefix("40/a,"))
        #expect(answers[1] == #"44/b,{"message":"Invalid namespace"}"#)
        // A second CONNECT while the first is under way is out of place.
        let hasty = harness.open()
        hasty.receive(#"40/c,{"key":"/c"}"#)
        hasty.receive(#"40/c,{"key":"/c"}"#)
        #expect(hasty.isClosed)
        harness.run()
        #expect(hasty.take() == [])
    }

    @Test func `a namespace of a client's making ends with its last socket`() {
        let harness = Harness()
        _ = harness.io.of(matching: { $0 != "/x" })
        let clients = [harness.open(), harness.open()]
        for client in clients { client.receive("40/a") }
        let first = harness.io.of("/a")
        clients[0].receive("41/a,")
        #expect(harness.io.of("/a") === first)
        clients[1].end(.transportClose)
        #expect(!harness.io.namespaces.contains { $0.name == "/a" })
        // A refusal leaves nothing behind either.
        let refused = harness.open()
        refused.receive("40/x")
        #expect(harness.io.namespaces.map(\.name) == ["/"])
    }

    @Test func `empty namespaces stay where that is wanted`() {
        let harness = Harness { $0.cleanupEmptyChildNamespaces = false }
        _ = harness.io.of(matching: { _ in true })
        let client = harness.open()
        client.receive("40/a")
        client.end(.transportClose)
        #expect(harness.io.namespaces.contains { $0.name == "/a" })
    }

    @Test func `the name of a namespace is only so long`() {
        #expect(ServerOptions().maxNamespaceNameLength == 255)
        let harness = Harness { $0.maxNamespaceNameLength = 5 }
        _ = harness.io.of(matching: { _ in true })
        let client = harness.open()
        client.receive("40/1234")
        client.receive("40/12345")
        let answers = client.take()
        #expect(answers[0].hasPrefix("40/1234,"))
        #expect(answers[1] == #"44/12345,{"message":"Invalid namespace"}"#)
    }

    // MARK: Revision 3

    @Test func `a client of revision 3 is joined to the root by itself, under its session's id`() {
        let harness = Harness()
        let journal = Journal()
        _ = harness.io.of("/chat")
        for io in [harness.io.sockets, harness.io.of("/chat")] {
            io.on("connection") { socket in journal.add("\(socket.id) \(socket.handshake.auth)") }
        }
        let client = harness.open(revision: .v3)
        #expect(client.take() == ["40"])
        client.receive("40/chat?token=a%20b+c&x&y=%zz,")
        #expect(client.take() == ["40/chat,"])
        #expect(
            journal.take() == [
                "engine1 object([])",
                #"/chat#engine1 object([JSON.JSONValue.Member(name: "token", value: JSON.JSONValue.string("a b c")), "#
                    + #"JSON.JSONValue.Member(name: "x", value: JSON.JSONValue.string("")), "#
                    + #"JSON.JSONValue.Member(name: "y", value: JSON.JSONValue.string("%zz"))])"#,
            ])
    }

    @Test func `revision 3 is refused in plain`() {
        let harness = Harness()
        harness.io.of("/data").use { _ in throw ConnectError("no", data: ["code": 7]) }
        harness.io.of("/text").use { _ in throw ConnectError("no") }
        let client = harness.open(revision: .v3)
        _ = client.take()
        client.receive("40/data,")
        client.receive("40/text,")
        client.receive("40/none,")
        #expect(client.take() == [#"44/data,{"code":7}"#, #"44/text,"no""#, #"44/none,"Invalid namespace""#])
        harness.io.use { _ in throw ConnectError("closed") }
        #expect(harness.open(revision: .v3).take() == [#"44"closed""#])
    }

    @Test func `revision 3 takes part in events, answers and attachments`() {
        let harness = Harness()
        harness.io.on("echo") { (_: Socket, event: SocketEvent) in event.acknowledge(event.arguments) }
        let old = harness.open(revision: .v3)
        let new = harness.join()
        _ = old.take()
        old.receive(#"451-1["echo",{"_placeholder":true,"num":0}]"#)
        old.receive([1])
        #expect(old.take() == [#"461-1[{"_placeholder":true,"num":0}]"#, "<01>"])
        harness.io.emit("x")
        #expect(old.take() == [#"42["x"]"#])
        #expect(new.take() == [#"42["x"]"#])
    }

    @Test func `a query in the name is no query for revision 4`() {
        let harness = Harness()
        _ = harness.io.of("/chat")
        let client = harness.open()
        client.receive("40/chat?token=a,")
        #expect(client.take() == [#"44/chat?token=a,{"message":"Invalid namespace"}"#])
    }

    // MARK: The engine

    @Test func `allowRequest decides on handshakes`() async {
        let open = Server()
        #expect(await open.verify(EngineHandshake()) == .allow)
        var options = ServerOptions()
        options.allowRequest = { $0.address == "192.0.2.1" ? .refuse(message: "You are blocked.") : .allow }
        let io = Server(options: options)
        #expect(await io.verify(EngineHandshake(address: "192.0.2.1")) == .refuse(message: "You are blocked."))
        #expect(await io.verify(EngineHandshake(address: "192.0.2.2")) == .allow)
    }

    @Test func `failed connections are told`() {
        let io = Server()
        let journal = Journal()
        io.onConnectionError { error, handshake in journal.add("\(error.code) \(handshake.address)") }
        io.connectionFailed(.badRequest, handshake: EngineHandshake(address: "192.0.2.1"))
        #expect(journal.take() == ["3 192.0.2.1"])
    }
}
