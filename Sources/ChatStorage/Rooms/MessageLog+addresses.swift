import Accounts
import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func verify(_ network: VerifiedNetwork, in room: Room, most: Int, _ events: inout [Event]) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        try removePending(network.network, in: room.key)
        try database.run(
            """
            INSERT INTO verified_networks (room, network, length, until, moderator) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (room, network, length) DO UPDATE SET until = excluded.until,
                moderator = coalesce(excluded.moderator, moderator)
            """,
            .integer(room.key.rawValue), .blob(network.network.base.stored),
            .integer(Int64(network.network.prefixLength)), .integer(network.until),
            SQLiteValue(network.moderator?.text))
        try database.run(
            """
            DELETE FROM verified_networks WHERE room = ?1 AND (until <= ?3 OR (network, length) IN
            (SELECT network, length FROM verified_networks WHERE room = ?1 ORDER BY until DESC LIMIT -1 OFFSET ?2))
            """, .integer(room.key.rawValue), .integer(Int64(most)), .integer(clock.epochMilliseconds))
        events.append(.chat(.room(room, .addressAdmitted(network, waiting: []))))
    }

    /// Who waits already is not told of again.
    func noteWaiting(_ address: PendingAddress, in room: Room, most: Int, _ events: inout [Event]) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let inserted = try database.run(
            """
            INSERT INTO pending_addresses (room, network, length, user, since) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (room, network, length) DO NOTHING
            """,
            .integer(room.key.rawValue), .blob(address.network.base.stored),
            .integer(Int64(address.network.prefixLength)), .text(address.user.text), .integer(address.since))
        guard inserted == 1 else { return }
        try database.run(
            """
            DELETE FROM pending_addresses WHERE room = ?1 AND (network, length) IN
            (SELECT network, length FROM pending_addresses WHERE room = ?1 ORDER BY since DESC LIMIT -1 OFFSET ?2)
            """, .integer(room.key.rawValue), .integer(Int64(most)))
        let moderators =
            room.management == .people
            ? try database.moderators(of: room.key) : try database.moderatorsOfServer()
        events.append(.chat(.room(room, .addressPending(address, moderators: moderators))))
    }

    func revoke(_ network: CIDR, in room: Room, _ events: inout [Event]) throws {
        let waited = try removePending(network, in: room.key)
        let admitted = try database.run(
            "DELETE FROM verified_networks WHERE room = ? AND network = ? AND length = ?",
            .integer(room.key.rawValue), .blob(network.base.stored), .integer(Int64(network.prefixLength)))
        guard waited + admitted > 0 else { throw StoreError.addressMissing }
        events.append(.chat(.room(room, .addressRevoked(network, []))))
    }

    @discardableResult
    private func removePending(_ network: CIDR, in room: RoomKey) throws -> Int {
        try database.run(
            "DELETE FROM pending_addresses WHERE room = ? AND network = ? AND length = ?", .integer(room.rawValue),
            .blob(network.base.stored), .integer(Int64(network.prefixLength)))
    }
}

extension Database {
    func pendingAddresses(of room: RoomKey) throws(SQLiteError) -> [PendingAddress] {
        try rows(
            "SELECT network, length, user, since FROM pending_addresses WHERE room = ? ORDER BY since",
            .integer(room.rawValue)
        ) { row in
            row.network(0).map { PendingAddress($0, UserID(trusted: row.text(2)), since: row.integer(3)) }
        }.compactMap { $0 }
    }

    /// The accounts that may let somebody into a room, by their ids.
    func moderators(of room: RoomKey) throws(SQLiteError) -> [UUID] {
        try rows(
            """
            SELECT accounts.uuid FROM room_members JOIN accounts ON accounts.key = room_members.account
            WHERE room = ? AND room_members.role IN ('moderator', 'owner')
            """, .integer(room.rawValue)
        ) { UUID(bytes: $0.blob(0)) }.compactMap { $0 }
    }

    /// Those who may let somebody into a room that no people of its own manage.
    func moderatorsOfServer() throws(SQLiteError) -> [UUID] {
        try rows(
            "SELECT uuid FROM accounts WHERE role IN ('moderator', 'administrator') AND deleted IS NULL LIMIT 100"
        ) { UUID(bytes: $0.blob(0)) }.compactMap { $0 }
    }
}
