import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

@Suite struct RoomTests {
    private struct Fixture {
        let harness: Harness
        let clients: [FakeSession]
        let sockets: [Socket]

        /// Who was sent something since the last call.
        func heard() -> [Int] {
            harness.run()
            return clients.indices.filter { !clients[$0].take().isEmpty }
        }
    }

    private func fixture(_ count: Int, loops: Int = 1) -> Fixture {
        let harness = Harness(loops: loops)
        let list = Locked<[Socket]>([])
        harness.io.on("connection") { socket in list.withLock { $0.append(socket) } }
        let clients = (0..<count).map { harness.join(on: $0 % loops) }
        return Fixture(harness: harness, clients: clients, sockets: list.withLock { $0 })
    }

    @Test func `a socket is in the room of its id, joins and leaves others`() {
        let socket = fixture(1).sockets[0]
        #expect(socket.rooms == [socket.id])
        socket.join("a", "b", "a")
        #expect(socket.rooms == [socket.id, "a", "b"])
        #expect(socket.isIn("a") && socket.isIn(socket.id) && !socket.isIn("c"))
        socket.leave("a")
        socket.leave("never")
        #expect(socket.rooms == [socket.id, "b"])
    }

    @Test func `rooms, unions and exceptions reach each client once`() {
        let f = fixture(4, loops: 2)
        let io = f.harness.io
        f.sockets[0].join("a")
        f.sockets[1].join("a", "b")
        f.sockets[2].join("b", "c")
        f.harness.run()
        io.emit("x")
        #expect(f.heard() == [0, 1, 2, 3])
        io.to("a").emit("x")
        #expect(f.heard() == [0, 1])
        io.to("a", "b").emit("x")
        f.harness.run()
        #expect(f.clients.map { $0.take().count } == [1, 1, 1, 0])
        io.to("a").to("b").except("c").emit("x")
        #expect(f.heard() == [0, 1])
        io.except("a").emit("x")
        #expect(f.heard() == [2, 3])
        io.to("nobody").emit("x")
        #expect(f.heard() == [])
        io.in("c").in("c").emit("x")
        #expect(f.heard() == [2])
        io.to("a", "a").except("b", "nobody").emit("x")
        #expect(f.heard() == [0])
        io.local.volatile.compress(false).to("a").emit("x")
        #expect(f.heard() == [0, 1])
    }

    @Test func `a socket broadcasts to all but itself`() {
        let f = fixture(3)
        for socket in f.sockets { socket.join("a") }
        f.sockets[0].broadcast.emit("x")
        #expect(f.heard() == [1, 2])
        f.sockets[0].to("a").emit("x")
        #expect(f.heard() == [1, 2])
        f.sockets[1].in("a").except(f.sockets[2].id).emit("x")
        #expect(f.heard() == [0])
        f.sockets[1].except("a").emit("x")
        #expect(f.heard() == [])
        f.sockets[0].volatile.broadcast.emit("x")
        #expect(f.heard() == [1, 2])
    }

    @Test func `an id is a room with that socket, which others may join`() {
        let f = fixture(3)
        let io = f.harness.io
        let owner = f.sockets[0]
        io.to(owner.id).emit("x")
        #expect(f.heard() == [0])
        f.sockets[1].join(owner.id)
        #expect(owner.rooms == [owner.id])
        io.to(owner.id).emit("x")
        #expect(f.heard() == [0, 1])
        io.to(owner.id, f.sockets[1].id).emit("x")
        #expect(f.heard() == [0, 1])
        f.sockets[1].leave(owner.id)
        io.to(owner.id).emit("x")
        #expect(f.heard() == [0])
        owner.leave(owner.id)
        #expect(owner.rooms == [] && !owner.isIn(owner.id))
        io.to(owner.id).emit("x")
        #expect(f.heard() == [])
        io.except(owner.id).emit("x")
        #expect(f.heard() == [0, 1, 2])
        owner.join(owner.id)
        io.to(owner.id).emit("x")
        #expect(f.heard() == [0])
        f.sockets[2].join(owner.id)
        owner.leave(owner.id)
        io.to(owner.id).emit("x")
        #expect(f.heard() == [2])
    }

    @Test func `a room is gone with its last member`() {
        let f = fixture(2)
        let shard = f.sockets[0].shard
        for socket in f.sockets { socket.join("a") }
        #expect(shard.rooms.keys.sorted() == ["a"])
        f.sockets[0].leave("a")
        f.clients[1].end(.transportClose)
        #expect(shard.rooms.isEmpty)
        #expect(f.sockets[1].rooms == [])
    }

    @Test func `room events tell what happens`() {
        let harness = Harness()
        let journal = Journal()
        harness.io.sockets.onRoomEvent { event in
            switch event {
            case .created(let room): journal.add("+\(room.utf8.count == 20 ? "id" : room)")
            case .deleted(let room): journal.add("-\(room.utf8.count == 20 ? "id" : room)")
            case .joined(let room, _): journal.add("join \(room.utf8.count == 20 ? "id" : room)")
            case .left(let room, _): journal.add("leave \(room.utf8.count == 20 ? "id" : room)")
            }
        }
        harness.io.on("connection") { socket in socket.join("a") }
        let client = harness.join()
        #expect(journal.take() == ["+id", "join id", "+a", "join a"])
        client.end(.transportClose)
        #expect(journal.take() == ["leave a", "-a", "leave id", "-id"])
    }

    @Test func `the rooms of many sockets agree with a simple model after thousands of changes`() {
        let f = fixture(12)
        var model = Array(repeating: Set<String>(), count: 12)
        let random = SeededRandom(seed: 7)
        for _ in 0..<5000 {
            let bytes = random.bytes(3)
            let (who, room) = (Int(bytes[0]) % 12, "r\(bytes[1] % 9)")
            if bytes[2] % 5 < 3 {
                f.sockets[who].join(room)
                model[who].insert(room)
            } else {
                f.sockets[who].leave(room)
                model[who].remove(room)
            }
        }
        for (socket, rooms) in zip(f.sockets, model) {
            #expect(Set(socket.rooms.dropFirst()) == rooms)
            for membership in socket.memberships {
                #expect(membership.room.members[Int(membership.index)].socket === socket)
            }
        }
        for room in (0..<9).map({ "r\($0)" }) {
            f.harness.io.to(room).emit("x")
            #expect(f.heard() == model.indices.filter { model[$0].contains(room) })
        }
    }

    @Test func `leaving in the middle of a broadcast harms nothing`() {
        let f = fixture(5)
        for socket in f.sockets { socket.join("a") }
        // The engine may find a client too slow while it queues, and end its session at once.
        f.clients[1].whenSending = { f.clients[1].end(.bufferOverflow) }
        f.clients[2].whenSending = {
            f.clients[0].end(.transportClose)
            f.clients[4].end(.transportClose)
        }
        f.harness.io.to("a").emit("x")
        #expect(f.heard() == [0, 1, 2, 3])
        f.harness.io.to("a").emit("x")
        #expect(f.heard() == [2, 3])
    }

    @Test func `join and leave from another thread are posted`() async {
        let f = fixture(2)
        let socket = f.sockets[0]
        f.harness.loop.run()
        let rooms = await socket.run { socket in
            socket.join("x")
            return socket.rooms
        }
        #expect(rooms == [socket.id, "x"])
    }
}
