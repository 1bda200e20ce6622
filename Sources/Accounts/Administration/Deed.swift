public import Bytes

/// What somebody does with a right over others, as it is noted: with the change itself, so that neither is there without
/// the other.
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

    /// Who does it, from where and by which means.
    public struct Actor: Sendable, Equatable {
        public enum Means: String, Sendable {
            /// A request over HTTP.
            case api
            /// An event over Socket.IO.
            case socket
            /// `parley` on the server's machine.
            case console
        }

        /// `nil` for who has none, and for the console.
        public let account: UUID?
        /// The name that a guest gives.
        public let name: String?
        public let address: IPAddress?
        public let means: Means

        public init(account: UUID?, name: String? = nil, from address: IPAddress?, by means: Means) {
            self.account = account
            self.name = name
            self.address = address
            self.means = means
        }
    }

    /// What was done, such as `user.changed`.
    public let action: String
    /// What it was done to: the id of an account or a room, or a network.
    public let target: String
    public let actor: Actor
    public let details: [Detail]
    public let reason: String?

    public init(
        _ action: String, target: String, by actor: Actor, details: [Detail] = [], reason: String? = nil
    ) {
        self.action = action
        self.target = target
        self.actor = actor
        self.details = details
        self.reason = reason
    }

    /// What somebody does who administers the server.
    public init(
        _ action: String, target: String, by authority: any Authority, details: [Detail] = [], reason: String? = nil
    ) {
        self.init(action, target: target, by: authority.actor, details: details, reason: reason)
    }
}

/// Somebody who may do to accounts what administrators may.
public protocol Authority: Sendable {
    var actor: Deed.Actor { get }
}

/// Somebody who was found to be an administrator, and where they ask from.
public struct Administrator: Authority {
    public let identity: Identity
    public let address: IPAddress?

    public init(_ identity: Identity, from address: IPAddress?) throws(AccountError) {
        guard identity.account.role == .administrator else { throw .administratorNeeded }
        self.identity = identity
        self.address = address
    }

    public var actor: Deed.Actor { Deed.Actor(account: identity.account.id, from: address, by: .api) }
}

/// Somebody who works on the server's machine, and may read and write its data there.
public struct ConsoleOperator: Authority {
    public init() {}

    public var actor: Deed.Actor { Deed.Actor(account: nil, from: nil, by: .console) }
}
