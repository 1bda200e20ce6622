import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

/// Lists of rooms that are known only when the program runs.
@Suite struct RoomListTests {
    private struct Fixture {
        let harness: Harness
        let clients: [FakeSession]
        let sockets: [Socket]

        /// How often each client was sent something since the last call.
        func heard() -> [Int] {
            harness.run()
            return clients.map { $0.take().count }
        }
    }

    /// Four clients: in `a`; in `a` and `b`; in `b`; in no room.
    private func fixture() -> Fixture {
        let harness = Harness()
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let clients = (0..<4).map { _ in harness.join() }
        let sockets = list.withLock { $0 }
        sockets[0].join(["a"])
        sockets[1].join(Set(["a", "b"]))
        sockets[2].join("b")
        return Fixture(harness: harness, clients: clients, sockets: sockets)
    }

    @Test func `a list of any kind is the same as its rooms one by one`() {
        #expect(RoomList(["a", "b"][...]) == RoomList(["a", "b"]))
        #expect(RoomList(Set(["a"])) == RoomList("a"))
        #expect(RoomList(RoomList(["a", "b"])) == ["a", "b"])
        #expect(RoomList(Set<String>()) == RoomList())
    }

    @Test func `the server, a namespace and an operator take lists`() {
        let f = fixture()
        let io = f.harness.io
        let rooms = ["a", "b"]
        let list = RoomList(rooms)
        for operation in [
            io.to(rooms), io.to(list), io.in(rooms), io.sockets.to(Set(rooms)), io.sockets.in(rooms),
            io.local.to(rooms), io.local.in(list), io.to(["a", "b"]),
        ] {
            operation.emit("x")
            #expect(f.heard() == [1, 1, 1, 0])
        }
        for operation in [
            io.except(rooms), io.sockets.except(Set(rooms)), io.local.except(rooms), io.except(list),
        ] {
            operation.emit("x")
            #expect(f.heard() == [0, 0, 0, 1])
        }
    }

    @Test func `a list without elements names no room`() {
        let f = fixture()
        let none: [String] = []
        f.harness.io.to(none).emit("x")
        #expect(f.heard() == [1, 1, 1, 1])
        f.harness.io.to("a").to(none).except(none).emit("x")
        #expect(f.heard() == [1, 1, 0, 0])
    }

    @Test func `a socket and its emitter take lists`() {
        let f = fixture()
        let rooms = ["a", "b"]
        let socket = f.sockets[0]
        for operation in [
            socket.to(rooms), socket.in(rooms), socket.volatile.to(rooms), socket.volatile.in(Set(rooms)),
        ] {
            operation.emit("x")
            #expect(f.heard() == [0, 1, 1, 0])
        }
        for operation in [socket.except(rooms), socket.compress(false).except(rooms)] {
            operation.emit("x")
            #expect(f.heard() == [0, 0, 0, 1])
        }
    }

    @Test func `sockets join and leave lists`() {
        let f = fixture()
        let io = f.harness.io
        let rooms = ["c", "d"]
        let socket = f.sockets[3]
        socket.join(rooms)
        socket.leave("c", "never")
        #expect(socket.rooms == [socket.id, "d"])
        socket.leave(rooms)
        #expect(socket.rooms == [socket.id])
        io.socketsJoin(rooms)
        #expect(f.sockets.allSatisfy { $0.isIn("c") && $0.isIn("d") })
        io.sockets.socketsLeave(rooms)
        #expect(!f.sockets.contains { $0.isIn("c") || $0.isIn("d") })
        io.sockets.socketsJoin(rooms)
        io.in("a").socketsLeave(rooms)
        #expect(f.sockets.map { $0.isIn("d") } == [false, false, true, true])
        io.socketsLeave(rooms)
        io.in("a").socketsJoin(rooms)
        #expect(f.sockets.map { $0.isIn("d") } == [true, true, false, false])
    }

    @Test func `a remote socket joins and leaves lists`() async throws {
        let f = fixture()
        let remote = try #require(try await f.harness.remote())
        let socket = try #require(f.sockets.first { $0.id == remote.id })
        remote.join(["c", "d"])
        f.harness.run()
        #expect(socket.isIn("c") && socket.isIn("d"))
        remote.leave(Set(["c", "d"]))
        f.harness.run()
        #expect(!socket.isIn("c") && !socket.isIn("d"))
    }
}
