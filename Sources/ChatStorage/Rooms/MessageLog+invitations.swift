import Accounts
import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func invite(_ invitation: Invitation, digest: [UInt8], to room: Room, most: Int) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let key = SQLiteValue.integer(room.key.rawValue)
        try database.run(
            "DELETE FROM invitations WHERE room = ? AND (expires <= ? OR uses_left <= 0)", key,
            .integer(clock.epochMilliseconds))
        let count = try database.first("SELECT count(*) FROM invitations WHERE room = ?", key) { $0.integer(0) }
        guard count ?? 0 < most else { throw StoreError.tooManyInvitations }
        try database.run(
            """
            INSERT INTO invitations (digest, id, room, moderator, created, expires, uses_left)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(digest), .blob(invitation.id.bytes), key, .text(invitation.moderator.text),
            .integer(invitation.created), SQLiteValue(invitation.expires), SQLiteValue(invitation.usesLeft))
    }

    func revokeInvitation(_ id: UUID, to room: Room) throws {
        let changed = try database.run(
            "DELETE FROM invitations WHERE room = ? AND id = ?", .integer(room.key.rawValue), .blob(id.bytes))
        guard changed == 1 else { throw StoreError.invitationMissing }
    }

    func accept(
        _ digest: [UInt8], by account: AccountKey?, in room: Room, at time: Int64, most: Int, _ events: inout [Event]
    ) throws {
        guard try database.room(ofInvitation: digest, at: time) == room.id else { throw StoreError.invitationMissing }
        if let account {
            guard try database.role(of: account, in: room.key) == nil else { return }
            _ = try enroll(account, in: room, most: most, &events)
        }
        try database.run("UPDATE invitations SET uses_left = uses_left - 1 WHERE digest = ?", .blob(digest))
    }
}

extension Database {
    /// The newest first.
    func invitations(to room: RoomKey) throws(SQLiteError) -> [Invitation] {
        try rows(
            """
            SELECT id, moderator, created, expires, uses_left FROM invitations
            WHERE room = ? AND (uses_left IS NULL OR uses_left > 0) ORDER BY created DESC
            """, .integer(room.rawValue)
        ) { row in
            UUID(bytes: row.blob(0)).map {
                Invitation(
                    id: $0, by: UserID(trusted: row.text(1)), at: row.integer(2), expires: row.optionalInteger(3),
                    usesLeft: row.optionalInteger(4))
            }
        }.compactMap { $0 }
    }

    func room(ofInvitation digest: [UInt8], at time: Int64) throws(SQLiteError) -> RoomID? {
        try first(
            """
            SELECT rooms.id FROM invitations JOIN rooms ON rooms.key = invitations.room
            WHERE digest = ? AND (expires IS NULL OR expires > ?) AND (uses_left IS NULL OR uses_left > 0)
            """, .blob(digest), .integer(time)
        ) { RoomID(trusted: $0.text(0)) }
    }
}
