import Chat

/// How far the messages of each room have been delivered on one loop, for the rooms that connections of the loop know.
/// Touched on that loop only.
///
/// `@unchecked Sendable` because of that.
final class DeliveryMarks: @unchecked Sendable {
    private struct Mark {
        var sequence: Int64
        var connections = 0
        var waiting: [Waiter] = []
    }

    private struct Waiter {
        let sequence: Int64
        let work: () -> Void
    }

    private var marks: [RoomKey: Mark] = [:]

    /// One more connection is to know how far the room has come; what it has not been given comes after `sequence`.
    func keep(_ room: RoomKey, from sequence: Int64) {
        // Where others know the room, the mark is theirs too: what lies behind it is under way to all of them.
        marks[room, default: Mark(sequence: sequence)].connections += 1
    }

    /// A connection that `keep` was called for need not know any more.
    func release(_ room: RoomKey) {
        guard let mark = marks[room] else { return }
        marks[room]?.connections -= 1
        guard mark.connections == 1 else { return }
        marks[room] = nil
        for waiter in mark.waiting { waiter.work() }
    }

    /// The last message of the room that was delivered on the loop; 0 where nobody asked to know.
    func sequence(of room: RoomKey) -> Int64 { marks[room]?.sequence ?? 0 }

    /// Messages up to `sequence` have been queued on every connection of the loop that is in the room.
    func delivered(_ sequence: Int64, in room: RoomKey) {
        guard let mark = marks[room], mark.sequence < sequence else { return }
        marks[room]?.sequence = sequence
        guard !mark.waiting.isEmpty else { return }
        marks[room]?.waiting = mark.waiting.filter { $0.sequence > sequence }
        for waiter in mark.waiting where waiter.sequence <= sequence { waiter.work() }
    }

    /// Calls `work` when the message has been delivered, before anything behind it is.
    ///
    /// What the store answers may be here before what it told the loops: whoever waits for a continuation that is resumed
    /// at once goes on without having waited.
    func whenDelivered(_ sequence: Int64, in room: RoomKey, _ work: @escaping () -> Void) {
        guard let mark = marks[room], mark.sequence < sequence else { return work() }
        marks[room]?.waiting.append(Waiter(sequence: sequence, work: work))
    }
}
