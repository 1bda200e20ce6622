import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import SocketIO

/// Whole sessions: messages of a client, one after the other, to a server with handlers that look at everything.
///
/// The first byte chooses parser and revision. The rest are messages with 0xff between them; the first byte of each says
/// whether it is text or binary, or how long to wait.
func fuzzSocketIO(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    guard let choice = input.first else { return }
    let loop = ManualLoop()
    let (io, witness) = makeServer(choice)
    io.started(on: [loop])
    let session = Session(on: loop, revision: choice & 2 == 0 ? .v4 : .v3)
    let client = io.opened(session)
    // Revision 3 is in `/` without having asked.
    loop.run()
    for message in input.dropFirst().split(separator: 0xff) {
        guard !session.isClosed, let kind = message.first else { break }
        let content = Array(message.dropFirst())
        if kind & 7 == 7 {
            loop.advance(by: .seconds(Int64(kind >> 3)))
        } else if kind & 1 == 1 {
            client.received(binary: content.span.bytes)
        } else if UTF8Validator.isValid(content.span.bytes) {
            client.received(text: content.span.bytes)
        }
        loop.run()
        precondition(witness.events.withLock { $0 } == 0 || session.wasConnected, "an event without CONNECT")
    }
    client.closed(.transportClose)
    loop.advance(by: .seconds(120))
    precondition(witness.open.withLock { $0 } == 0, "a socket outlived its connection")
}

/// Counts what the handlers see.
private final class Witness: Sendable {
    let events = Locked(0)
    let open = Locked(0)
}

private func makeServer(_ choice: UInt8) -> (Server, Witness) {
    var options = ServerOptions()
    options.parser = choice & 1 == 0 ? .json : .messagePack
    options.maxAttachments = 3
    options.engine.maxPayload = 2000
    let io = Server(options: options, random: CountingRandom())
    let witness = Witness()
    for namespace in [io.of("/"), io.of("/admin")] {
        namespace.onConnection { socket in
            witness.open.withLock { $0 += 1 }
            socket.onAny { (event: SocketEvent) in look(at: event, witness) }
            socket.emit("hello", ["bytes": .bytes([1, 2, 3])] as JSONValue)
        }
        namespace.onDisconnecting { _, _ in witness.open.withLock { $0 -= 1 } }
    }
    return (io, witness)
}

private func look(at event: SocketEvent, _ witness: Witness) {
    witness.events.withLock { $0 += 1 }
    for index in 0..<event.count {
        _ = event.json(index).byteCount
        _ = event.string(at: index)
        _ = event.bytes(at: index)
        _ = event.string(member: "room", of: index)
        _ = event.value(member: "x", of: index)
        _ = event.integer(member: "n", of: index)
        _ = try? event.decode([String: Int].self, at: index)
    }
    if let room = event.string(at: 0) { event.socket.join(room) }
    event.socket.to("room").emit("forward", event.arguments)
    event.acknowledge(event.arguments)
}

private final class Session: EngineSession {
    let id = "session"
    let revision: EngineRevision
    let loop: any EventLoop
    let transport = EngineTransport.webSocket
    let handshake = EngineHandshake()
    let isWritable = true
    private(set) var isClosed = false
    private(set) var wasConnected = false

    init(on loop: any EventLoop, revision: EngineRevision) {
        self.loop = loop
        self.revision = revision
    }

    func send(_ message: OutgoingMessage) {
        if let text = message.text { send(text: text.bytes) } else { wasConnected = true }
    }

    func send(text: RawSpan) {
        precondition(UTF8Validator.isValid(text), "the server sends text that is none")
        if text.byteCount > 0, text.byte(at: 0) == 0x30 { wasConnected = true }
    }

    func close() { isClosed = true }
}

/// Ids that repeat, so that a fault does.
private final class CountingRandom: RandomSource {
    private let next = Locked<UInt8>(0)

    func bytes(_ count: Int) -> [UInt8] {
        next.withLock { next in
            next &+= 1
            return [UInt8](repeating: next, count: count)
        }
    }
}
