public import Bytes
public import Chat
import SQLite

/// A room as administrators see it: what it is and how large, and nothing of what is said in it.
public struct RoomReport: Sendable {
    public let id: RoomID
    public let info: RoomInfo
    /// Milliseconds since 1970.
    public let created: Int64
    /// The handle of who owns it.
    public let owner: String?
    /// How many accounts belong to it.
    public let members: Int
    /// How many messages are kept.
    public let messages: Int64
    /// The sequence of the newest message there ever was.
    public let lastSequence: Int64
    /// Bytes that its messages take, by the size of the newest of them.
    public let estimatedBytes: Int64
}

/// An address of one room: let in, or waiting for it.
public struct AddressReport: Sendable {
    public let room: RoomID
    public let network: CIDR
    /// When it ends that it is let in; `nil` where it waits.
    public let until: Int64?
    /// Who waits, or who let it in; nobody where the password was shown from there.
    public let user: String?
    /// Since when it waits.
    public let since: Int64?
}

extension SQLiteStore {
    /// Rooms of every kind whose id or name has `text` in it, in the order of their ids.
    public func roomReports(
        matching text: String, kind: RoomInfo.Kind?, after id: RoomID?, limit: Int
    ) async throws(StoreError) -> [RoomReport] {
        try await readPage { database in
            try database.roomReports(matching: text, kind: kind, after: id, limit: limit)
        }
    }

    /// `nil` where there is no such room.
    public func roomReport(_ id: RoomID) async throws(StoreError) -> RoomReport? {
        try await readPage { database in try database.roomReport(id) }
    }

    /// Networks that rooms let in, or that wait, in the order of the rooms' ids and of the networks.
    ///
    /// - Parameter cursor: the room and the network that the page before ended with.
    public func addressReports(
        areWaiting: Bool, after cursor: (room: RoomID, network: CIDR)?, at time: Int64, limit: Int
    ) async throws(StoreError) -> [AddressReport] {
        try await readPage { database in
            areWaiting
                ? try database.waitingReports(after: cursor, limit: limit)
                : try database.verifiedReports(after: cursor, at: time, limit: limit)
        }
    }
}

extension Database {
    private typealias Found = (key: RoomKey, id: RoomID, info: RoomInfo, created: Int64, floor: Int64)

    fileprivate func roomReports(
        matching text: String, kind: RoomInfo.Kind?, after id: RoomID?, limit: Int
    ) throws(SQLiteError) -> [RoomReport] {
        try reports(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, id, created_at, floor_sequence
            FROM rooms
            WHERE id > ?1 AND (?2 = '' OR instr(lower(id), ?2) > 0 OR instr(lower(name), ?2) > 0)
                AND (?3 IS NULL OR kind = ?3)
            ORDER BY id LIMIT ?4
            """, .text(id?.text ?? ""), .text(text.lowercased()), SQLiteValue(kind?.rawValue), .integer(Int64(limit)))
    }

    fileprivate func roomReport(_ id: RoomID) throws(SQLiteError) -> RoomReport? {
        try reports(
            """
            SELECT kind, management, name, topic, archived, slow_mode, address_rule, address_lifetime, kept_messages,
                kept_seconds, key, id, created_at, floor_sequence
            FROM rooms WHERE id = ?
            """, .text(id.text)
        ).first
    }

    private func reports(_ query: StaticString, _ values: SQLiteValue...) throws(SQLiteError) -> [RoomReport] {
        let found = try rows(query, values) { row -> Found? in
            row.roomInfo.map { info in
                (
                    RoomKey(rawValue: row.integer(10)), RoomID(trusted: row.text(11)), info, row.integer(12),
                    row.integer(13)
                )
            }
        }
        var reports: [RoomReport] = []
        for case let room? in found { reports.append(try report(of: room)) }
        return reports
    }

    private func report(of room: Found) throws(SQLiteError) -> RoomReport {
        let key = SQLiteValue.integer(room.key.rawValue)
        let owner = try first(
            """
            SELECT handle FROM room_members JOIN accounts ON accounts.key = account
            WHERE room = ? AND room_members.role = 'owner' LIMIT 1
            """, key
        ) { $0.text(0) }
        // Sequences have no gaps, so that the two ends tell how many there are.
        let first =
            try self.first("SELECT min(sequence) FROM messages WHERE room = ?", key) {
                $0.isNull(0) ? nil : $0.integer(0)
            } ?? nil
        let last = try lastPlace(in: room.key)?.sequence ?? 0
        let messages = first.map { last - $0 + 1 } ?? 0
        let sample = try self.first(
            """
            SELECT count(*), total(length(token)) FROM
            (SELECT token FROM messages WHERE room = ? ORDER BY sequence DESC LIMIT 100)
            """, key
        ) { (count: $0.integer(0), bytes: $0.integer(1)) }
        let bytes = sample.map { $0.count > 0 ? messages * ($0.bytes / $0.count) : 0 } ?? 0
        return RoomReport(
            id: room.id, info: room.info, created: room.created, owner: owner,
            members: try memberCount(of: room.key), messages: messages, lastSequence: max(last, room.floor),
            estimatedBytes: bytes)
    }

    fileprivate func verifiedReports(
        after cursor: (room: RoomID, network: CIDR)?, at time: Int64, limit: Int
    ) throws(SQLiteError) -> [AddressReport] {
        try rows(
            """
            SELECT network, length, id, until, moderator FROM rooms JOIN verified_networks ON room = key
            WHERE (id, network, length) > (?1, ?2, ?3) AND until > ?4 ORDER BY id, network, length LIMIT ?5
            """, .text(cursor?.room.text ?? ""), .blob(cursor?.network.base.stored ?? []),
            .integer(Int64(cursor?.network.prefixLength ?? 0)), .integer(time), .integer(Int64(limit))
        ) { row in
            row.network(0).map {
                AddressReport(
                    room: RoomID(trusted: row.text(2)), network: $0, until: row.integer(3), user: row.optionalText(4),
                    since: nil)
            }
        }.compactMap { $0 }
    }

    fileprivate func waitingReports(
        after cursor: (room: RoomID, network: CIDR)?, limit: Int
    ) throws(SQLiteError) -> [AddressReport] {
        try rows(
            """
            SELECT network, length, id, user, since FROM rooms JOIN pending_addresses ON room = key
            WHERE (id, network, length) > (?1, ?2, ?3) ORDER BY id, network, length LIMIT ?4
            """, .text(cursor?.room.text ?? ""), .blob(cursor?.network.base.stored ?? []),
            .integer(Int64(cursor?.network.prefixLength ?? 0)), .integer(Int64(limit))
        ) { row in
            row.network(0).map {
                AddressReport(
                    room: RoomID(trusted: row.text(2)), network: $0, until: nil, user: row.text(3),
                    since: row.integer(4))
            }
        }.compactMap { $0 }
    }
}
