import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

extension Harness {
    /// What is known of some socket of `/`.
    func remote() async throws -> RemoteSocket? {
        let found = Locked<[RemoteSocket]?>(nil)
        loop.start { [io] in
            let sockets = (try? await io.fetchSockets()) ?? []
            found.withLock { $0 = sockets }
        }
        _ = await loop.run(until: { found.withLock { $0 != nil } })
        return found.withLock { $0?.first }
    }
}

@Suite struct RemoteSocketTests {
    /// Asks with `body` and notes the answer, or the error.
    private func ask(
        _ harness: Harness, _ body: @escaping @Sendable () async throws -> EventArguments
    ) -> Journal {
        let journal = Journal()
        harness.loop.start {
            do {
                let answer = try await body()
                journal.add("\(answer.values.map { $0.stringValue ?? "?" })")
            } catch {
                journal.add("\(error)")
            }
        }
        harness.run()
        return journal
    }

    private func outcome(_ journal: Journal, _ harness: Harness) async -> [String] {
        var lines: [String] = []
        _ = await harness.loop.run(until: {
            lines += journal.take()
            return !lines.isEmpty
        })
        return lines
    }

    @Test func `a remote socket is asked and answers`() async throws {
        let harness = Harness()
        let client = harness.join()
        let remote = try #require(try await harness.remote())
        let journal = ask(harness) { try await remote.emitWithAck("q", "why") }
        #expect(client.take() == [#"420["q","why"]"#])
        client.receive(#"430["because"]"#)
        #expect(await outcome(journal, harness) == [#"["because"]"#])
    }

    @Test func `a remote socket that does not answer in time is an error`() async throws {
        let harness = Harness()
        let client = harness.join()
        let remote = try #require(try await harness.remote())
        let journal = ask(harness) { try await remote.emitWithAck("q", timeout: .seconds(1)) }
        #expect(client.take().count == 1)
        harness.advance(.seconds(0.9))
        #expect(journal.take() == [])
        harness.advance(.seconds(0.2))
        #expect(await outcome(journal, harness) == ["operation has timed out"])
    }

    @Test func `a remote socket that is gone cannot be asked`() async throws {
        let harness = Harness()
        let client = harness.join()
        let remote = try #require(try await harness.remote())
        client.end(.transportClose)
        let journal = ask(harness) { try await remote.emitWithAck("q") }
        #expect(await outcome(journal, harness) == ["socket has been disconnected"])
    }

    @Test func `the time of an emitter may be given with the question`() async throws {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let client = harness.join()
        let socket = list.withLock { $0[0] }
        let journal = ask(harness) {
            try await socket.timeout(.seconds(30)).emitWithAck("q", timeout: .seconds(1))
        }
        #expect(client.take() == [#"420["q"]"#])
        harness.advance(.seconds(0.9))
        #expect(journal.take() == [])
        harness.advance(.seconds(0.2))
        #expect(await outcome(journal, harness) == ["operation has timed out"])
        socket.volatile.send("hi", 1)
        #expect(client.take() == [#"42["message","hi",1]"#])
        #expect(client.messages.last?.flags.isVolatile == true)
        list.withLock { $0 = [] }
    }
}
