import Bytes
import Chat
import EventLoops
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("Delivery marks") struct DeliveryMarksTests {
    private let room = RoomKey(rawValue: 7)

    @Test func `a mark is known while a connection keeps it, and never goes back`() {
        let marks = DeliveryMarks()
        marks.delivered(3, in: room)
        #expect(marks.sequence(of: room) == 0)
        marks.keep(room, from: 5)
        marks.keep(room, from: 2)
        #expect(marks.sequence(of: room) == 5)
        marks.delivered(4, in: room)
        #expect(marks.sequence(of: room) == 5)
        marks.delivered(6, in: room)
        marks.release(room)
        #expect(marks.sequence(of: room) == 6)
        marks.release(room)
        #expect(marks.sequence(of: room) == 0)
    }

    @Test func `work waits for its message and runs before anything behind it`() {
        let marks = DeliveryMarks()
        var done: [String] = []
        marks.whenDelivered(9, in: room) { done.append("nobody keeps the room") }
        marks.keep(room, from: 1)
        marks.whenDelivered(1, in: room) { done.append("at once") }
        marks.whenDelivered(3, in: room) { done.append("3") }
        marks.whenDelivered(2, in: room) { done.append("2") }
        marks.whenDelivered(5, in: room) { done.append("5, at the release") }
        #expect(done == ["nobody keeps the room", "at once"])
        marks.delivered(2, in: room)
        #expect(done.last == "2")
        marks.delivered(4, in: room)
        #expect(done.last == "3")
        marks.release(room)
        #expect(done.last == "5, at the release" && done.count == 5)
    }
}

@Suite("Join order") struct JoinOrderTests {
    /// Runs events on a loop of their own; each begins when the one before has been taken.
    private func order(_ events: [(name: String, isJoin: Bool)]) async -> [String] {
        let (loop, order) = (ManualLoop(), Locked<[String]>([]))
        let gate = Gate()
        for event in events {
            loop.start {
                if event.isJoin { await gate.order.joinBegan() } else { await gate.order.untilJoined() }
                order.withLock { $0.append(event.name) }
                guard event.isJoin else { return }
                // A join takes a few turns.
                for _ in 0..<3 { await Task.yield() }
                order.withLock { $0.append(event.name + " ends") }
                gate.order.joinEnded()
            }
        }
        let most = events.count + events.filter(\.isJoin).count
        _ = await loop.run { order.withLock { $0.count == most } }
        return order.withLock { $0 }
    }

    /// `@unchecked Sendable` because the one thread that drives the loop touches it.
    private final class Gate: @unchecked Sendable {
        let order = JoinOrder()
    }

    @Test func `events pass at once where no join is under way`() async {
        #expect(await order([("1", false), ("2", false)]) == ["1", "2"])
    }

    @Test func `what follows a join waits for it, in order`() async {
        let events = [("a", false), ("join", true), ("b", false), ("c", false), ("d", false)]
        #expect(await order(events) == ["a", "join", "join ends", "b", "c", "d"])
    }

    @Test func `joins follow each other, with what was sent between them`() async {
        let events = [("j1", true), ("a", false), ("j2", true), ("b", false), ("j3", true), ("j4", true), ("c", false)]
        #expect(
            await order(events) == [
                "j1", "j1 ends", "a", "j2", "j2 ends", "b", "j3", "j3 ends", "j4", "j4 ends", "c",
            ])
    }
}
