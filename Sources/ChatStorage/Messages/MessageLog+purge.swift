import Accounts
import Bytes
import Chat
import SQLite

extension MessageLog {
    /// Removes the newest of somebody's messages, as a moderator does it with one; whether there may be more.
    func purge(_ purge: Purge, in room: Room, _ events: inout [Event]) throws -> Bool {
        let found = try database.messages(of: purge, in: room.key)
        for sequence in found {
            guard let place = try database.place(in: room.key, from: sequence), place.sequence == sequence,
                let facts = try database.facts(of: .id(place.id), in: room.key)
            else { continue }
            let files = try database.attachments(at: sequence, in: room.key)
            let revision = try erase(facts, in: room.key)
            let removal = Removal(
                place: facts.place, user: purge.moderator, isByModerator: true, revision: revision)
            events.append(.chat(.changed(room, .removed(removal))))
            for file in files { tellOfRemoval(of: file, by: purge.moderator, in: room, &events) }
        }
        return found.count == purge.step
    }
}

extension Database {
    /// The sequences of the messages that are to go, the newest first.
    fileprivate func messages(of purge: Purge, in room: RoomKey) throws(SQLiteError) -> [Int64] {
        guard let first = try firstPlace(in: room, where: { $0.timestamp >= purge.since })?.sequence else { return [] }
        switch purge.author {
        case .person(let person): return try messages(of: person, in: room, from: first, most: purge.step)
        case .guests(let look):
            let writers = try rows(
                """
                SELECT DISTINCT author, person FROM messages m
                WHERE room = ? AND sequence >= ? AND deleted IS NULL AND person IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.uuid = m.person)
                """, room.value, .integer(first)
            ) { (name: $0.text(0), person: UUID(bytes: $0.blob(1)).map { PersonID($0) }) }
            var found: [Int64] = []
            for case (let name, let person?) in writers where Lookalikes.skeleton(of: name) == look {
                found += try messages(of: person, in: room, from: first, most: purge.step)
            }
            return Array(found.sorted(by: >).prefix(purge.step))
        }
    }

    private func messages(
        of person: PersonID, in room: RoomKey, from first: Int64, most: Int
    ) throws(SQLiteError) -> [Int64] {
        try rows(
            """
            SELECT sequence FROM messages WHERE room = ? AND sequence >= ? AND person = ? AND deleted IS NULL
            ORDER BY sequence DESC LIMIT ?
            """, room.value, .integer(first), .blob(person.uuid.bytes), .integer(Int64(most))
        ) { $0.integer(0) }
    }
}
