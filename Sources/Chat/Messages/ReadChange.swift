public import Accounts

/// How far somebody has read a room from now on.
public struct ReadChange: Sendable, Equatable {
    public let user: UserID
    public let person: PersonID
    /// `nil` for a guest.
    public let account: AccountKey?
    /// The sequence of the last message that they have read; 0 for none.
    public let sequence: Int64
    /// What that was before.
    public let former: Int64
    /// Whether others are told.
    public let isPublic: Bool
    /// The messages that were named and had not been read before, as they were named.
    public let messages: [MessageSpelling]
    /// Milliseconds since 1970.
    public let time: Int64

    public init(
        user: UserID, person: PersonID, account: AccountKey?, sequence: Int64, former: Int64, isPublic: Bool,
        messages: [MessageSpelling], time: Int64
    ) {
        self.user = user
        self.person = person
        self.account = account
        self.sequence = sequence
        self.former = former
        self.isPublic = isPublic
        self.messages = messages
        self.time = time
    }
}

/// How far somebody is to have read.
public enum ReadTarget: Sendable {
    /// Up to a sequence; never back.
    case upTo(Int64)
    /// As if a message and those behind it had not been seen.
    case unreadFrom(Int64)
    /// Up to the newest of these messages, each with how it was named.
    case messages([(sequence: Int64, spelling: MessageSpelling)])
}

/// A place in a room that somebody has come to.
public struct ReadDraft: Sendable {
    public let room: Room
    public let author: Author
    public let account: AccountKey?
    public let target: ReadTarget
    /// How many people a room remembers this of; beyond, guests are forgotten.
    public let most: Int
}

/// How far somebody has read, as others are told.
public struct ReadMark: Sendable, Equatable {
    public let user: UserID
    public let person: PersonID
    public let sequence: Int64
    /// Milliseconds since 1970.
    public let time: Int64

    public init(user: UserID, person: PersonID, sequence: Int64, time: Int64) {
        self.user = user
        self.person = person
        self.sequence = sequence
        self.time = time
    }
}

/// What an account has not seen of a room that it belongs to.
public struct UnreadRoom: Sendable, Equatable {
    public let room: RoomID
    /// The sequence of the last message that was read.
    public let read: Int64
    /// The sequence of the room's last message.
    public let last: Int64
    /// How many messages of others came after it; `most` stands for any number from there on.
    public let count: Int64
    /// How many of them name the account.
    public let mentions: Int64

    public init(room: RoomID, read: Int64, last: Int64, count: Int64, mentions: Int64) {
        self.room = room
        self.read = read
        self.last = last
        self.count = count
        self.mentions = mentions
    }
}

/// A message that names an account, as it lies in the store.
public struct StoredMention: Sendable {
    public let room: RoomID
    public let message: StoredMessage

    public init(room: RoomID, message: StoredMessage) {
        self.room = room
        self.message = message
    }
}

/// Messages that name somebody, the newest first.
public struct MentionPage: Sendable {
    public let entries: [(room: Room, message: Message)]
    /// From where to ask for earlier ones; `nil` where there are none.
    public let next: MessageID?
}
