import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func createRoom(_ room: NewRoom) throws -> RoomRecord {
        let taken = try database.first("SELECT 1 FROM rooms WHERE id = ?", .text(room.id.text)) { _ in true }
        guard taken == nil else { throw StoreError.roomExists }
        let count = try roomCount ?? Int(database.integer("SELECT count(*) FROM rooms"))
        guard count < room.most else { throw StoreError.tooManyRooms }
        try database.run(
            "INSERT INTO rooms (id, password_hash, wrapped_key, created_at) VALUES (?, ?, ?, ?)",
            .text(room.id.text), SQLiteValue(room.passwordHash), .utf8(room.wrappedKey),
            .integer(clock.epochMilliseconds))
        roomCount = count + 1
        return RoomRecord(
            key: RoomKey(rawValue: database.lastInsertedID), id: room.id, passwordHash: room.passwordHash,
            wrappedKey: room.wrappedKey)
    }

    func setPasswordHash(_ hash: String, of room: Room) throws {
        let changed = try database.run(
            "UPDATE rooms SET password_hash = ? WHERE key = ?", .text(hash), .integer(room.key.rawValue))
        guard changed == 1 else { throw StoreError.roomMissing }
    }

    func verify(_ address: IPAddress, in room: Room, until expires: Int64, most: Int) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        try database.run(
            "INSERT OR REPLACE INTO verified_addresses (room, address, expires) VALUES (?, ?, ?)",
            .integer(room.key.rawValue), .blob(address.stored), .integer(expires))
        try database.run(
            """
            DELETE FROM verified_addresses WHERE room = ?1 AND (expires <= ?3 OR address IN
            (SELECT address FROM verified_addresses WHERE room = ?1 ORDER BY expires DESC LIMIT -1 OFFSET ?2))
            """, .integer(room.key.rawValue), .integer(Int64(most)), .integer(clock.epochMilliseconds))
    }

    /// Overwrites the room's key before the row goes, so that what is left of its messages cannot be opened.
    func delete(_ room: Room, _ events: inout [Event]) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let key = SQLiteValue.integer(room.key.rawValue)
        try database.run(
            "UPDATE rooms SET wrapped_key = replace(hex(zeroblob(length(wrapped_key) / 2)), '0', '-') WHERE key = ?",
            key)
        try database.run("DELETE FROM rooms WHERE key = ?", key)
        forget(room.key)
        events.append(.chat(.deleted(room)))
    }
}
