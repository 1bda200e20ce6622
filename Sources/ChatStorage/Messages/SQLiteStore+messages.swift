public import Chat
import SQLite

extension SQLiteStore {
    // MARK: Changing

    public func edit(_ draft: EditDraft) async throws(StoreError) -> Message {
        try await write { (log, events) in try log.edit(draft, &events) }
    }

    public func remove(_ draft: RemovalDraft) async throws(StoreError) -> Removal {
        try await write { (log, events) in try log.remove(draft, &events) }
    }

    public func pin(_ draft: PinDraft) async throws(StoreError) -> PinChange {
        try await write { (log, events) in try log.pin(draft, &events) }
    }

    public func sweepMessages(after room: RoomKey?) async throws(StoreError) -> RoomKey? {
        try await write { (log, _) in try log.sweep(after: room) }
    }

    // MARK: Reading

    public func message(
        _ reference: MessageReference, of room: Room, listedReactors: Int
    ) async throws(StoreError) -> StoredMessage {
        try await readPage(of: room) { database in
            guard let place = try database.place(of: reference, in: room.key),
                var message = try database.message(at: place, in: room.key)
            else { throw StoreError.messageMissing }
            message.reactions = try database.reactions(in: room.key, to: place.sequence, listed: listedReactors)
            message.attachments = try database.attachments(of: message, in: room.key)
            return message
        }
    }

    public func versions(
        of message: MessageReference, in room: Room
    ) async throws(StoreError) -> [StoredVersion] {
        try await readPage(of: room) { database in
            guard let facts = try database.facts(of: message, in: room.key), !facts.isDeleted else {
                throw StoreError.messageMissing
            }
            return try database.rows(
                "SELECT edited, token FROM edits WHERE room = ? AND sequence = ? ORDER BY edited", room.key.value,
                .integer(facts.place.sequence)
            ) { StoredVersion(until: $0.integer(0), token: $0.blob(1)) }
        }
    }

    public func pins(of room: Room, listedReactors: Int) async throws(StoreError) -> [StoredPin] {
        try await readPage(of: room) { database in
            let pins = try database.rows(
                "SELECT sequence, moderator, pinned FROM pins WHERE room = ? ORDER BY pinned DESC, sequence DESC",
                room.key.value
            ) { (sequence: $0.integer(0), user: UserID(trusted: $0.text(1)), pinned: $0.integer(2)) }
            var all: [StoredPin] = []
            for pin in pins {
                guard let place = try database.place(in: room.key, from: pin.sequence),
                    var message = try database.message(at: place, in: room.key)
                else { continue }
                message.reactions = try database.reactions(in: room.key, to: place.sequence, listed: listedReactors)
                message.attachments = try database.attachments(of: message, in: room.key)
                all.append(StoredPin(message: message, user: pin.user, pinned: pin.pinned))
            }
            return all
        }
    }

    /// Reads on the threads of pages, in one snapshot; throws `roomMissing` for a room that was deleted.
    func readPage<R: Sendable>(
        of room: Room, _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(StoreError) -> R {
        try await readPage { database in
            guard try database.exists(room.key) else { throw StoreError.roomMissing }
            return try body(database)
        }
    }
}
