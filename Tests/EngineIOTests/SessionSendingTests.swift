import Bytes
import EngineIO
import Testing

@Suite("Engine.IO sessions: sending and closing")
struct SessionSendingTests {
    /// Room for exactly two messages of ten bytes, each of which counts 64 more.
    private var options: EngineOptions {
        var options = EngineOptions()
        options.maxBufferedBytes = 2 * 74
        return options
    }

    private let ten = "0123456789"

    @Test func `one byte more than the queue's bound ends the session`() {
        var session = SessionTranscript.opened(options: options)
        #expect(session.send(ten) == ["queued"])
        #expect(session.sendAlone(ten) == ["queued"])
        #expect(session.sendAlone("") == ["end bufferOverflow"])
        #expect(session.send(ten) == ["dropped"])
        var small = options
        small.maxBufferedBytes -= 1
        session = .opened(options: small)
        #expect(session.send(ten) == ["queued"])
        #expect(session.send(ten) == ["end bufferOverflow"])
    }

    @Test func `one message larger than the bound goes through an empty queue`() {
        var session = SessionTranscript.opened(options: options)
        let large = String(repeating: "x", count: 1000)
        #expect(session.send(large) == ["queued"])
        #expect(session.send("") == ["end bufferOverflow"])
    }

    @Test func `attachments count, and so do the pongs that a client provokes without polling`() {
        var session = SessionTranscript.opened(options: options)
        #expect(
            session.send(OutgoingMessage(text: SharedBytes("x"), binaries: [SharedBytes(Array(ten.utf8))])) == [
                "queued"
            ])
        #expect(session.sendAlone(ten) == ["end bufferOverflow"])
        var old = SessionTranscript.opened(.v3, options: options)
        #expect(old.post("1:21:2") == ["200 ok"])
        #expect(old.post("1:2") == ["end bufferOverflow", "200 ok"])
    }

    @Test func `a poll that waits empties a full queue in the middle of a turn`() {
        var session = SessionTranscript.opened(options: options)
        #expect(session.get() == ["waits"])
        #expect(session.send(ten) == ["queued"])
        #expect(session.send(ten) == ["queued"])
        #expect(session.send("next") == ["poll 200 4\(ten)|4\(ten)", "queued"])
        #expect(session.turnEnds() == [])
        #expect(session.get() == ["200 4next"])
    }

    @Test func `the bound starts anew with each payload`() {
        var session = SessionTranscript.opened(options: options)
        for _ in 0..<3 {
            #expect(session.send(ten) == ["queued"])
            #expect(session.send(ten) == ["queued"])
            #expect(session.get() == ["200 4\(ten)|4\(ten)"])
        }
    }

    @Test func `a volatile message is dropped where it would have to wait`() {
        var session = SessionTranscript.opened()
        #expect(session.send("lost", volatile: true) == ["dropped"])
        #expect(session.get() == ["waits"])
        #expect(session.send("taken", volatile: true) == ["queued"])
        #expect(session.turnEnds() == ["poll 200 4taken"])
        var socket = SessionTranscript.opened(.v4, .webSocket)
        #expect(socket.send("taken", volatile: true, isWritable: true) == ["write"])
        #expect(socket.send("lost", volatile: true, isWritable: false) == ["dropped"])
        #expect(socket.send("kept", isWritable: false) == ["write"])
    }

    @Test func `closing sends what is queued with the poll that waits and a close packet with the next one`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.send("last") == ["queued"])
        #expect(session.close() == ["poll 200 4last"])
        #expect(session.close() == [])
        #expect(session.get() == ["200 1", "end serverClose"])
        var idle = SessionTranscript.opened()
        #expect(idle.get() == ["waits"])
        #expect(idle.close() == ["poll 200 1", "end serverClose"])
    }

    @Test func `a server that stops sends what is queued and a close packet at once`() {
        var session = SessionTranscript.opened()
        #expect(session.get() == ["waits"])
        #expect(session.send("last") == ["queued"])
        #expect(session.close(.serverShuttingDown) == ["poll 200 4last|1", "end serverShuttingDown"])
        var old = SessionTranscript.opened(.v3)
        #expect(old.get() == ["waits"])
        #expect(old.close(.serverShuttingDown) == ["poll 200 1:1", "end serverShuttingDown"])
    }

    @Test func `without a poll, closing waits for the next one`() {
        var session = SessionTranscript.opened()
        #expect(session.send("last") == ["queued"])
        #expect(session.close() == ["waits for a poll"])
        #expect(session.send("too late") == ["dropped"])
        #expect(session.post("4ignored") == ["200 ok"])
        #expect(session.get() == ["200 4last"])
        #expect(session.get() == ["200 1", "end serverClose"])
        #expect(session.machine.isEnded)
    }

    @Test func `a closed session does not wait for a poll for ever`() {
        var options = EngineOptions()
        options.closeTimeout = .milliseconds(100)
        var session = SessionTranscript.opened(options: options)
        #expect(session.close() == ["waits for a poll"])
        #expect(session.time(99) == [])
        #expect(session.time(100) == ["end serverClose"])
    }

    @Test func `a WebSocket session closes at once, and a failure closes any`() {
        var session = SessionTranscript.opened(.v4, .webSocket)
        #expect(session.close() == ["end serverClose"])
        var slow = SessionTranscript.opened(.v4, .webSocket)
        #expect(slow.machine.failed(.bufferOverflow)?.reason == .bufferOverflow)
        #expect(slow.machine.failed(.bufferOverflow) == nil)
        var polling = SessionTranscript.opened()
        #expect(polling.get() == ["waits"])
        #expect(
            SessionTranscript.lines(polling.machine.failed(.transportError)) == ["poll 200 1", "end transportError"])
    }

    @Test func `a session that its delegate closes still answers the POST it came with`() {
        var session = SessionTranscript.opened()
        #expect(session.postHead() == ["read up to 1000000"])
        let body = Array("4bye\u{1e}4more".utf8)
        var packets = session.machine.payloadReader()
        let first = try? packets.next(in: body.span.bytes)
        #expect(
            first.flatMap { $0 }.map { session.machine.packetReceived($0, in: body.span.bytes, now: session.now) }
                == .deliver)
        #expect(session.machine.failed(.serverClose) != nil)
        let second = try? packets.next(in: body.span.bytes)
        #expect(
            second.flatMap { $0 }.map { session.machine.packetReceived($0, in: body.span.bytes, now: session.now) }
                == .nothing)
        #expect(SessionTranscript.line(session.machine.postEnded()) == "200 ok")
    }
}
