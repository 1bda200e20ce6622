import Accounts
public import Bytes

/// Who somebody is, beyond a name that others may bear later: an account's id, or what a guest token stands for.
public struct PersonID: Hashable, Sendable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }
}

extension PersonID {
    /// What somebody is; told by the id itself, so that no message costs a look-up.
    public enum Kind: Sendable {
        /// An account of a person, or a guest.
        case human
        /// An account of a program.
        case bot
        /// A way into a room for what another program has to say.
        case webhook
    }

    /// What the ids of webhooks are told by.
    static let webhookMark: UInt16 = 2

    public var kind: Kind {
        switch uuid.mark {
        case Account.botMark: .bot
        case Self.webhookMark: .webhook
        default: .human
        }
    }
}

extension PersonID: CustomStringConvertible {
    public var description: String { uuid.description }
}
