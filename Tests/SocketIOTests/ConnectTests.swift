import EngineIO
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct ConnectTests {
    @Test func `CONNECT is answered with a public id of 20 letters`() throws {
        let harness = Harness()
        let client = harness.open()
        client.receive("40")
        let answer = try #require(client.take().first)
        #expect(answer.hasPrefix(#"40{"sid":""#) && answer.hasSuffix(#""}"#))
        #expect(answer.utf8.count == #"40{"sid":""}"#.utf8.count + 20)
        #expect(!answer.contains(client.id))
        #expect(client.hasJoined)
    }

    @Test func `a namespace is joined with or without the comma`() {
        let harness = Harness()
        _ = harness.io.of("/chat")
        for connect in ["40/chat", "40/chat,", #"40/chat,{"token":"a"}"#] {
            let client = harness.open()
            client.receive(connect)
            #expect(client.take().first?.hasPrefix(#"40/chat,{"sid":""#) == true)
        }
    }

    @Test func `an unknown namespace is refused and the connection stays`() {
        let harness = Harness()
        let client = harness.open()
        client.receive("40/x")
        #expect(client.take() == [#"44/x,{"message":"Invalid namespace"}"#])
        #expect(!client.isClosed)
        client.receive("40")
        #expect(client.take().count == 1)
    }

    @Test func `the handshake has the request and the auth`() throws {
        let harness = Harness()
        let journal = Journal()
        harness.io.use { socket in
            let handshake = socket.handshake
            journal.add("\(handshake.auth["token"]?.stringValue ?? "-") \(handshake.address) \(handshake.url)")
            journal.add("\(handshake.header("origin") ?? "-") \(handshake.isCrossDomain) \(handshake.isSecure)")
            journal.add("\(handshake.parameter("EIO") ?? "-") \(handshake.issued) \(handshake.time)")
        }
        let request = EngineHandshake(
            headers: [("origin", "https://a.example")], query: [("EIO", "4")], url: "/socket.io/?EIO=4",
            address: "192.0.2.7", isSecure: true, issued: 1_763_622_131_005)
        let client = harness.open(handshake: request)
        client.receive(#"40{"token":"abc"}"#)
        #expect(
            journal.take() == [
                "abc 192.0.2.7 /socket.io/?EIO=4", "https://a.example true true",
                "4 1763622131005 2025-11-20T07:02:11.005Z",
            ])
    }

    @Test func `middlewares run in order and the first error refuses`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.use { _ in journal.add("1") }
        harness.io.use { socket in
            journal.add("2")
            if socket.handshake.auth["token"] != "ok" { throw ConnectError("no", data: ["code": 7]) }
        }
        harness.io.use { _ in journal.add("3") }
        harness.io.on("connection") { _ in journal.add("connected") }
        let client = harness.open()
        client.receive("40")
        #expect(client.take() == [#"44{"message":"no","data":{"code":7}}"#])
        #expect(journal.take() == ["1", "2"])
        #expect(harness.io.sockets.socketCount == 0)
        client.receive(#"40{"token":"ok"}"#)
        #expect(client.take().count == 1)
        #expect(journal.take() == ["1", "2", "3", "connected"])
        #expect(harness.io.sockets.socketCount == 1)
    }

    @Test func `the data of an error is left out where there is none, and other errors are not told`() {
        struct Secret: Error {}
        let journal = Journal()
        let harness = Harness { $0.onError = { journal.add("\($0.error)") } }
        harness.io.of("/a").use { _ in throw ConnectError("no") }
        harness.io.of("/b").use { _ in throw Secret() }
        let client = harness.open()
        client.receive("40/a")
        client.receive("40/b")
        #expect(
            client.take() == [
                #"44/a,{"message":"no"}"#, #"44/b,{"message":"The connection was refused; try again later."}"#,
            ])
        #expect(journal.take() == ["Secret()"])
    }

    @Test func `async middlewares wait, and what the client sends meanwhile is out of place`() {
        let harness = Harness()
        harness.io.use { _ async in }
        let patient = harness.open()
        patient.receive("40")
        #expect(patient.take() == [])
        harness.run()
        #expect(patient.take().count == 1)
        let hasty = harness.open()
        hasty.receive("40")
        hasty.receive(#"42["early"]"#)
        #expect(hasty.isClosed)
        harness.run()
        #expect(hasty.take() == [])
        #expect(harness.io.sockets.socketCount == 1)
    }

    @Test func `a connection without a namespace is closed in time, at its begin and later`() {
        let harness = Harness()
        let idle = harness.open()
        harness.advance(.seconds(44.9))
        #expect(!idle.isClosed)
        harness.advance(.seconds(0.2))
        #expect(idle.isClosed)
        let joined = harness.join()
        harness.advance(.seconds(100))
        #expect(!joined.isClosed)
        joined.receive("41")
        harness.advance(.seconds(44.9))
        #expect(!joined.isClosed)
        harness.advance(.seconds(0.2))
        #expect(joined.isClosed)
    }

    @Test func `the connect time-out is an option`() {
        let harness = Harness { $0.connectTimeout = .seconds(1) }
        let client = harness.open()
        harness.advance(.seconds(1.1))
        #expect(client.isClosed)
    }

    @Test func `one connection joins only so many namespaces`() {
        let harness = Harness { $0.maxNamespacesPerConnection = 2 }
        for name in ["/a", "/b", "/c"] { _ = harness.io.of(name) }
        let client = harness.open()
        for name in ["/a", "/b"] { client.receive("40\(name)") }
        #expect(client.take().count == 2)
        client.receive("40/c")
        #expect(client.take() == [#"44/c,{"message":"Leave a namespace before you join another one."}"#])
        client.receive("41/a,")
        client.receive("40/c")
        #expect(client.take().first?.hasPrefix("40/c,") == true)
    }

    @Test func `DISCONNECT leaves one namespace without an answer, and it can be joined again`() {
        let harness = Harness()
        let journal = Journal()
        _ = harness.io.of("/chat")
        harness.io.sockets.onDisconnect { _, reason in journal.add(reason.rawValue) }
        let client = harness.join()
        client.receive("40/chat")
        client.receive("41")
        #expect(journal.take() == ["client namespace disconnect"])
        #expect(client.take().count == 1)
        client.receive("40")
        #expect(client.take().first?.hasPrefix("40{") == true)
        #expect(!client.isClosed)
    }
}
