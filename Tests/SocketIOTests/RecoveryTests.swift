import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct RecoveryTests {
    /// What a client knows of its session.
    private struct Known {
        var sid: String
        var pid: String
        var offset: String

        var connect: String { #"40{"pid":"\#(pid)","offset":"\#(offset)","token":"x"}"# }
    }

    private func harness(
        loops: Int = 1, _ recovery: RecoveryOptions = RecoveryOptions(),
        _ configure: (inout ServerOptions) -> Void = { _ in }
    ) -> Harness {
        Harness(loops: loops) {
            $0.connectionStateRecovery = recovery
            configure(&$0)
        }
    }

    /// Joins and reads the answer as a client does: the ids, then the first offset.
    private func join(_ harness: Harness, on index: Int = 0) throws -> (FakeSession, Known) {
        let client = harness.open(on: index)
        client.receive("40")
        harness.run()
        let sent = client.take()
        #expect(sent.count == 2)
        let hello = try JSONParser.parse(String(sent[0].dropFirst(2)))
        let offset = try JSONParser.parse(String(sent[1].dropFirst(2)))
        #expect(offset[0] == "socket.io:offset")
        return (
            client,
            Known(
                sid: try #require(hello["sid"]?.stringValue), pid: try #require(hello["pid"]?.stringValue),
                offset: try #require(offset[1]?.stringValue))
        )
    }

    /// The last argument of an event.
    private func offset(_ text: String) throws -> String {
        let start = try #require(text.firstIndex(of: "["))
        return try #require(try JSONParser.parse(String(text[start...])).arrayValue?.last?.stringValue)
    }

    @Test func `without the option nothing is added`() {
        let harness = Harness()
        let client = harness.open()
        client.receive("40")
        harness.io.emit("x", "y")
        #expect(client.take().dropFirst() == [#"42["x","y"]"#])
    }

    @Test func `a client comes back under its id, to its rooms and data, and is sent what it missed`() throws {
        let harness = harness()
        let journal = Journal()
        harness.io.on("connection") { socket in
            journal.add("\(socket.isRecovered) \(socket.rooms.count) \(socket.data["name"]?.stringValue ?? "-")")
            socket.join("a")
            socket.data["name"] = "ann"
        }
        harness.io.use { _ in journal.add("middleware") }
        let (client, known) = try join(harness)
        #expect(journal.take() == ["middleware", "false 1 -"])
        harness.io.to("a").emit("m", "1")
        let last = try offset(client.take()[0])
        client.end(.transportClose)
        harness.io.to("a").emit("m", "2")
        harness.io.to("b").emit("m", "not for it")
        harness.io.to("a").except("a").emit("m", "nor this")
        harness.io.emit("m", "3", [7] as [UInt8])
        harness.io.to(known.sid).emit("m", "4")
        let back = harness.open()
        back.receive(Known(sid: known.sid, pid: known.pid, offset: last).connect)
        harness.run()
        let sent = back.take()
        #expect(sent.count == 5)
        #expect(sent[0].hasPrefix(#"42["m","2",""#))
        #expect(sent[1].hasPrefix(#"451-["m","3",{"_placeholder":true,"num":0},""#))
        #expect(sent[2] == "<07>")
        #expect(sent[3].hasPrefix(#"42["m","4",""#))
        #expect(sent[4] == #"40{"sid":"\#(known.sid)","pid":"\#(known.pid)"}"#)
        #expect(journal.take() == ["true 2 ann"])
        // And it hears what comes.
        harness.io.to("a").emit("m", "5")
        #expect(back.take().first?.hasPrefix(#"42["m","5",""#) == true)
    }

    @Test func `a client that never had an event can recover from its first offset`() throws {
        let harness = harness()
        let (client, known) = try join(harness)
        client.end(.pingTimeout)
        harness.io.emit("m")
        let back = harness.open()
        back.receive(known.connect)
        harness.run()
        let sent = back.take()
        #expect(sent.count == 2 && sent[0].hasPrefix(#"42["m",""#) && sent[1].contains(known.sid))
    }

    @Test func `events sent again carry their offsets, so recovery works again and again`() throws {
        let harness = harness()
        var (client, known) = try join(harness)
        for round in 0..<5 {
            client.end(.transportError)
            harness.io.emit("m", round)
            client = harness.open()
            client.receive(known.connect)
            harness.run()
            let sent = client.take()
            #expect(sent.count == 2 && sent[0].hasPrefix(#"42["m",\#(round),""#))
            #expect(sent[1].contains(known.sid))
            known.offset = try offset(sent[0])
        }
    }

    @Test func `a session is used up by its recovery`() throws {
        let harness = harness()
        let (client, known) = try join(harness)
        client.end(.transportClose)
        harness.io.emit("m")
        for round in 0..<2 {
            let back = harness.open()
            back.receive(known.connect)
            harness.run()
            let sent = back.take()
            #expect(sent.contains { $0.contains(known.sid) } == (round == 0))
            if round == 0 { back.receive("41") } else { #expect(sent[0].hasPrefix(#"40{"sid""#)) }
        }
    }

    @Test(arguments: ["41", "42[", "server"])
    func `who left on purpose does not come back`(way: String) throws {
        let harness = harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let (client, known) = try join(harness)
        if way == "server" { list.withLock { $0[0] }.disconnect() } else { client.receive(way) }
        let back = harness.open()
        back.receive(known.connect)
        harness.run()
        let sent = back.take()
        #expect(sent.count == 2 && !sent[0].contains(known.sid) && !sent[0].contains(known.pid))
    }

    @Test func `an old connection that nobody saw die is closed first, on whatever loop`() throws {
        let harness = harness(loops: 2)
        let journal = Journal()
        harness.io.onDisconnect { _, reason in journal.add(reason.rawValue) }
        let (old, known) = try join(harness, on: 0)
        let back = harness.open(on: 1)
        back.receive(known.connect)
        harness.run()
        #expect(old.isClosed)
        #expect(journal.take() == ["forced server close"])
        #expect(back.take() == [#"40{"sid":"\#(known.sid)","pid":"\#(known.pid)"}"#])
        #expect(harness.io.sockets.socketCount == 1)
        harness.io.to(known.sid).emit("m")
        harness.run()
        #expect(back.take().count == 1)
    }

    @Test func `of two connections that ask for one session only the later one stays`() throws {
        let harness = harness()
        let (client, known) = try join(harness)
        client.end(.transportClose)
        let both = [harness.open(), harness.open()]
        for one in both { one.receive(known.connect) }
        harness.run()
        #expect(both.map(\.isClosed) == [true, false])
        #expect(both[1].take().contains { $0.contains(known.sid) })
        #expect(harness.io.sockets.socketCount == 1)
    }

    @Test(arguments: ["", "nonsense!", "zzzzzzzzzzzz", "0", "zzzzzzzzzz"])
    func `an offset that is none gives a fresh socket`(offset: String) throws {
        let harness = harness()
        var (client, known) = try join(harness)
        client.end(.transportClose)
        known.offset = offset
        client = harness.open()
        client.receive(known.connect)
        harness.run()
        let sent = client.take()
        #expect(sent.count == 2 && !sent[0].contains(known.sid))
    }

    @Test func `a client is remembered for two minutes`() throws {
        #expect(RecoveryOptions().maxDisconnectionDuration == .seconds(120))
        for (wait, isRecovered) in [(119.0, true), (121, false)] {
            let harness = harness()
            let (client, known) = try join(harness)
            client.end(.transportClose)
            harness.advance(.seconds(wait))
            let back = harness.open()
            back.receive(known.connect)
            harness.run()
            #expect(back.take().contains { $0.contains(known.sid) } == isRecovered)
        }
    }

    @Test func `events are kept only so many, so many bytes, and so long`() throws {
        var few = RecoveryOptions()
        few.maxEvents = 3
        var small = RecoveryOptions()
        small.maxBytes = 100
        for (options, count, isRecovered) in [(few, 3, true), (few, 4, false), (small, 3, true), (small, 30, false)] {
            let harness = harness(options)
            let (client, known) = try join(harness)
            client.end(.transportClose)
            for _ in 0..<count { harness.io.emit("m", "0123456789") }
            let back = harness.open()
            back.receive(known.connect)
            harness.run()
            #expect(back.take().contains { $0.contains(known.sid) } == isRecovered)
        }
    }

    @Test func `absent clients are remembered only so many, the last ones`() throws {
        var options = RecoveryOptions()
        options.maxSessions = 2
        let harness = harness(options)
        let clients = try (0..<3).map { _ in try join(harness) }
        for (client, _) in clients { client.end(.transportClose) }
        let recovered = clients.map { _, known in
            let back = harness.open()
            back.receive(known.connect)
            harness.run()
            return back.take().contains { $0.contains(known.sid) }
        }
        #expect(recovered == [false, true, true])
    }

    @Test func `middlewares run where that is wanted, and may refuse`() throws {
        var options = RecoveryOptions()
        options.skipMiddlewares = false
        let harness = harness(options)
        let journal = Journal()
        harness.io.use { socket async throws in
            journal.add("\(socket.isRecovered)")
            if socket.handshake.auth["token"] == "x" { throw ConnectError("expired") }
        }
        let (client, known) = try join(harness)
        client.end(.transportClose)
        let back = harness.open()
        back.receive(known.connect)
        harness.run()
        #expect(back.take() == [#"44{"message":"expired"}"#])
        #expect(journal.take() == ["false", "true"])
    }

    @Test func `events to one socket are kept too, volatile ones and questions are not`() throws {
        let harness = harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let (client, known) = try join(harness)
        let socket = list.withLock { $0[0] }
        socket.emit("one", "x")
        socket.emit("question", "y") { _ in }
        socket.volatile.emit("passing", "z")
        harness.io.volatile.emit("passing", "all")
        let sent = client.take()
        #expect(sent.count == 4)
        #expect(sent[1] == #"420["question","y"]"#)
        // A volatile event shows the offset before it: a client takes the last text of any event for an offset.
        let first = try offset(sent[0])
        #expect(sent[2] == #"42["passing","z","\#(first)"]"#)
        #expect(sent[3] == #"42["passing","all","\#(first)"]"#)
        client.end(.transportClose)
        let back = harness.open()
        back.receive(known.connect)
        harness.run()
        #expect(back.take().dropLast() == [sent[0]])
    }

    @Test func `every loop sends in the order of the offsets, whoever emits`() throws {
        let harness = harness(loops: 2)
        let clients = try (0..<2).map { try join(harness, on: $0).0 }
        // Loop 1 has not run yet what loop 0 posts to it when it emits itself.
        harness.io.emit("m", 1)
        let io = harness.io
        harness.loops[1].execute { io.emit("m", 2) }
        harness.io.emit("m", 3)
        harness.run()
        let sent = clients.map { $0.take() }
        #expect(sent[0] == sent[1])
        let offsets = try sent[0].map { try #require(OffsetText.number(try offset($0))) }
        #expect(offsets == offsets.sorted() && offsets.count == 3)
    }

    @Test func `a batch has offsets as well`() throws {
        let harness = harness()
        let (client, _) = try join(harness)
        var batch = harness.io.makeBatch()
        batch.emit(to: BroadcastTarget(), "m", 1)
        batch.emit(to: BroadcastTarget(), "m", 2)
        batch.deliver()
        harness.run()
        let numbers = try client.take().map { try #require(OffsetText.number(try offset($0))) }
        #expect(numbers.count == 2 && numbers[1] == numbers[0] + 1)
    }

    @Test func `an emit in the middle of a delivery keeps the order`() throws {
        let harness = harness()
        let (first, _) = try join(harness)
        let (second, _) = try join(harness)
        let io = harness.io
        io.onDisconnect { _, _ in io.emit("left") }
        first.whenSending = { first.end(.bufferOverflow) }
        var batch = io.makeBatch()
        for index in 0..<3 { batch.emit(to: BroadcastTarget(), "m", index) }
        batch.deliver()
        harness.run()
        let sent = second.take()
        #expect(sent.count == 4)
        let numbers = try sent.map { try #require(OffsetText.number(try offset($0))) }
        #expect(numbers == numbers.sorted())
    }

    @Test func `revision 3 knows no recovery`() {
        let harness = harness()
        let client = harness.open(revision: .v3)
        #expect(client.take() == ["40"])
    }

    @Test func `the first offset can be left out`() {
        var options = RecoveryOptions()
        options.offsetEvent = nil
        let harness = harness(options)
        let client = harness.open()
        client.receive("40")
        #expect(client.take().count == 1)
    }

    @Test func `offsets are short texts and read back`() {
        for number in [0, 1, 63, 64, 1 << 52, (1 << 60) - 1] as [UInt64] {
            #expect(OffsetText.number(OffsetText.text(number)) == number)
        }
        #expect(OffsetText.number(String(repeating: "z", count: 11)) == nil)
        #expect(OffsetText.number("a b") == nil)
    }
}
