import Accounts
import Bytes
import Chat
import SQLite

extension Database {
    func record(of id: RoomID) throws(SQLiteError) -> RoomRecord? {
        let found = try first(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, password_hash, wrapped_key, floor_sequence, epoch, created_at
            FROM rooms WHERE id = ?
            """, .text(id.text)
        ) { row in row.roomRecord(of: id).map { (room: $0, floor: row.integer(13)) } }
        guard let found = found ?? nil else { return nil }
        var room = found.room
        room.lastSequence = max(try lastPlace(in: room.key)?.sequence ?? 0, found.floor)
        room.revision = try revision(of: room.key) ?? 0
        room.hasFiles =
            try first(
                "SELECT 1 FROM file_usage WHERE room = ? AND files > 0", .integer(room.key.rawValue)
            ) { _ in true } ?? false
        room.verified = try verifiedNetworks(of: room.key)
        room.sanctions = try sanctions(in: room.key)
        return room
    }

    func info(of room: RoomKey) throws(SQLiteError) -> RoomInfo? {
        try first(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds
            FROM rooms WHERE key = ?
            """, .integer(room.rawValue)
        ) { $0.roomInfo } ?? nil
    }

    func exists(_ room: RoomKey) throws(SQLiteError) -> Bool {
        try first("SELECT 1 FROM rooms WHERE key = ?", .integer(room.rawValue)) { _ in true } ?? false
    }

    func verifiedNetworks(of room: RoomKey) throws(SQLiteError) -> [VerifiedNetwork] {
        try rows(
            "SELECT network, length, until, moderator FROM verified_networks WHERE room = ?", .integer(room.rawValue)
        ) { row in
            row.network(0).map {
                VerifiedNetwork(
                    $0, until: row.integer(2), by: row.optionalText(3).map { UserID(trusted: $0) })
            }
        }.compactMap { $0 }
    }

    func sanctions(in room: RoomKey) throws(SQLiteError) -> [Sanction] {
        try rows(
            """
            SELECT kind, user, account, network, length, until, reason, moderator, created FROM sanctions
            WHERE room = ? ORDER BY created DESC
            """, .integer(room.rawValue)
        ) { $0.sanction }.compactMap { $0 }
    }

    /// Those of one kind that stand against a name that looks so, or against an account.
    func sanctions(
        _ kind: Sanction.Kind, look: String, account: AccountKey?, in room: RoomKey
    ) throws(SQLiteError) -> [Sanction] {
        try rows(
            """
            SELECT kind, user, account, network, length, until, reason, moderator, created FROM sanctions
            WHERE room = ? AND kind = ? AND (look = ? OR account = ?)
            """, .integer(room.rawValue), .text(kind.rawValue), .text(look), SQLiteValue(account?.rawValue)
        ) { $0.sanction }.compactMap { $0 }
    }

    func role(of account: AccountKey, in room: RoomKey) throws(SQLiteError) -> RoomRole? {
        try first(
            "SELECT role FROM room_members WHERE room = ? AND account = ?", .integer(room.rawValue),
            .integer(account.rawValue)
        ) { RoomRole(rawValue: $0.text(0)) } ?? nil
    }
}

extension Row {
    /// Of columns kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
    /// kept_seconds; `nil` where the row is none that this program writes.
    var roomInfo: RoomInfo? {
        guard let kind = RoomInfo.Kind(rawValue: text(0)), let management = RoomInfo.Management(rawValue: text(1)),
            let rule = RoomInfo.AddressRule(rawValue: text(6))
        else { return nil }
        var info = RoomInfo(kind: kind, management: management)
        info.name = text(2)
        info.topic = text(3)
        info.isArchived = integer(4) != 0
        info.slowMode = integer(5)
        info.addressRule = rule
        info.addressLifetime = optionalInteger(7)
        info.keptMessages = optionalInteger(8)
        info.keptSeconds = optionalInteger(9)
        return info
    }

    /// Of those, and key, password_hash, wrapped_key, floor_sequence, epoch, created_at.
    fileprivate func roomRecord(of id: RoomID) -> RoomRecord? {
        roomInfo.map {
            RoomRecord(
                key: RoomKey(rawValue: integer(10)), id: id, info: $0, passwordHash: optionalText(11),
                wrappedKey: blob(12), epoch: integer(14), created: integer(15))
        }
    }

    /// Of columns kind, user, account, network, length, until, reason, moderator, created.
    fileprivate var sanction: Sanction? {
        Sanction.Kind(rawValue: text(0)).map {
            Sanction(
                $0, of: UserID(trusted: text(1)), account: optionalInteger(2).map { AccountKey(rawValue: $0) },
                network: isNull(3) ? nil : network(3), until: optionalInteger(5), reason: text(6),
                by: UserID(trusted: text(7)), at: integer(8))
        }
    }

    /// Of a column with 16 bytes and one with the number of bits that count.
    func network(_ column: Int) -> CIDR? {
        IPAddress(stored: blob(column)).flatMap { CIDR($0, prefixLength: Int(integer(column + 1))) }
    }

    func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
}

extension IPAddress {
    /// The 16 bytes in network order.
    var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
        return bytes
    }

    /// `nil` unless there are 16 bytes.
    init?(stored bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let halves = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: halves[0], low: halves[1])
    }
}
