public import Bytes

/// A way into a room for what another program has to say.
public struct IncomingWebhook: Sendable, Equatable {
    public let id: UUID
    /// What it speaks as, where a message names nobody else.
    public let name: UserID
    /// Who made it.
    public let moderator: UserID
    /// Milliseconds since 1970.
    public let created: Int64

    public init(id: UUID, name: UserID, by moderator: UserID, at created: Int64) {
        self.id = id
        self.name = name
        self.moderator = moderator
        self.created = created
    }
}

/// An incoming webhook and its secret, which is told once and kept nowhere.
public struct NewIncomingWebhook: Sendable {
    public let webhook: IncomingWebhook
    public let secret: String
}

/// An incoming webhook as it lies in the store.
public struct StoredIncomingWebhook: Sendable {
    public let webhook: IncomingWebhook
    /// The SHA-256 of its secret.
    public let digest: [UInt8]
    public let room: RoomID

    public init(webhook: IncomingWebhook, digest: [UInt8], room: RoomID) {
        self.webhook = webhook
        self.digest = digest
        self.room = room
    }
}

/// What happens in a room that another program can be told of.
public enum WebhookEvent: String, Sendable, CaseIterable {
    case message
    case messageEdited = "message_edited"
    case messageDeleted = "message_deleted"
    case reaction
    /// An account belongs to the room from now on, or no longer.
    case memberJoined = "member_joined"
    case memberLeft = "member_left"

    /// What stands for it in the store; never given to another.
    public var number: Int64 {
        switch self {
        case .message: 0
        case .messageEdited: 1
        case .messageDeleted: 2
        case .reaction: 3
        case .memberJoined: 4
        case .memberLeft: 5
        }
    }

    /// Whether it is about a message that can be read when it is told.
    public var hasMessage: Bool { self == .message || self == .messageEdited || self == .reaction }
}

/// A program that is told what happens in a room.
public struct OutgoingWebhook: Sendable, Equatable {
    public let id: UUID
    public let name: String
    public let url: String
    public let events: Set<WebhookEvent>
    /// Who made it.
    public let moderator: UserID
    /// Milliseconds since 1970.
    public let created: Int64
    /// Attempts that failed since the last that did not.
    public let failures: Int64
    /// Why it is told nothing any more; `nil` where it is.
    public let disabled: String?
}

/// An outgoing webhook and the key of its signatures, which is told once.
public struct NewOutgoingWebhook: Sendable {
    public let webhook: OutgoingWebhook
    public let secret: String
}

/// An outgoing webhook as it lies in the store.
public struct StoredOutgoingWebhook: Sendable {
    public let id: UUID
    public let name: String
    /// Fernet tokens under the room's key.
    public let url: [UInt8]
    public let secret: [UInt8]
    public let events: Set<WebhookEvent>
    public let moderator: UserID
    public let created: Int64
    public var failures: Int64 = 0
    public var disabled: String?

    public init(
        id: UUID, name: String, url: [UInt8], secret: [UInt8], events: Set<WebhookEvent>, by moderator: UserID,
        at created: Int64
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.secret = secret
        self.events = events
        self.moderator = moderator
        self.created = created
    }
}

/// What is to be changed about an outgoing webhook; `nil` stays as it is.
public struct WebhookChange: Sendable {
    public var name: String?
    public var url: String?
    public var events: Set<WebhookEvent>?
    public var isEnabled: Bool?

    public init() {}
}

/// The same as it is stored.
public struct StoredWebhookChange: Sendable {
    public let name: String?
    public let url: [UInt8]?
    public let events: Set<WebhookEvent>?
    /// Where it is told nothing from now on, why; an empty one where it is told again.
    public let disabled: String?

    public init(name: String?, url: [UInt8]?, events: Set<WebhookEvent>?, disabled: String?) {
        self.name = name
        self.url = url
        self.events = events
        self.disabled = disabled
    }
}
