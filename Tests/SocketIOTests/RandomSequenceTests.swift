import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

/// Clients that send whatever comes to mind: nothing traps, and the rules hold all the time.
@Suite struct RandomSequenceTests {
    private static let pieces = [
        "0", "0/chat,", "0/chat", #"0{"token":"a"}"#, "0/r1,", "1", "1/chat,", #"2["a"]"#, #"2/chat,["a",{"x":[1]}]"#,
        #"21["echo",1]"#, #"2/chat,7["echo","x"]"#, #"51-["a",{"_placeholder":true,"num":0}]"#, #"50-["a"]"#,
        #"52-3["echo",{"_placeholder":true,"num":1}]"#, "30[]", "31[1]", "60-0[]", "61-1[null]", "4", "7", "", "2[",
        #"2["disconnect"]"#, #"2["join","r"]"#, #"2["leave","r"]"#, #"2["all",1]"#, #"2["bye"]"#, #"2["ask"]"#,
    ]

    private func server(_ journal: Journal) -> Harness {
        let harness = Harness(loops: 2) {
            $0.connectionStateRecovery = RecoveryOptions()
            $0.ackTimeout = .seconds(1)
        }
        let io = harness.io
        _ = io.of(matching: { $0.hasPrefix("/r") })
        for namespace in [io.sockets, io.of("/chat")] {
            namespace.on("connection") { socket in
                socket.onAny { if !$0.socket.isConnected { journal.add("an event without a connection") } }
                socket.on("echo") { (event: SocketEvent) in event.acknowledge(event.arguments) }
                socket.on("join") { (room: String) in socket.join(room) }
                socket.on("leave") { (room: String) in socket.leave(room) }
                socket.on("all") { (event: SocketEvent) in socket.to("r").emit("all", event.arguments) }
                socket.on("bye") { (event: SocketEvent) in socket.disconnect() }
                socket.on("ask") { (event: SocketEvent) in socket.emit("ask") { _ in } }
                socket.onDisconnect { _ in if !socket.rooms.isEmpty { journal.add("rooms after the end") } }
            }
        }
        return harness
    }

    /// One step of one client, as random bytes say.
    private func step(_ bytes: [UInt8], _ harness: Harness, _ clients: inout [FakeSession]) {
        let client = Int(bytes[0]) % clients.count
        switch bytes[1] % 16 {
        case 0: clients[client].end(.transportClose)
        case 1: clients[client].receive([UInt8](repeating: bytes[2], count: Int(bytes[3]) % 5))
        case 2: harness.advance(.milliseconds(Int(bytes[2]) * 20))
        case 3:
            var text = Array(Self.pieces[Int(bytes[2]) % Self.pieces.count])
            if !text.isEmpty { text[Int(bytes[3]) % text.count] = Character(Unicode.Scalar(0x20 + bytes[4] % 0x5f)) }
            clients[client].receive("4" + String(text))
        default: clients[client].receive("4" + Self.pieces[Int(bytes[2]) % Self.pieces.count])
        }
        if clients[client].isClosed {
            clients[client] = harness.open(on: client % 2)
            if bytes[5] % 4 > 0 { clients[client].receive("40") }
        }
        if bytes[6] % 8 == 0 { harness.run() }
    }

    @Test(arguments: 1...6) func `whatever is sent, the rules hold`(seed: UInt64) {
        let journal = Journal()
        let harness = server(journal)
        let random = SeededRandom(seed: seed)
        var clients = (0..<6).map { harness.open(on: $0 % 2) }
        for _ in 0..<2000 { step(random.bytes(7), harness, &clients) }
        harness.run()
        for client in clients { client.end(.transportClose) }
        harness.run()
        #expect(journal.take() == [])
        #expect(harness.io.namespaces.map(\.socketCount).reduce(0, +) == 0)
        #expect(harness.io.namespaces.allSatisfy { $0.shards.allSatisfy { $0.all.isEmpty && $0.rooms.isEmpty } })
        #expect(harness.io.namespaces.map(\.name).sorted() == ["/", "/chat"])
    }
}
