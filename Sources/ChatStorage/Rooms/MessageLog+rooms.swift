import Accounts
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
        let (info, created) = (room.info, clock.epochMilliseconds)
        try database.run(
            """
            INSERT INTO rooms (id, password_hash, wrapped_key, created_at, kind, management, name, topic, archived,
                slow_mode, address_rule, address_lifetime, kept_messages, kept_seconds, revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(room.id.text), SQLiteValue(room.passwordHash), .utf8(room.wrappedKey), .integer(created),
            .text(info.kind.rawValue), .text(info.management.rawValue), .text(info.name), .text(info.topic),
            .integer(info.isArchived ? 1 : 0), .integer(info.slowMode), .text(info.addressRule.rawValue),
            SQLiteValue(info.addressLifetime), SQLiteValue(info.keptMessages), SQLiteValue(info.keptSeconds),
            .integer(created))
        roomCount = count + 1
        let key = RoomKey(rawValue: database.lastInsertedID)
        for (account, role) in room.members { try insert(role, of: account, in: key) }
        var record = RoomRecord(
            key: key, id: room.id, info: info, passwordHash: room.passwordHash, wrappedKey: room.wrappedKey,
            created: created)
        record.revision = created
        return record
    }

    func setPasswordHash(_ hash: String, of room: Room) throws {
        let changed = try database.run(
            "UPDATE rooms SET password_hash = ? WHERE key = ?", .text(hash), .integer(room.key.rawValue))
        guard changed == 1 else { throw StoreError.roomMissing }
    }

    // MARK: Changing

    func configure(_ room: Room, _ change: RoomChange, _ events: inout [Event]) throws -> RoomInfo {
        guard let now = try database.info(of: room.key) else { throw StoreError.roomMissing }
        let info = change.applied(to: now)
        try database.run(
            """
            UPDATE rooms SET name = ?, topic = ?, archived = ?, slow_mode = ?, address_rule = ?, address_lifetime = ?,
                kept_messages = ?, kept_seconds = ? WHERE key = ?
            """,
            .text(info.name), .text(info.topic), .integer(info.isArchived ? 1 : 0), .integer(info.slowMode),
            .text(info.addressRule.rawValue), SQLiteValue(info.addressLifetime), SQLiteValue(info.keptMessages),
            SQLiteValue(info.keptSeconds), .integer(room.key.rawValue))
        retentionChanged(of: room.key)
        events.append(.chat(.room(room, .configured(info))))
        return info
    }

    func changePassword(to hash: String, of room: Room, _ events: inout [Event]) throws {
        let key = SQLiteValue.integer(room.key.rawValue)
        let changed = try database.run(
            "UPDATE rooms SET password_hash = ?, epoch = epoch + 1 WHERE key = ?", .text(hash), key)
        guard changed == 1 else { throw StoreError.roomMissing }
        try database.run("DELETE FROM verified_networks WHERE room = ? AND moderator IS NULL", key)
        let epoch = try database.first("SELECT epoch FROM rooms WHERE key = ?", key) { $0.integer(0) }
        events.append(.chat(.room(room, .passwordChanged(hash: hash, epoch: epoch ?? 0))))
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
