import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct DisconnectTests {
    @Test(arguments: [
        (EngineCloseReason.transportClose, "transport close"), (.transportError, "transport error"),
        (.pingTimeout, "ping timeout"), (.parseError, "parse error"), (.serverClose, "forced close"),
        (.serverShuttingDown, "server shutting down"), (.bufferOverflow, "transport error"),
    ])
    func `the engine's reasons have the official texts`(reason: EngineCloseReason, text: String) {
        let harness = Harness()
        let journal = Journal()
        harness.io.onDisconnect { _, reason in journal.add(reason.rawValue) }
        harness.join().end(reason)
        #expect(journal.take() == [text])
    }

    @Test func `all nine texts are the official ones`() {
        #expect(
            Set(DisconnectReason.allCases.map(\.rawValue)) == [
                "transport error", "transport close", "forced close", "ping timeout", "parse error",
                "server shutting down", "forced server close", "client namespace disconnect",
                "server namespace disconnect",
            ])
        #expect(
            Set(DisconnectReason.allCases.filter { !$0.isRecoverable }) == [
                .parseError, .clientNamespaceDisconnect, .serverNamespaceDisconnect,
            ])
    }

    @Test func `rooms can be read while disconnecting and not after`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.on("connection") { socket in
            socket.join("a", "b")
            socket.onDisconnecting { _ in journal.add("\(socket.rooms.count) \(socket.isConnected)") }
            socket.onDisconnect { _ in journal.add("\(socket.rooms.count) \(socket.isConnected)") }
            socket.on("disconnect") { (reason: String) in journal.add(reason) }
            socket.on("disconnecting") { (event: SocketEvent) in journal.add("\(event[0].stringValue ?? "")") }
        }
        harness.join().end(.pingTimeout)
        #expect(journal.take() == ["3 true", "ping timeout", "0 false", "ping timeout"])
    }

    @Test func `the server disconnects one namespace`() {
        let harness = Harness()
        let journal = Journal()
        for io in [harness.io.sockets, harness.io.of("/chat")] {
            io.on("connection") { socket in
                socket.on("leave") { (event: SocketEvent) in socket.disconnect() }
                socket.on("close") { (event: SocketEvent) in socket.disconnect(close: true) }
            }
            io.onDisconnect { socket, reason in journal.add("\(socket.namespace.name) \(reason.rawValue)") }
        }
        let client = harness.join()
        client.receive("40/chat")
        _ = client.take()
        client.receive(#"42/chat,["leave"]"#)
        #expect(client.take() == ["41/chat,"])
        #expect(journal.take() == ["/chat server namespace disconnect"])
        #expect(!client.isClosed)
        client.receive("40/chat")
        _ = client.take()
        client.receive(#"42["close"]"#)
        #expect(client.take() == ["41", "41/chat,"])
        #expect(client.isClosed)
        #expect(journal.take() == ["/ server namespace disconnect", "/chat server namespace disconnect"])
    }

    @Test func `a handler of disconnecting may call for the end again`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.on("connection") { socket in
            socket.onDisconnecting { _ in
                journal.add("disconnecting")
                socket.disconnect()
                socket.disconnect(close: true)
            }
            socket.onDisconnect { _ in
                journal.add("disconnect")
                socket.disconnect()
                socket.emit("nobody")
                socket.join("nowhere")
            }
        }
        let client = harness.join()
        client.end(.transportClose)
        #expect(journal.take() == ["disconnecting", "disconnect"])
        #expect(harness.io.sockets.socketCount == 0)
    }

    @Test func `what is called on a socket that is gone does nothing`() {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let client = harness.join()
        client.receive("41")
        let socket = list.withLock { $0[0] }
        socket.emit("x")
        socket.volatile.emit("x")
        socket.join("a")
        socket.leave(socket.id)
        socket.disconnect(close: true)
        socket.on("x") { (event: SocketEvent) in }
        #expect(client.take() == [])
        #expect(!client.isClosed && socket.rooms == [] && socket.handlers.isEmpty)
    }

    @Test func `a socket lets go of its handlers`() {
        let harness = Harness()
        final class Held: Sendable {}
        weak var weakHeld: Held?
        do {
            let held = Held()
            weakHeld = held
            harness.io.on("connection") { [weak held] socket in
                guard let held else { return }
                socket.on("x") { (event: SocketEvent) in _ = (held, socket) }
                socket.onAny { _ in _ = (held, socket) }
                socket.use { _ in _ = (held, socket) }
                socket.onDisconnect { _ in _ = (held, socket) }
            }
            let client = harness.join()
            client.end(.transportClose)
        }
        harness.run()
        #expect(weakHeld == nil)
    }

    @Test func `closing the server tells the sockets and closes every connection`() async {
        let harness = Harness(loops: 2)
        let journal = Journal()
        harness.io.onDisconnect { _, reason in journal.add(reason.rawValue) }
        let clients = [harness.join(on: 0), harness.join(on: 1), harness.open(on: 1)]
        let io = harness.io
        let done = Locked(false)
        Task {
            await io.stopping()
            done.withLock { $0 = true }
        }
        let isDone = await harness.loop.run(until: {
            harness.run()
            return done.withLock { $0 }
        })
        #expect(isDone)
        #expect(clients.filter(\.isClosed).count == 3)
        #expect(journal.take() == ["server shutting down", "server shutting down"])
        // No DISCONNECT is sent: a client that hears one does not come back by itself.
        #expect(clients.flatMap { $0.take() } == [])
        let late = harness.open()
        #expect(late.isClosed)
    }
}
