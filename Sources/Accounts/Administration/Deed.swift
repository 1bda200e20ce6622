public import Bytes

/// What an administrator does, as it is noted: with the change itself, so that neither is there without the other.
public struct Deed: Sendable, Equatable {
    /// Something else worth knowing; never a secret.
    public struct Detail: Sendable, Equatable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What was done, such as `user.disabled`.
    public let action: String
    /// What it was done to: the id of an account or a room, or a network.
    public let target: String
    /// The account that did it.
    public let actor: UUID
    public let address: IPAddress?
    public let details: [Detail]
    public let reason: String?

    public init(
        _ action: String, target: String, by administrator: Administrator, details: [Detail] = [],
        reason: String? = nil
    ) {
        self.action = action
        self.target = target
        actor = administrator.identity.account.id
        address = administrator.address
        self.details = details
        self.reason = reason
    }
}

/// Somebody who was found to be an administrator, and where they ask from.
public struct Administrator: Sendable {
    public let identity: Identity
    public let address: IPAddress?

    public init(_ identity: Identity, from address: IPAddress?) throws(AccountError) {
        guard identity.account.role == .administrator else { throw .administratorNeeded }
        self.identity = identity
        self.address = address
    }
}
