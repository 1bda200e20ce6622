import Bytes
import Chat
import SQLite

extension Database {
    func record(of id: RoomID) throws(SQLiteError) -> RoomRecord? {
        let room = try first(
            "SELECT key, password_hash, wrapped_key, floor_sequence FROM rooms WHERE id = ?", .text(id.text)
        ) {
            (key: RoomKey(rawValue: $0.integer(0)), hash: $0.optionalText(1), wrapped: $0.blob(2), floor: $0.integer(3))
        }
        guard let room else { return nil }
        let last = try lastPlace(in: room.key)?.sequence ?? 0
        return RoomRecord(
            key: room.key, id: id, passwordHash: room.hash, wrappedKey: room.wrapped,
            lastSequence: max(last, room.floor), verified: try verifiedAddresses(of: room.key))
    }

    func exists(_ room: RoomKey) throws(SQLiteError) -> Bool {
        try first("SELECT 1 FROM rooms WHERE key = ?", .integer(room.rawValue)) { _ in true } ?? false
    }

    private func verifiedAddresses(of room: RoomKey) throws(SQLiteError) -> [IPAddress: Int64] {
        let rows = try rows(
            "SELECT address, expires FROM verified_addresses WHERE room = ?", .integer(room.rawValue)
        ) { (IPAddress(stored: $0.blob(0)), $0.integer(1)) }
        var addresses: [IPAddress: Int64] = [:]
        for case (let address?, let expires) in rows { addresses[address] = expires }
        return addresses
    }
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
