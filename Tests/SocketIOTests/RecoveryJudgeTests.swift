import Bytes
import EngineIO
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

/// What becomes of a client whose rights have changed while its connection was lost.
@Suite struct RecoveryJudgeTests {
    /// A client that was in the rooms `a` and `b` and is lost, and what it comes back with.
    private func lost(_ harness: Harness) throws -> String {
        harness.io.on("connection") { socket in if !socket.isRecovered { socket.join("a", "b") } }
        let client = harness.open()
        client.receive("40")
        harness.run()
        let sent = client.take()
        let hello = try JSONParser.parse(String(sent[0].dropFirst(2)))
        let offset = try #require(try JSONParser.parse(String(sent[1].dropFirst(2)))[1]?.stringValue)
        client.end(.transportClose)
        return #"40{"pid":"\#(hello["pid"]?.stringValue ?? "")","offset":"\#(offset)"}"#
    }

    private func harness() -> Harness { Harness { $0.connectionStateRecovery = RecoveryOptions() } }

    private func events(_ sent: [String]) -> [String] {
        sent.compactMap { text in
            text.hasPrefix("42") ? (try? JSONParser.parse(String(text.dropFirst(2))))?[1]?.stringValue : nil
        }
    }

    @Test func `of a room that it is not kept in, it is told nothing of what it missed, nor of what comes`() throws {
        let harness = harness()
        let journal = Journal()
        harness.io.sockets.onRecovery { socket, rooms in
            journal.add(rooms.filter { $0 != socket.id }.sorted().joined())
            return RecoveryVerdict {
                $0 == "a"
            } abandoned: {
                journal.add("abandoned")
            }
        }
        let connect = try lost(harness)
        for room in ["a", "b"] { harness.io.to(room).emit("m", "missed in \(room)") }
        let back = harness.open()
        back.receive(connect)
        harness.run()
        #expect(events(back.take()) == ["missed in a"])
        for room in ["b", "a"] { harness.io.to(room).emit("m", "later in \(room)") }
        harness.run()
        #expect(events(back.take()) == ["later in a"] && journal.take() == ["ab"])
    }

    @Test func `the last word is asked for when what was missed is at hand`() throws {
        let harness = harness()
        let isMember = Locked(true)
        harness.io.sockets.onRecovery { [io = harness.io] _, _ in
            // Put out after it was judged, and before it is connected.
            io.to("a").emit("m", "before")
            isMember.withLock { $0 = false }
            io.to("a").emit("m", "after")
            return RecoveryVerdict { $0 == "b" || isMember.withLock { $0 } }
        }
        let connect = try lost(harness)
        let back = harness.open()
        back.receive(connect)
        harness.run()
        harness.io.to("b").emit("m", "b")
        harness.run()
        #expect(events(back.take()) == ["b"])
    }

    @Test func `one that has gone again is given up, and nothing is left of it`() throws {
        let harness = harness()
        let journal = Journal()
        let held = Locked<CheckedContinuation<Void, Never>?>(nil)
        harness.io.sockets.onRecovery { _, _ in
            await withCheckedContinuation { continuation in held.withLock { $0 = continuation } }
            return RecoveryVerdict(abandoned: { journal.add("abandoned") })
        }
        let connect = try lost(harness)
        let back = harness.open()
        back.receive(connect)
        harness.run()
        back.end(.transportClose)
        harness.run()
        #expect(journal.take() == [])
        held.withLock { $0 }?.resume()
        harness.run()
        #expect(journal.take() == ["abandoned"] && harness.io.sockets.socketCount == 0)
    }

    @Test func `sockets that are made to leave a room are told nothing of what is said there afterwards`() throws {
        let harness = Harness(loops: 2) { $0.connectionStateRecovery = RecoveryOptions() }
        harness.io.on("connection") { socket in socket.join("a") }
        let clients = [harness.join(on: 0), harness.join(on: 1)]
        var batch = harness.io.sockets.makeBatch()
        batch.emit(to: "a", "m", "1")
        batch.deliver()
        harness.io.sockets.in("a").socketsLeave("a")
        batch.emit(to: "a", "m", "2")
        batch.deliver()
        harness.run()
        for client in clients { #expect(events(client.take()) == ["1"]) }
    }
}
