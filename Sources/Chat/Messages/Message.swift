/// The id of a message: unique on the server and never given twice, growing in the order of commit.
///
/// Always below 10^12, so that it is told from a timestamp and keeps its value in a JavaScript number.
public struct MessageID: Hashable, Sendable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (a: MessageID, b: MessageID) -> Bool { a.rawValue < b.rawValue }
}

extension MessageID: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

/// Who writes a message: the name that is shown, and who bears it.
public struct Author: Sendable, Equatable {
    public let user: UserID
    public let person: PersonID

    public init(user: UserID, person: PersonID) {
        self.user = user
        self.person = person
    }

    init(_ member: Membership) { self.init(user: member.user, person: member.person) }
}

/// One message of a room, opened.
public struct Message: Sendable, Equatable {
    public let id: MessageID
    /// The place in the room, from 1; what was cleared or pruned leaves its numbers unused.
    public let sequence: Int64
    /// Milliseconds since 1970; grows with every message of the room, so that it names one.
    public let timestamp: Int64
    public let author: UserID
    /// Who that was; `nil` for messages of a time in which it was not kept.
    public let person: PersonID?
    public let text: String
    /// What the sender called it, to be recognised when sent again.
    public let clientID: String?
    public var reactions: [Reaction]
    public var marks: MessageMarks
    public var attachments: [Attachment] = []

    public init(
        id: MessageID, sequence: Int64, timestamp: Int64, author: UserID, person: PersonID? = nil, text: String,
        clientID: String? = nil, reactions: [Reaction] = [], marks: MessageMarks = MessageMarks()
    ) {
        self.id = id
        self.sequence = sequence
        self.timestamp = timestamp
        self.author = author
        self.person = person
        self.text = text
        self.clientID = clientID
        self.reactions = reactions
        self.marks = marks
    }

    /// Where it lies.
    public var place: MessagePlace { MessagePlace(id: id, sequence: sequence, timestamp: timestamp) }
}

/// One kind of reaction to a message, and who gave it, in the order in which they did.
public struct Reaction: Sendable, Equatable {
    public let text: String
    /// The first of them; as many as are listed.
    public var users: [UserID]
    /// How many there are.
    public var count: Int

    /// - Parameter count: how many gave it, where not all are listed.
    public init(text: String, users: [UserID], count: Int? = nil) {
        self.text = text
        self.users = users
        self.count = count ?? users.count
    }
}

/// How somebody wrote the name of a message, so that the answer can repeat it to the letter.
public enum MessageSpelling: Sendable, Equatable {
    case text(String)
    case number(Int64)
}

/// How a message is named from outside.
public enum MessageReference: Hashable, Sendable {
    case id(MessageID)
    /// The message's timestamp, which is unique within its room.
    case timestamp(Int64)

    /// The least timestamp: 2001-09-09, a million times beyond the first ids.
    static let leastTimestamp: Int64 = 1_000_000_000_000

    /// Reads a number: one of 10^12 or more is a timestamp, a smaller one an id.
    public init(_ number: Int64) throws(ChatError) {
        guard number >= 0 else { throw .invalid(.messageReference) }
        self = number >= Self.leastTimestamp ? .timestamp(number) : .id(MessageID(rawValue: number))
    }

    /// Reads decimal digits, with or without `msg_` before them.
    public init(_ text: String) throws(ChatError) {
        let digits = text.hasPrefix("msg_") ? text.dropFirst(4) : text[...]
        guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits)
        else { throw .invalid(.messageReference) }
        try self.init(number)
    }
}

extension MessageReference {
    /// Whether this names the message at `place`.
    public func names(_ place: MessagePlace) -> Bool {
        switch self {
        case .id(let id): place.id == id
        case .timestamp(let timestamp): place.timestamp == timestamp
        }
    }

    /// Whether what this names comes before `place`.
    public func isBefore(_ place: MessagePlace) -> Bool {
        switch self {
        case .id(let id): id < place.id
        case .timestamp(let timestamp): timestamp < place.timestamp
        }
    }
}
