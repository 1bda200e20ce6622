public import Accounts
public import Bytes
public import Chat
import SQLite

extension SQLiteStore {
    // MARK: Lists

    public func openRooms(
        matching text: String, for account: AccountKey?, after id: RoomID?, limit: Int
    ) async throws(StoreError) -> [RoomSummary] {
        try await readPage { database in
            try database.openRooms(matching: text, for: account, after: id, limit: limit)
        }
    }

    public func rooms(of account: AccountKey, after id: RoomID?, limit: Int) async throws(StoreError) -> [RoomSummary] {
        try await readPage { database in try database.rooms(of: account, after: id, limit: limit) }
    }

    public func summary(of room: Room, for account: AccountKey?) async throws(StoreError) -> RoomSummary {
        let summary = try await read { database in try database.summary(of: room.key, for: account) }
        guard let summary else { throw .roomMissing }
        return summary
    }

    public func members(of room: Room, after user: UserID?, limit: Int) async throws(StoreError) -> [RoomMember] {
        try await readPage { database in try database.members(of: room.key, after: user, limit: limit) }
    }

    public func role(of account: AccountKey, in room: Room) async throws(StoreError) -> RoomRole? {
        try await read { database in try database.role(of: account, in: room.key) }
    }

    // MARK: The room

    public func configure(
        _ room: Room, _ change: RoomChange, noting deed: Deed?
    ) async throws(StoreError) -> RoomInfo {
        try await write(noting: deed) { (log, events) in try log.configure(room, change, &events) }
    }

    public func changePassword(to hash: String, of room: Room, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.changePassword(to: hash, of: room, &events) }
    }

    // MARK: Members

    public func enroll(_ account: AccountKey, in room: Room, most: Int) async throws(StoreError) -> RoomRole {
        try await write { (log, events) in try log.enroll(account, in: room, most: most, &events) }
    }

    public func setRole(
        _ role: RoomRole, of account: AccountKey, in room: Room, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.setRole(role, of: account, in: room, &events) }
    }

    public func transfer(_ room: Room, to heir: AccountKey, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.transfer(room, to: heir, &events) }
    }

    public func expel(
        _ expulsion: Expulsion, _ sanction: Sanction?, from room: Room, most: Int, purging: Purge?, noting deed: Deed?
    ) async throws(StoreError) -> Bool {
        try await write(noting: deed) { (log, events) in
            try log.expel(expulsion, sanction, from: room, most: most, &events)
            return try purging.map { try log.purge($0, in: room, &events) } ?? false
        }
    }

    public func purge(_ purge: Purge, in room: Room) async throws(StoreError) -> Bool {
        try await write { (log, events) in try log.purge(purge, in: room, &events) }
    }

    // MARK: Sanctions

    public func sanction(
        _ sanction: Sanction, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in
            try log.sanction(sanction, in: room, most: most, &events)
        }
    }

    public func pardon(
        _ kind: Sanction.Kind, look: String, account: AccountKey?, in room: Room, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in
            try log.pardon(kind, look: look, account: account, in: room, &events)
        }
    }

    // MARK: Invitations

    public func invite(
        _ invitation: Invitation, digest: [UInt8], to room: Room, most: Int
    ) async throws(StoreError) {
        try await write { (log, _) in try log.invite(invitation, digest: digest, to: room, most: most) }
    }

    public func invitations(to room: Room) async throws(StoreError) -> [Invitation] {
        try await read { database in try database.invitations(to: room.key) }
    }

    public func revokeInvitation(_ id: UUID, to room: Room) async throws(StoreError) {
        try await write { (log, _) in try log.revokeInvitation(id, to: room) }
    }

    public func room(ofInvitation digest: [UInt8], at time: Int64) async throws(StoreError) -> RoomID? {
        try await read { database in try database.room(ofInvitation: digest, at: time) }
    }

    public func accept(
        _ digest: [UInt8], by account: AccountKey?, in room: Room, at time: Int64, most: Int
    ) async throws(StoreError) {
        try await write { (log, events) in
            try log.accept(digest, by: account, in: room, at: time, most: most, &events)
        }
    }

    // MARK: Addresses

    public func verify(
        _ network: VerifiedNetwork, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in
            try log.verify(network, in: room, most: most, &events)
        }
    }

    public func noteWaiting(_ address: PendingAddress, in room: Room, most: Int) async throws(StoreError) {
        try await write { (log, events) in try log.noteWaiting(address, in: room, most: most, &events) }
    }

    public func verifiedNetworks(of room: Room) async throws(StoreError) -> [VerifiedNetwork] {
        try await read { database in try database.verifiedNetworks(of: room.key) }
    }

    public func pendingAddresses(of room: Room) async throws(StoreError) -> [PendingAddress] {
        try await read { database in try database.pendingAddresses(of: room.key) }
    }

    public func revoke(_ network: CIDR, in room: Room, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, events) in try log.revoke(network, in: room, &events) }
    }
}
