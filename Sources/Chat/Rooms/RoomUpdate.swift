public import Bytes

/// What became otherwise about a room and those who belong to it.
public enum RoomUpdate: Sendable {
    case configured(RoomInfo)
    /// With the hash of the new password, and the epoch that begins with it.
    case passwordChanged(hash: String, epoch: Int64)
    /// An account belongs to the room from now on.
    case enrolled(RoomMember)
    /// `nil` where the account belongs to the room no longer.
    case roleChanged(RoomMember, RoomRole?)
    case sanctioned(Sanction)
    case pardoned(Sanction)
    /// With the connections that were in the room until then.
    case expelled(Expulsion, [Membership])
    /// With the connections that are out for it.
    case nameLost(NameLoss, [Membership])
    /// Somebody waits; those who may let them in, by the ids of their accounts.
    case addressPending(PendingAddress, moderators: [UUID])
    /// With those of the waiting that may come in now.
    case addressAdmitted(VerifiedNetwork, waiting: [CIDR])
    /// With the connections that are out for it.
    case addressRevoked(CIDR, [Membership])
}
