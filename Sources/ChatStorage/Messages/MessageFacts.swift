import Bytes
import Chat
import SQLite

/// What the writer asks of a message before it changes it.
struct MessageFacts {
    let place: MessagePlace
    let author: UserID
    let person: PersonID?
    let edited: Int64?
    let isDeleted: Bool
    /// The sequence of the first message of its thread.
    let thread: Int64?
}

extension Database {
    /// A message, removed or not; `nil` where there is none.
    func facts(of reference: MessageReference, in room: RoomKey) throws(SQLiteError) -> MessageFacts? {
        guard let place = try place(of: reference, in: room) else { return nil }
        return try first(
            "SELECT author, person, edited, deleted, thread FROM messages WHERE room = ? AND sequence = ?",
            .integer(room.rawValue), .integer(place.sequence)
        ) { row in
            MessageFacts(
                place: place, author: UserID(trusted: row.text(0)),
                person: UUID(bytes: row.blob(1)).map { PersonID($0) }, edited: row.optionalInteger(2),
                isDeleted: !row.isNull(3), thread: row.optionalInteger(4))
        }
    }
}

extension MessageLog {
    /// A message that is there; throws `messageMissing`.
    func living(_ reference: MessageReference, in room: Room) throws -> MessageFacts {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        guard let facts = try database.facts(of: reference, in: room.key), !facts.isDeleted else {
            throw StoreError.messageMissing
        }
        return facts
    }
}
