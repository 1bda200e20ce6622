import Accounts
import Bytes
import Chat
import SQLite

/// Rooms and members as lists show them.
extension Database {
    func openRooms(
        matching text: String, for account: AccountKey?, after id: RoomID?, limit: Int
    ) throws(SQLiteError) -> [RoomSummary] {
        try summaries(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, id, created_at, role, floor_sequence
            FROM rooms LEFT JOIN room_members ON room_members.room = rooms.key AND account = ?1
            WHERE kind = 'public' AND id > ?2 AND archived = 0
                AND (?3 = '' OR instr(lower(id), lower(?3)) > 0 OR instr(lower(name), lower(?3)) > 0)
            ORDER BY id LIMIT ?4
            """, .integer(account?.rawValue ?? 0), .text(id?.text ?? ""), .text(text), .integer(Int64(limit)))
    }

    func rooms(of account: AccountKey, after id: RoomID?, limit: Int) throws(SQLiteError) -> [RoomSummary] {
        try summaries(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, id, created_at, role, floor_sequence
            FROM room_members JOIN rooms ON rooms.key = room_members.room
            WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3
            """, .integer(account.rawValue), .text(id?.text ?? ""), .integer(Int64(limit)))
    }

    func summary(of room: RoomKey, for account: AccountKey?) throws(SQLiteError) -> RoomSummary? {
        try summaries(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, id, created_at, role, floor_sequence
            FROM rooms LEFT JOIN room_members ON room_members.room = rooms.key AND account = ?1
            WHERE key = ?2
            """, .integer(account?.rawValue ?? 0), .integer(room.rawValue)
        ).first
    }

    func members(of room: RoomKey, after user: UserID?, limit: Int) throws(SQLiteError) -> [RoomMember] {
        try rows(
            """
            SELECT key, handle, display_name, room_members.role, joined, uuid
            FROM room_members JOIN accounts ON accounts.key = room_members.account
            WHERE room = ? AND handle > ? ORDER BY handle LIMIT ?
            """, .integer(room.rawValue), .text(user?.text ?? ""), .integer(Int64(limit))
        ) { $0.member }.compactMap { $0 }
    }

    func member(_ account: AccountKey, of room: RoomKey) throws(SQLiteError) -> RoomMember? {
        try first(
            """
            SELECT key, handle, display_name, room_members.role, joined, uuid
            FROM room_members JOIN accounts ON accounts.key = room_members.account WHERE room = ? AND account = ?
            """, .integer(room.rawValue), .integer(account.rawValue)
        ) { $0.member } ?? nil
    }

    func memberCount(of room: RoomKey) throws(SQLiteError) -> Int {
        try first("SELECT count(*) FROM room_members WHERE room = ?", .integer(room.rawValue)) {
            Int($0.integer(0))
        } ?? 0
    }

    /// - Parameter query: gives the columns of `RoomInfo`, then key, id, created_at, role, floor_sequence.
    private func summaries(_ query: StaticString, _ values: SQLiteValue...) throws(SQLiteError) -> [RoomSummary] {
        let found = try rows(query, values) { row in
            row.roomInfo.map { info in
                (
                    info: info, key: RoomKey(rawValue: row.integer(10)), id: RoomID(trusted: row.text(11)),
                    created: row.integer(12), role: row.optionalText(13).flatMap { RoomRole(rawValue: $0) },
                    floor: row.integer(14)
                )
            }
        }
        var summaries: [RoomSummary] = []
        for case let room? in found {
            let last = try lastPlace(in: room.key)?.sequence ?? 0
            summaries.append(
                RoomSummary(
                    id: room.id, info: room.info, role: room.role, memberCount: try memberCount(of: room.key),
                    lastSequence: max(last, room.floor), created: room.created))
        }
        return summaries
    }
}

extension Row {
    /// Of columns key, handle, display_name, role, joined, uuid.
    fileprivate var member: RoomMember? {
        RoomRole(rawValue: text(3)).map {
            RoomMember(
                account: AccountKey(rawValue: integer(0)), user: UserID(trusted: text(1)), displayName: text(2),
                role: $0, joined: integer(4),
                isBot: UUID(bytes: blob(5)).map { PersonID($0).kind == .bot } ?? false)
        }
    }
}
