import Accounts
import Bytes
import Chat
import SQLite

extension Database {
    func receipts(of account: AccountKey) throws(SQLiteError) -> Bool {
        try first("SELECT receipts FROM accounts WHERE key = ?", .integer(account.rawValue)) { $0.integer(0) != 0 }
            ?? true
    }

    /// What an account has not seen of the rooms that it belongs to.
    func unread(
        of account: AccountKey, person: PersonID, after room: RoomID?, limit: Int, most: Int
    ) throws(SQLiteError) -> [UnreadRoom] {
        let belonging = try rows(
            """
            SELECT r.key, r.id, m.joined, d.sequence, r.floor_sequence FROM room_members m
            JOIN rooms r ON r.key = m.room LEFT JOIN reads d ON d.room = m.room AND d.person = ?
            WHERE m.account = ? AND r.id > ? ORDER BY r.id LIMIT ?
            """, .blob(person.uuid.bytes), .integer(account.rawValue), .text(room?.text ?? ""), .integer(Int64(limit))
        ) { Belonging(row: $0) }
        var all: [UnreadRoom] = []
        for place in belonging { all.append(try unread(in: place, account, person, most: most)) }
        return all
    }

    private func unread(
        in place: Belonging, _ account: AccountKey, _ person: PersonID, most: Int
    ) throws(SQLiteError) -> UnreadRoom {
        let room = place.room
        var read = place.read ?? 0
        if place.read == nil {
            // What was said before somebody came is not new to them.
            let first = try firstPlace(in: room) { $0.timestamp >= place.joined }
            let last = try lastPlace(in: room)?.sequence
            read = first.map { $0.sequence - 1 } ?? last ?? place.floor
        }
        // Bounded by what is looked at, so that it costs the same whatever there is.
        let count = try first(
            """
            SELECT count(*) FROM (SELECT person, deleted FROM messages WHERE room = ? AND sequence > ?
            ORDER BY sequence LIMIT ?) WHERE deleted IS NULL AND person IS NOT ?
            """, room.value, .integer(read), .integer(Int64(most)), .blob(person.uuid.bytes)
        ) { $0.integer(0) }
        let mentions = try first(
            "SELECT count(*) FROM (SELECT 1 FROM mentions WHERE account = ? AND room = ? AND sequence > ? LIMIT ?)",
            .integer(account.rawValue), room.value, .integer(read), .integer(Int64(most))
        ) { $0.integer(0) }
        return UnreadRoom(
            room: place.id, read: read, last: max(try lastPlace(in: room)?.sequence ?? 0, place.floor),
            count: count ?? 0, mentions: mentions ?? 0)
    }

    /// A room that an account belongs to.
    private struct Belonging {
        let room: RoomKey
        let id: RoomID
        let joined: Int64
        let read: Int64?
        let floor: Int64

        init(row: Row) {
            room = RoomKey(rawValue: row.integer(0))
            id = RoomID(trusted: row.text(1))
            joined = row.integer(2)
            read = row.optionalInteger(3)
            floor = row.integer(4)
        }
    }

    func readMarks(in room: RoomKey, limit: Int) throws(SQLiteError) -> [ReadMark] {
        try rows(
            """
            SELECT d.user, d.person, d.sequence, d.timestamp FROM reads d LEFT JOIN accounts a ON a.uuid = d.person
            WHERE d.room = ? AND coalesce(a.receipts, 1) ORDER BY d.timestamp DESC LIMIT ?
            """, room.value, .integer(Int64(limit))
        ) { row in
            UUID(bytes: row.blob(1)).map {
                ReadMark(
                    user: UserID(trusted: row.text(0)), person: PersonID($0), sequence: row.integer(2),
                    time: row.integer(3))
            }
        }.compactMap { $0 }
    }

    /// The messages that name an account, in rooms that it belongs to, the newest first.
    func mentions(
        of account: AccountKey, before end: MessageID?, limit: Int
    ) throws(SQLiteError) -> [(room: RoomKey, id: RoomID, place: MessagePlace)] {
        try rows(
            """
            SELECT n.id, n.sequence, 0, n.room, r.id FROM mentions n JOIN rooms r ON r.key = n.room
            JOIN room_members m ON m.room = n.room AND m.account = n.account
            WHERE n.account = ? AND n.id < ? ORDER BY n.id DESC LIMIT ?
            """, .integer(account.rawValue), .integer(end?.rawValue ?? .max), .integer(Int64(limit))
        ) { (RoomKey(rawValue: $0.integer(3)), RoomID(trusted: $0.text(4)), $0.place) }
    }
}
