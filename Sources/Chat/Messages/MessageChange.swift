/// What became of messages that had been posted.
public enum MessageChange: Sendable, Equatable {
    /// - Parameter revision: of the room, from then on.
    case edited(Message, revision: Int64)
    case removed(Removal)
    case pinned(PinChange)
    /// Accounts that a message names, told once for each.
    case mentioned(Message, [PersonID])
    case read(ReadChange)
}

extension MessageChange {
    /// The room's revision from then on; `nil` for what leaves the message as it was.
    public var revision: Int64? {
        switch self {
        case .edited(_, let revision): revision
        case .removed(let removal): removal.revision
        case .pinned(let pin): pin.revision
        case .mentioned, .read: nil
        }
    }
}

/// A message that is gone.
public struct Removal: Sendable, Equatable {
    public let place: MessagePlace
    /// Who removed it.
    public let user: UserID
    /// Whether that was a moderator, and somebody else's message.
    public let isByModerator: Bool
    /// Of the room, from then on.
    public let revision: Int64

    public init(place: MessagePlace, user: UserID, isByModerator: Bool, revision: Int64) {
        self.place = place
        self.user = user
        self.isByModerator = isByModerator
        self.revision = revision
    }
}

/// A message that was pinned, or is no longer.
public struct PinChange: Sendable, Equatable {
    public let place: MessagePlace
    public let user: UserID
    public let isPinned: Bool
    /// Whether it was otherwise before.
    public let isNews: Bool
    /// Of the room, from then on; 0 where nothing has changed.
    public var revision: Int64 = 0

    public init(place: MessagePlace, user: UserID, isPinned: Bool, isNews: Bool) {
        self.place = place
        self.user = user
        self.isPinned = isPinned
        self.isNews = isNews
    }
}

/// One form of a text that was replaced by a later one.
public struct MessageVersion: Sendable, Equatable {
    /// Until when the message said this, in milliseconds since 1970.
    public let until: Int64
    public let text: String
}

/// A message that moderators keep in sight.
public struct PinnedMessage: Sendable, Equatable {
    public let message: Message
    public let user: UserID
    /// Milliseconds since 1970.
    public let pinned: Int64
}

/// What one who gives a reaction wants.
public enum ReactionOperation: Sendable {
    /// To give it, or to take it back where it was given.
    case toggle
    case add
    case remove
}
