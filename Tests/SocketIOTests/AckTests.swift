import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct AckTests {
    private func text(_ result: Result<EventArguments, AckError>) -> String {
        switch result {
        case .success(let arguments): "\(arguments.values.map { $0.stringValue ?? "?" })"
        case .failure(let error): error.description
        }
    }

    /// A server whose sockets can be reached by the order in which they came.
    private func sockets(_ harness: Harness) -> Locked<[Socket]> {
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        return list
    }

    @Test func `the server asks and the client answers`() {
        let harness = Harness()
        let list = sockets(harness)
        let client = harness.join()
        let socket = list.withLock { $0[0] }
        let journal = Journal()
        socket.emit("question", "why") { journal.add(text($0)) }
        #expect(client.take() == [#"420["question","why"]"#])
        client.receive(#"439["not awaited"]"#)
        client.receive(#"430["because","so"]"#)
        client.receive(#"430["again"]"#)
        #expect(journal.take() == [#"["because", "so"]"#])
        #expect(harness.loop.timerCount == 0)
    }

    @Test func `ids are counted for the namespace and not for a socket`() {
        let harness = Harness()
        let list = sockets(harness)
        let clients = [harness.join(), harness.join()]
        for socket in list.withLock({ $0 }) { socket.emit("q") { _ in } }
        #expect(clients.map { $0.take() } == [[#"420["q"]"#], [#"421["q"]"#]])
        _ = harness.io.of("/n")
        clients[0].receive("40/n")
        _ = clients[0].take()
        harness.io.of("/n").to(list.withLock { $0[0].id }).emit("none") { _ in }
    }

    @Test func `an answer that does not come in time is an error with the official text`() {
        let harness = Harness()
        let list = sockets(harness)
        let client = harness.join()
        let journal = Journal()
        let socket = list.withLock { $0[0] }
        socket.timeout(.seconds(5)).emit("q") { journal.add(text($0)) }
        harness.advance(.seconds(4.9))
        #expect(journal.take() == [])
        harness.advance(.seconds(0.2))
        #expect(journal.take() == ["operation has timed out"])
        client.receive(#"430["late"]"#)
        #expect(journal.take() == [])
        #expect(!client.isClosed)
    }

    @Test func `the time is 60 s unless an option says otherwise`() {
        for (option, wait) in [(Duration?.some(.seconds(60)), 60.0), (.seconds(1), 1)] {
            let harness = Harness { $0.ackTimeout = option }
            let list = sockets(harness)
            let client = harness.join()
            let journal = Journal()
            list.withLock { $0[0] }.emit("q") { journal.add(text($0)) }
            harness.advance(.seconds(wait - 0.1))
            #expect(journal.take() == [])
            harness.advance(.seconds(0.2))
            #expect(journal.take().count == 1)
            #expect(!client.isClosed)
        }
        #expect(ServerOptions().ackTimeout == .seconds(60))
    }

    @Test func `a client that leaves answers with an error, in the order of the questions`() {
        let harness = Harness { $0.ackTimeout = nil }
        let list = sockets(harness)
        let client = harness.join()
        let socket = list.withLock { $0[0] }
        let journal = Journal()
        for index in 0..<3 { socket.emit("q") { journal.add("\(index) \(text($0))") } }
        client.end(.transportClose)
        #expect(journal.take() == (0..<3).map { "\($0) socket has been disconnected" })
        socket.emit("q") { journal.add(text($0)) }
        #expect(journal.take() == ["socket has been disconnected"])
        list.withLock { $0 = [] }
    }

    @Test func `emitWithAck gives the answer or throws`() async {
        let harness = Harness()
        let list = sockets(harness)
        let client = harness.join()
        let socket = list.withLock { $0[0] }
        let journal = Journal()
        harness.loop.start {
            do {
                let answer = try await socket.emitWithAck("q", 1)
                journal.add("\(answer[0].stringValue ?? "")")
                _ = try await socket.emitWithAck("q", 2, timeout: .seconds(1))
            } catch {
                journal.add("\(error)")
            }
        }
        harness.run()
        #expect(client.take() == [#"420["q",1]"#])
        client.receive(#"430["yes"]"#)
        #expect(await harness.loop.run(until: { !client.sent.isEmpty }))
        #expect(client.take() == [#"421["q",2]"#])
        harness.advance(.seconds(2))
        var lines: [String] = []
        #expect(
            await harness.loop.run(until: {
                lines += journal.take()
                return lines.count == 2
            }))
        #expect(lines == ["yes", "operation has timed out"])
    }

    @Test func `an event is answered once`() {
        let harness = Harness()
        harness.io.on("connection") { socket in
            socket.on("q") { (event: SocketEvent) in
                #expect(event.wantsAcknowledgement == (event.count == 0))
                event.acknowledge("a", 1)
                event.acknowledge("b")
            }
        }
        let client = harness.join()
        client.receive(#"427["q"]"#)
        #expect(client.take() == [#"437["a",1]"#])
        client.receive(#"42["q",1]"#)
        #expect(client.take() == [])
    }

    @Test func `an answer may come later, from another thread, and not at all to a client that left`() async {
        let harness = Harness()
        let kept = Locked<[SocketEvent]>([])
        harness.io.on("connection") { socket in
            socket.on("q") { (event: SocketEvent) in kept.withLock { $0.append(event) } }
        }
        let client = harness.join()
        client.receive(#"421["q",{"first":true}]"#)
        client.receive(#"422["q",{"second":true}]"#)
        let events = kept.withLock { $0 }
        #expect(events.map { $0.value(member: "first", of: 0) } == [true, nil])
        events[1].acknowledge(events[1].arguments)
        #expect(client.take() == [#"432[{"second":true}]"#])
        client.end(.pingTimeout)
        events[0].acknowledge("too late")
        #expect(client.take() == [])
        kept.withLock { $0 = [] }
    }

    @Test func `an id beyond 64 bits is answered and does not trap`() {
        let harness = Harness()
        harness.io.on("q") { (_: Socket, event: SocketEvent) in event.acknowledge() }
        let client = harness.join()
        client.receive(#"4299999999999999999999["q"]"#)
        #expect(client.take() == ["4318446744073709551615[]"])
    }

    @Test func `a broadcast gathers the answers of all`() async throws {
        let harness = Harness(loops: 2)
        let clients = [harness.join(on: 0), harness.join(on: 1), harness.join(on: 1)]
        let journal = Journal()
        harness.io.emit("q", "x") { result in
            switch result {
            case .success(let answers): journal.add("\(answers.map { $0[0].stringValue ?? "?" })")
            case .failure(let error): journal.add("\(error)")
            }
        }
        harness.run()
        #expect(clients.map { $0.take() } == Array(repeating: [#"420["q","x"]"#], count: 3))
        clients[2].receive(#"430["c"]"#)
        clients[2].receive(#"430["c again"]"#)
        clients[0].receive(#"430["a"]"#)
        harness.run()
        #expect(journal.take() == [])
        clients[1].receive(#"430["b"]"#)
        harness.run()
        #expect(journal.take() == [#"["c", "a", "b"]"#])
    }

    @Test func `a broadcast that not all answer gives what came`() async {
        let harness = Harness()
        let clients = [harness.join(), harness.join()]
        let journal = Journal()
        func ask() {
            harness.io.timeout(.seconds(2)).emit("q") { result in
                guard case .failure(let error as BroadcastAckError) = result else { return journal.add("?") }
                journal.add("\(error) \(error.responses.map { $0[0].stringValue ?? "?" }) of \(error.expected)")
            }
            harness.run()
        }
        ask()
        clients[0].receive(#"430["a"]"#)
        harness.advance(.seconds(2.1))
        #expect(journal.take() == [#"operation has timed out ["a"] of 2"#])
        #expect(harness.loop.timerCount == 0)
        ask()
        clients[0].receive(#"431["a"]"#)
        clients[1].end(.transportClose)
        #expect(journal.take() == [#"operation has timed out ["a"] of 2"#])
    }

    @Test func `a broadcast to nobody has no answers`() async throws {
        let harness = Harness()
        _ = harness.join()
        let journal = Journal()
        harness.io.to("nowhere").emit("q") { result in journal.add("\((try? result.get().count) ?? -1)") }
        harness.run()
        #expect(journal.take() == ["0"])
        let idle = Server()
        #expect(try await idle.emitWithAck("q").isEmpty)
    }
}
