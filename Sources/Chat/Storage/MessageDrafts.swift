public import Accounts

/// A text that is to take the place of another.
public struct EditDraft: Sendable {
    public let room: Room
    public let message: MessageReference
    public let author: Author
    /// The new text as a token under the room's key.
    public let token: [UInt8]
    /// Never stored; handed on in the event.
    public let text: String
    /// What the names look like that it mentions.
    public let mentions: [String]
    /// For how long after it was posted a message may be edited, in seconds.
    public let longest: Int64
    /// How often it may be.
    public let most: Int
    /// How many names of each reaction the event has.
    public let listedReactors: Int
}

/// A message that is to go.
public struct RemovalDraft: Sendable {
    public let room: Room
    public let message: MessageReference
    public let author: Author
    /// Whether it may be somebody else's.
    public let isModerator: Bool
    /// Noted where it is somebody else's, or a reason was given.
    public let deed: Deed?
}

/// A message that is to be pinned, or no longer.
public struct PinDraft: Sendable {
    public let room: Room
    public let message: MessageReference
    public let user: UserID
    public let isPinned: Bool
    /// How many a room may have.
    public let most: Int
}

/// What a message said before an edit.
public struct StoredVersion: Sendable {
    /// Milliseconds since 1970.
    public let until: Int64
    public let token: [UInt8]

    public init(until: Int64, token: [UInt8]) {
        self.until = until
        self.token = token
    }
}

/// A pinned message as it lies in the store.
public struct StoredPin: Sendable {
    public let message: StoredMessage
    public let user: UserID
    /// Milliseconds since 1970.
    public let pinned: Int64

    public init(message: StoredMessage, user: UserID, pinned: Int64) {
        self.message = message
        self.user = user
        self.pinned = pinned
    }
}
