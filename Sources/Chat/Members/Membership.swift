public import Accounts
public import Bytes
import Synchronization

/// One connection's place in one room, under one name: what `Chat.join` gives and `Chat.leave` takes back.
///
/// Keep it until the connection leaves. Whoever holds it writes without showing a proof again, until the connection leaves or the room is deleted.
public final class Membership: Sendable {
    public let room: Room
    public let user: UserID
    public let person: PersonID
    /// The account that the name is of; `nil` for a guest.
    public let account: AccountKey?
    /// The connection, as the caller named it.
    public let connection: String
    private let hasLeft = Atomic(false)
    /// The rank of the role in the room; 0 for none.
    private let roleRank: Atomic<Int>
    /// The rank of the role on the server; -1 for a guest.
    private let serverRank: Atomic<Int>
    /// Milliseconds since 1970 at which a mute ends.
    private let mutedUntil: Atomic<Int64>

    /// Where the connection comes from.
    public let address: IPAddress?
    /// Of the room, when the connection came; see `RoomState.epoch`.
    let epoch: Int64

    init(
        room: Room, name: Name, address: IPAddress?, connection: String, mutedUntil: Int64 = 0, epoch: Int64 = 0
    ) {
        self.room = room
        self.address = address
        self.epoch = epoch
        user = name.user
        person = name.person
        account = name.account?.key
        serverRank = Atomic(name.account?.role.rank ?? -1)
        roleRank = Atomic(name.role?.rank ?? 0)
        self.connection = connection
        self.mutedUntil = Atomic(mutedUntil)
    }

    /// The role that the account has in the room now.
    public var role: RoomRole? { RoomRole(rank: roleRank.load(ordering: .relaxed)) }

    func note(serverRole: Role) { serverRank.store(serverRole.rank, ordering: .relaxed) }

    func note(role: RoomRole?) { roleRank.store(role?.rank ?? 0, ordering: .relaxed) }

    /// - Parameter time: milliseconds since 1970; in the past for a mute that was lifted.
    func note(mutedUntil time: Int64) { mutedUntil.store(time, ordering: .relaxed) }

    /// What speaks for a member who acts.
    func evidence(at time: Int64) -> AccessEvidence {
        var evidence = AccessEvidence(
            isInside: true, role: role, serverRole: Role(rank: serverRank.load(ordering: .relaxed)))
        evidence.isMuted = mutedUntil.load(ordering: .relaxed) > time
        return evidence
    }

    /// Whether the connection is still in the room.
    public var isActive: Bool { !hasLeft.load(ordering: .acquiring) && !room.isDeleted }

    func end() { hasLeft.store(true, ordering: .releasing) }
}

extension Role {
    fileprivate var rank: Int {
        switch self {
        case .member: 0
        case .moderator: 1
        case .administrator: 2
        }
    }

    fileprivate init?(rank: Int) {
        guard let role = Self.allCases.first(where: { $0.rank == rank }) else { return nil }
        self = role
    }
}
