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
                slow_mode, address_rule, address_lifetime, kept_messages, kept_seconds)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(room.id.text), SQLiteValue(room.passwordHash), .utf8(room.wrappedKey), .integer(created),
            .text(info.kind.rawValue), .text(info.management.rawValue), .text(info.name), .text(info.topic),
            .integer(info.isArchived ? 1 : 0), .integer(info.slowMode), .text(info.addressRule.rawValue),
            SQLiteValue(info.addressLifetime), SQLiteValue(info.keptMessages), SQLiteValue(info.keptSeconds))
        roomCount = count + 1
        let key = RoomKey(rawValue: database.lastInsertedID)
        for (account, role) in room.members { try setRole(role, of: account, in: key) }
        return RoomRecord(
            key: key, id: room.id, info: info, passwordHash: room.passwordHash, wrappedKey: room.wrappedKey,
            created: created)
    }

    func setPasswordHash(_ hash: String, of room: Room) throws {
        let changed = try database.run(
            "UPDATE rooms SET password_hash = ? WHERE key = ?", .text(hash), .integer(room.key.rawValue))
        guard changed == 1 else { throw StoreError.roomMissing }
    }

    func verify(_ network: VerifiedNetwork, in room: Room, most: Int) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        try database.run(
            """
            INSERT OR REPLACE INTO verified_networks (room, network, length, until, moderator) VALUES (?, ?, ?, ?, ?)
            """,
            .integer(room.key.rawValue), .blob(network.network.base.stored),
            .integer(Int64(network.network.prefixLength)), .integer(network.until),
            SQLiteValue(network.moderator?.text))
        try database.run(
            """
            DELETE FROM verified_networks WHERE room = ?1 AND (until <= ?3 OR (network, length) IN
            (SELECT network, length FROM verified_networks WHERE room = ?1 ORDER BY until DESC LIMIT -1 OFFSET ?2))
            """, .integer(room.key.rawValue), .integer(Int64(most)), .integer(clock.epochMilliseconds))
    }

    // MARK: Members

    func enroll(_ account: AccountKey, in room: Room, most: Int) throws -> RoomRole {
        if let role = try database.role(of: account, in: room.key) { return role }
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let count = try database.first(
            "SELECT count(*) FROM room_members WHERE room = ?", .integer(room.key.rawValue)
        ) { $0.integer(0) }
        guard count ?? 0 < most else { throw StoreError.tooManyMembers }
        try setRole(.member, of: account, in: room.key)
        return .member
    }

    func setRole(_ role: RoomRole, of account: AccountKey, in room: RoomKey) throws {
        try database.run(
            """
            INSERT INTO room_members (room, account, role, joined) VALUES (?, ?, ?, ?)
            ON CONFLICT (room, account) DO UPDATE SET role = excluded.role
            """,
            .integer(room.rawValue), .integer(account.rawValue), .text(role.rawValue),
            .integer(clock.epochMilliseconds))
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
