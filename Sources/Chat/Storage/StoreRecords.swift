public import Accounts
public import Blobs
public import Bytes

/// The store's own number of one incarnation of a room: a room that is created again under the same id has another.
public struct RoomKey: Hashable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A room that is to be made.
public struct NewRoom: Sendable {
    public let id: RoomID
    public let info: RoomInfo
    /// An Argon2id hash; `nil` for a room that needs no password.
    public let passwordHash: String?
    /// The room's data key as a token under the server's master key.
    public let wrappedKey: [UInt8]
    /// The accounts that belong to it from the beginning.
    public let members: [AccountKey: RoomRole]
    /// How many rooms there may be with this one.
    public let most: Int

    public init(
        id: RoomID, info: RoomInfo, passwordHash: String?, wrappedKey: [UInt8], members: [AccountKey: RoomRole] = [:],
        most: Int
    ) {
        self.id = id
        self.info = info
        self.members = members
        self.passwordHash = passwordHash
        self.wrappedKey = wrappedKey
        self.most = most
    }
}

/// What the store knows of a room.
public struct RoomRecord: Sendable {
    public let key: RoomKey
    public let id: RoomID
    public let info: RoomInfo
    public let passwordHash: String?
    public let wrappedKey: [UInt8]
    /// How often what opened the room was made useless.
    public let epoch: Int64
    /// Milliseconds since 1970.
    public let created: Int64
    /// The sequence of the newest message there ever was; 0 where there was none.
    public var lastSequence: Int64 = 0
    public var hasFiles = false
    /// Grows with each change of a message.
    public var revision: Int64 = 0
    public var verified: [VerifiedNetwork] = []
    public var sanctions: [Sanction] = []

    public init(
        key: RoomKey, id: RoomID, info: RoomInfo, passwordHash: String?, wrappedKey: [UInt8], epoch: Int64 = 0,
        created: Int64
    ) {
        self.key = key
        self.id = id
        self.info = info
        self.passwordHash = passwordHash
        self.wrappedKey = wrappedKey
        self.epoch = epoch
        self.created = created
    }
}

/// A network that a room lets in.
public struct VerifiedNetwork: Sendable, Equatable {
    public let network: CIDR
    /// Milliseconds since 1970 at which that ends; `Int64.max` for never.
    public let until: Int64
    /// Who let it in; `nil` where the password did.
    public let moderator: UserID?

    public init(_ network: CIDR, until: Int64, by moderator: UserID? = nil) {
        self.network = network
        self.until = until
        self.moderator = moderator
    }
}

/// A message that is to be appended to its room.
public struct MessageDraft: Sendable {
    public let room: Room
    public let author: Author
    /// What is stored: the text as a Fernet token under the room's key.
    public let token: [UInt8]
    public let clientID: String?
    /// The text itself, never stored: the committed event hands it on, so that nobody has to open the token again.
    public let text: String
    /// The connection that it came by, if it came by one; handed on in the event.
    public let origin: String?
    /// What it answers.
    public var links = MessageLinks()
    /// What the names look like that it mentions.
    public var mentions: [String] = []
    /// Files that are to belong to it.
    public var attachments: [AttachmentDraft] = []
    /// Files of its author that wait in the room, and are to belong to it.
    public var uploads: [BlobID] = []
    /// How many bytes files may have with these.
    public var fileSpace = ChatLimits().fileSpace

    public init(room: Room, author: Author, token: [UInt8], clientID: String?, text: String, origin: String?) {
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
    /// `nil` where it was not kept.
    public let person: PersonID?
    public let token: [UInt8]
    public let clientID: String?
    public var reactions: [Reaction]
    public let marks: MessageMarks
    public var attachments: [StoredAttachment] = []

    public init(
        place: MessagePlace, author: UserID, person: PersonID?, token: [UInt8], clientID: String?,
        reactions: [Reaction] = [], marks: MessageMarks = MessageMarks()
    ) {
        self.place = place
        self.author = author
        self.person = person
        self.token = token
        self.clientID = clientID
        self.reactions = reactions
        self.marks = marks
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
    public var operation = ReactionOperation.toggle

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
    /// Of the room, from then on; 0 where nothing has changed.
    public var revision: Int64 = 0

    public init(place: MessagePlace, reactions: [Reaction], spelling: MessageSpelling? = nil) {
        self.place = place
        self.reactions = reactions
        self.spelling = spelling
    }
}
