public import Accounts
public import Bytes

/// Keeps what a room is, who belongs to it, and who is kept out. A write that returns is durable, and throws `roomMissing`
/// for a room that was deleted. What is done with a right over others comes with its deed, which is noted in the same
/// transaction; where nothing changes, nothing is noted.
public protocol RoomStore: AnyObject, Sendable {
    // MARK: Lists

    /// Public rooms whose name or id has `text` in it, in the order of their ids.
    func openRooms(
        matching text: String, for account: AccountKey?, after id: RoomID?, limit: Int
    ) async throws(StoreError) -> [RoomSummary]

    /// The rooms that an account belongs to, in the order of their ids.
    func rooms(of account: AccountKey, after id: RoomID?, limit: Int) async throws(StoreError) -> [RoomSummary]

    func summary(of room: Room, for account: AccountKey?) async throws(StoreError) -> RoomSummary

    /// In the order of their handles.
    func members(of room: Room, after user: UserID?, limit: Int) async throws(StoreError) -> [RoomMember]

    // MARK: The room

    func configure(_ room: Room, _ change: RoomChange, noting deed: Deed?) async throws(StoreError) -> RoomInfo

    /// Puts another password in the place of the room's: what the old one opened is shut.
    func changePassword(to hash: String, of room: Room, noting deed: Deed?) async throws(StoreError)

    // MARK: Members

    /// The role of an account in a room; `nil` where it does not belong to it.
    func role(of account: AccountKey, in room: Room) async throws(StoreError) -> RoomRole?

    /// Makes an account a member, and gives the role that it then has: one that it had already stays.
    func enroll(_ account: AccountKey, in room: Room, most: Int) async throws(StoreError) -> RoomRole

    /// Gives a member another role. Throws `memberMissing`.
    func setRole(
        _ role: RoomRole, of account: AccountKey, in room: Room, noting deed: Deed?
    ) async throws(StoreError)

    /// Makes a member the owner, and whoever was that a moderator. Throws `memberMissing`.
    func transfer(_ room: Room, to heir: AccountKey, noting deed: Deed?) async throws(StoreError)

    /// Ends somebody's place in the room, adds a sanction to it, and removes the newest of the messages that go with it;
    /// whether there are more of them, for `purge`.
    func expel(
        _ expulsion: Expulsion, _ sanction: Sanction?, from room: Room, most: Int, purging: Purge?, noting deed: Deed?
    ) async throws(StoreError) -> Bool

    /// Removes the newest of somebody's messages; whether there are more.
    func purge(_ purge: Purge, in room: Room) async throws(StoreError) -> Bool

    // MARK: Sanctions

    /// Takes the place of one of the same kind and look. Throws `tooManySanctions`.
    func sanction(
        _ sanction: Sanction, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError)

    /// Lifts what stands against a name that looks so, or against an account. Throws `sanctionMissing`.
    func pardon(
        _ kind: Sanction.Kind, look: String, account: AccountKey?, in room: Room, noting deed: Deed?
    ) async throws(StoreError)

    // MARK: Invitations

    /// Throws `tooManyInvitations`.
    func invite(_ invitation: Invitation, digest: [UInt8], to room: Room, most: Int) async throws(StoreError)

    func invitations(to room: Room) async throws(StoreError) -> [Invitation]

    /// Throws `invitationMissing`.
    func revokeInvitation(_ id: UUID, to room: Room) async throws(StoreError)

    /// The room of an invitation that is good; `nil` for any other.
    func room(ofInvitation digest: [UInt8], at time: Int64) async throws(StoreError) -> RoomID?

    /// Uses an invitation once, except for who belongs to the room already. Throws `invitationMissing`.
    func accept(
        _ digest: [UInt8], by account: AccountKey?, in room: Room, at time: Int64, most: Int
    ) async throws(StoreError)

    // MARK: Addresses

    /// Lets a network in. A room has `most` at most: those that end first go.
    func verify(
        _ network: VerifiedNetwork, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError)

    /// Notes that somebody waits to be let in; of more than `most`, those who came first go.
    func noteWaiting(_ address: PendingAddress, in room: Room, most: Int) async throws(StoreError)

    func verifiedNetworks(of room: Room) async throws(StoreError) -> [VerifiedNetwork]

    func pendingAddresses(of room: Room) async throws(StoreError) -> [PendingAddress]

    /// Throws `addressMissing` for a network that is neither verified nor waits.
    func revoke(_ network: CIDR, in room: Room, noting deed: Deed?) async throws(StoreError)
}
