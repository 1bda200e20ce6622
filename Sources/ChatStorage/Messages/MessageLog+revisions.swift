import Chat
import SQLite

extension MessageLog {
    /// Notes that a message is no longer what it was, for those who are away; gives the room's new revision.
    @discardableResult
    func noteChange(at sequence: Int64, in room: RoomKey) throws -> Int64 {
        try database.run("UPDATE rooms SET revision = revision + 1 WHERE key = ?", room.value)
        guard let revision = try database.revision(of: room) else { throw StoreError.roomMissing }
        try database.run(
            """
            INSERT INTO message_changes (room, sequence, revision) VALUES (?, ?, ?)
            ON CONFLICT (room, sequence) DO UPDATE SET revision = excluded.revision
            """, room.value, .integer(sequence), .integer(revision))
        return revision
    }
}
