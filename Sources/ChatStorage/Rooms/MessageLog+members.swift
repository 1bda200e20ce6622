import Accounts
import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func enroll(_ account: AccountKey, in room: Room, most: Int, _ events: inout [Event]) throws -> RoomRole {
        if let role = try database.role(of: account, in: room.key) { return role }
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        guard try database.memberCount(of: room.key) < most else { throw StoreError.tooManyMembers }
        let ban = try database.first(
            """
            SELECT 1 FROM sanctions WHERE room = ? AND kind = 'ban' AND account = ? AND (until IS NULL OR until > ?)
            """, .integer(room.key.rawValue), .integer(account.rawValue), .integer(clock.epochMilliseconds)
        ) { _ in true }
        guard ban == nil else { throw StoreError.banned }
        try insert(.member, of: account, in: room.key)
        guard let member = try database.member(account, of: room.key) else { throw StoreError.memberMissing }
        events.append(.chat(.room(room, .enrolled(member))))
        return .member
    }

    func insert(_ role: RoomRole, of account: AccountKey, in room: RoomKey) throws {
        try database.run(
            "INSERT INTO room_members (room, account, role, joined) VALUES (?, ?, ?, ?)",
            .integer(room.rawValue), .integer(account.rawValue), .text(role.rawValue),
            .integer(clock.epochMilliseconds))
    }

    func setRole(_ role: RoomRole, of account: AccountKey, in room: Room, _ events: inout [Event]) throws {
        let changed = try database.run(
            "UPDATE room_members SET role = ? WHERE room = ? AND account = ?", .text(role.rawValue),
            .integer(room.key.rawValue), .integer(account.rawValue))
        guard changed == 1 else { throw StoreError.memberMissing }
        try tell(of: account, role, in: room, &events)
    }

    func transfer(_ room: Room, to heir: AccountKey, _ events: inout [Event]) throws {
        let owners = try database.rows(
            "SELECT account FROM room_members WHERE room = ? AND role = ?", .integer(room.key.rawValue),
            .text(RoomRole.owner.rawValue)
        ) { AccountKey(rawValue: $0.integer(0)) }
        for owner in owners { try setRole(.moderator, of: owner, in: room, &events) }
        try setRole(.owner, of: heir, in: room, &events)
    }

    /// The sanction is told of first, so that nobody comes back in between.
    func expel(
        _ expulsion: Expulsion, _ sanction: Sanction?, from room: Room, most: Int, _ events: inout [Event]
    ) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        if let sanction { try self.sanction(sanction, in: room, most: most, &events) }
        if let account = expulsion.account, let member = try database.member(account, of: room.key) {
            try database.run(
                "DELETE FROM room_members WHERE room = ? AND account = ?", .integer(room.key.rawValue),
                .integer(account.rawValue))
            events.append(.chat(.room(room, .roleChanged(member, nil))))
        }
        events.append(.chat(.room(room, .expelled(expulsion, []))))
    }

    private func tell(
        of account: AccountKey, _ role: RoomRole, in room: Room, _ events: inout [Event]
    ) throws {
        guard let member = try database.member(account, of: room.key) else { throw StoreError.memberMissing }
        events.append(.chat(.room(room, .roleChanged(member, role))))
    }

    // MARK: Sanctions

    func sanction(_ sanction: Sanction, in room: Room, most: Int, _ events: inout [Event]) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let key = SQLiteValue.integer(room.key.rawValue)
        try database.run(
            "DELETE FROM sanctions WHERE room = ? AND until <= ?", key, .integer(clock.epochMilliseconds))
        try makeRoom(for: sanction, in: key, most: most)
        try database.run(
            """
            INSERT OR REPLACE INTO sanctions (room, kind, look, user, account, network, length, until, reason,
                moderator, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            key, .text(sanction.kind.rawValue), .text(sanction.look), .text(sanction.user.text),
            SQLiteValue(sanction.account?.rawValue), SQLiteValue(sanction.network?.base),
            SQLiteValue(sanction.network.map { Int64($0.prefixLength) }), SQLiteValue(sanction.until),
            .text(sanction.reason), .text(sanction.moderator.text), .integer(sanction.created))
        events.append(.chat(.room(room, .sanctioned(sanction))))
    }

    /// Of kicks, which nobody lifts, the oldest make room; one of the same kind and look is replaced.
    private func makeRoom(for sanction: Sanction, in key: SQLiteValue, most: Int) throws {
        guard sanction.kind != .kick else {
            try database.run(
                """
                DELETE FROM sanctions WHERE room = ?1 AND kind = 'kick' AND look IN
                (SELECT look FROM sanctions WHERE room = ?1 AND kind = 'kick' ORDER BY created DESC LIMIT -1 OFFSET ?2)
                """, key, .integer(Int64(most - 1)))
            return
        }
        let others = try database.first(
            "SELECT count(*) FROM sanctions WHERE room = ? AND kind <> 'kick' AND NOT (kind = ? AND look = ?)", key,
            .text(sanction.kind.rawValue), .text(sanction.look)
        ) { $0.integer(0) }
        guard others ?? 0 < most else { throw StoreError.tooManySanctions }
    }

    /// By the account, too, for it may have had another name then.
    func pardon(
        _ kind: Sanction.Kind, look: String, account: AccountKey?, in room: Room, _ events: inout [Event]
    ) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let found = try database.sanctions(kind, look: look, account: account, in: room.key)
        guard !found.isEmpty else { throw StoreError.sanctionMissing }
        for sanction in found {
            try database.run(
                "DELETE FROM sanctions WHERE room = ? AND kind = ? AND look = ?", .integer(room.key.rawValue),
                .text(kind.rawValue), .text(sanction.look))
            events.append(.chat(.room(room, .pardoned(sanction))))
        }
    }
}
