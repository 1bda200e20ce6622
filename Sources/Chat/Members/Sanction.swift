public import Accounts
public import Bytes

/// What a moderator has done against somebody in a room.
public struct Sanction: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// May not come in, nor read.
        case ban
        /// May read and not write.
        case mute
        /// A guest whose token opens the room no longer.
        case kick
    }

    public let kind: Kind
    /// The name that it is about; one that looks like it counts as the same.
    public let user: UserID
    /// The account it is about; `nil` for a guest.
    public let account: AccountKey?
    /// The network that a banned guest came from, where that is banned too.
    public let network: CIDR?
    /// Milliseconds since 1970; `nil` for ever.
    public let until: Int64?
    /// For those who read the list.
    public let reason: String
    /// Who did it.
    public let moderator: UserID
    /// Milliseconds since 1970.
    public let created: Int64
    /// What makes two names the same.
    public let look: String

    public init(
        _ kind: Kind, of user: UserID, account: AccountKey? = nil, network: CIDR? = nil, until: Int64? = nil,
        reason: String = "", by moderator: UserID, at created: Int64
    ) {
        self.kind = kind
        self.user = user
        self.account = account
        self.network = network
        self.until = until
        self.reason = reason
        self.moderator = moderator
        self.created = created
        look = Lookalikes.skeleton(of: user.text)
    }

    func isOver(at time: Int64) -> Bool { until.map { $0 <= time } ?? false }

    /// - Parameter look: of the name that somebody goes by.
    func isAbout(_ account: AccountKey?, look: String, from address: IPAddress?) -> Bool {
        if let own = self.account, own == account { return true }
        // Accounts have their names for themselves, and are not kept out for what a neighbour did.
        guard account == nil else { return false }
        if let network, let address, network.contains(address) { return true }
        return self.account == nil && self.look == look
    }
}
