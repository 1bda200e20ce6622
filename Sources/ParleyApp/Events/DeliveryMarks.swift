import Chat

/// How far each room's messages have been delivered on one loop. Touched on that loop only.
///
/// `@unchecked Sendable` because of that.
final class DeliveryMarks: @unchecked Sendable {
    private var sequences: [RoomKey: Int64] = [:]

    /// Rooms that are kept in mind; a room that falls out is caught up on from where the connection joined.
    private static let capacity = 100_000

    func delivered(_ sequence: Int64, in room: RoomKey) {
        if sequences.count >= Self.capacity, sequences[room] == nil { sequences = [:] }
        sequences[room] = sequence
    }

    func sequence(of room: RoomKey) -> Int64 { sequences[room] ?? 0 }
}
