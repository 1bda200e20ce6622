public import Accounts
public import Chat
import SQLite

extension SQLiteStore {
    public func createRoom(_ room: NewRoom) async throws(StoreError) -> RoomRecord {
        try await write { (log, _) in try log.createRoom(room) }
    }

    public func setPasswordHash(_ hash: String, of room: Room) async throws(StoreError) {
        try await write { (log, _) in try log.setPasswordHash(hash, of: room) }
    }

    public func append(_ draft: MessageDraft) async throws(StoreError) -> Message {
        try await write { (log, events) in try log.append(draft, &events) }
    }

    public func toggle(_ reaction: ReactionDraft) async throws(StoreError) -> ReactionUpdate {
        try await write { (log, events) in try log.toggle(reaction, &events) }
    }

    public func clear(_ room: Room, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.clear(room, &events) }
    }

    public func delete(_ room: Room, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.delete(room, &events) }
    }

    /// - Parameter deed: what the change is noted as, in its transaction.
    func write<R: Sendable>(
        noting deed: Deed? = nil, _ body: @escaping @Sendable (MessageLog, inout [StoreEvent]) throws -> R
    ) async throws(StoreError) -> R {
        do {
            return try await writer.write { (log, events) in
                let start = events.count
                let result = try body(log, &events)
                try log.queueDeliveries(from: start, of: &events)
                try log.note(deed, &events)
                return result
            }
        } catch {
            throw StoreError(error)
        }
    }
}
