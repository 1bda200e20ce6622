public import Bytes

/// The store's own number of one incarnation of a room: a room that is created again under the same id has another.
public struct RoomKey: Hashable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A room that is to be made.
public struct NewRoom: Sendable {
    public let id: RoomID
    /// An Argon2id hash; `nil` for a room that needs no password.
    public let passwordHash: String?
    /// The room's data key as a token under the server's master key.
    public let wrappedKey: [UInt8]
    /// How many rooms there may be with this one.
    public let most: Int

    public init(id: RoomID, passwordHash: String?, wrappedKey: [UInt8], most: Int) {
        self.id = id
        self.passwordHash = passwordHash
        self.wrappedKey = wrappedKey
        self.most = most
    }
}

/// What the store knows of a room.
public struct RoomRecord: Sendable {
    public let key: RoomKey
    public let id: RoomID
    public let passwordHash: String?
    public let wrappedKey: [UInt8]
    /// The sequence of the newest message there ever was; 0 where there was none.
    public let lastSequence: Int64
    /// Addresses that were verified, each with the millisecond since 1970 at which that ends.
    public let verified: [IPAddress: Int64]

    public init(
        key: RoomKey, id: RoomID, passwordHash: String?, wrappedKey: [UInt8], lastSequence: Int64 = 0,
        verified: [IPAddress: Int64] = [:]
    ) {
        self.key = key
        self.id = id
        self.passwordHash = passwordHash
        self.wrappedKey = wrappedKey
        self.lastSequence = lastSequence
        self.verified = verified
    }
}

/// A message that is to be appended to its room.
public struct MessageDraft: Sendable {
    public let room: Room
    public let author: UserID
    /// What is stored: the text as a Fernet token under the room's key.
    public let token: [UInt8]
    public let clientID: String?
    /// The text itself, never stored: the committed event hands it on, so that nobody has to open the token again.
    public let text: String
    /// The connection that it came by, if it came by one; handed on in the event.
    public let origin: String?

    public init(room: Room, author: UserID, token: [UInt8], clientID: String?, text: String, origin: String?) {
        self.room = room
        self.author = author
        self.token = token
        self.clientID = clientID
        self.text = text
        self.origin = origin
    }
}

/// Where a message has its place.
public struct MessagePlace: Sendable, Equatable {
    public let id: MessageID
    public let sequence: Int64
    public let timestamp: Int64

    public init(id: MessageID, sequence: Int64, timestamp: Int64) {
        self.id = id
        self.sequence = sequence
        self.timestamp = timestamp
    }
}

/// A message as it lies in the store.
public struct StoredMessage: Sendable {
    public let place: MessagePlace
    public let author: UserID
    public let token: [UInt8]
    public let clientID: String?
    public var reactions: [Reaction]

    public init(
        place: MessagePlace, author: UserID, token: [UInt8], clientID: String?, reactions: [Reaction] = []
    ) {
        self.place = place
        self.author = author
        self.token = token
        self.clientID = clientID
        self.reactions = reactions
    }
}

/// A reaction that is to be given, or taken back by the one who gave it.
public struct ReactionDraft: Sendable {
    public let room: Room
    public let message: MessageReference
    public let user: UserID
    public let text: String
    /// How many kinds of reactions the message may have.
    public let mostKinds: Int
    /// How many users may share one kind.
    public let mostUsers: Int
    /// How many names of them the update has.
    public let mostListed: Int
    /// How the message was named; handed on in the update.
    public let spelling: MessageSpelling?

    public init(
        room: Room, message: MessageReference, user: UserID, text: String, mostKinds: Int, mostUsers: Int,
        mostListed: Int, spelling: MessageSpelling? = nil
    ) {
        self.room = room
        self.message = message
        self.user = user
        self.text = text
        self.mostKinds = mostKinds
        self.mostUsers = mostUsers
        self.mostListed = mostListed
        self.spelling = spelling
    }
}

/// All the reactions of one message after a change, with the names that are listed.
public struct ReactionUpdate: Sendable, Equatable {
    public let place: MessagePlace
    public let reactions: [Reaction]
    /// How the one who caused it named the message, where that is known.
    public let spelling: MessageSpelling?

    public init(place: MessagePlace, reactions: [Reaction], spelling: MessageSpelling? = nil) {
        self.place = place
        self.reactions = reactions
        self.spelling = spelling
    }
}
