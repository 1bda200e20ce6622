/// The bounds of the chat. Each is a setting of the program; here are their names and defaults.
public struct ChatLimits: Sendable, Equatable {
    /// The longest room id, in Unicode scalars.
    public var roomIDLength = 64
    /// The longest user id, in Unicode scalars.
    public var userIDLength = 64
    /// The longest message, in Unicode scalars.
    public var textLength = 5_000
    /// The longest reaction, in bytes of UTF-8.
    public var reactionBytes = 64
    /// The longest room password, in Unicode scalars.
    public var passwordLength = 128
    /// The shortest room password, in Unicode scalars.
    public var shortestPassword = 1
    /// The longest client id of a message, in bytes of UTF-8.
    public var clientIDBytes = 64
    /// The most rooms there may be.
    public var rooms = 100_000
    /// How many of its newest messages a room keeps.
    public var messagesPerRoom = 10_000
    /// How many different reactions one message may have.
    public var reactionsPerMessage = 20
    /// How many members may share one reaction on one message.
    public var membersPerReaction = 1_000
    /// For how long after it was posted its author may edit a message, in seconds.
    public var editTime: Int64 = 24 * 3600
    /// How often a message may be edited.
    public var editsPerMessage = 20
    /// How many pinned messages a room may have.
    public var pinsPerRoom = 50
    /// How many accounts one message may name; others in it are not told.
    public var mentionsPerMessage = 20
    /// How many messages one may say at once to have read.
    public var readAtOnce = 200
    /// How many people a room remembers what they have read of; beyond, those guests are forgotten who read longest ago.
    public var readersPerRoom = 10_000
    /// How far unread messages of a room are counted.
    public var unreadMost = 100
    /// How many rooms a page of unread counts has at most.
    public var unreadRooms = 200
    /// How many mentions a page of them has at most.
    public var mentionsMost = 100
    /// The longest search, in Unicode scalars.
    public var searchLength = 200
    /// How many messages a search gives where none is asked for.
    public var searchDefault = 20
    /// The most messages that a search gives.
    public var searchMost = 100
    /// How many messages are told before and after each that was found.
    public var searchContext = 5
    /// How many messages one search looks at.
    public var searchScan = 1_000_000
    /// How many rooms one search looks at.
    public var searchRooms = 1_000
    /// How many searches run at a time.
    public var searches = 8
    /// How many messages a page of history has where none is asked for.
    public var historyDefault = 100
    /// The most messages a page of history may have.
    public var historyMost = 1_000
    /// The most bytes a page of history may have; it then has fewer messages, the ones nearest to where it begins.
    public var historyBytes = 1 << 20
    /// How many missed messages, the newest, are delivered at most when a member comes back.
    public var missedMost = 200
    /// The most bytes of missed messages, the newest, that are delivered when a member comes back.
    public var missedBytes = 256 << 10
    /// How many names a list of who is online or typing has at most. The count beside it is always exact.
    public var listedNames = 200
    /// How many names of those who gave one reaction to one message are told at most. The count beside them is exact.
    public var listedReactors = 50
    /// The most bytes of one file.
    public var fileBytes = 25_000_000
    /// The most bytes of all files of a room, and of all files.
    public var fileSpace = FileSpace(room: 1_000_000_000, server: 10_000_000_000)
    /// Which files are taken, by their content.
    public var fileTypes = FileTypes.all
    /// How many uploads may be under way at a time.
    public var uploads = 64
    /// How many of one person.
    public var uploadsPerPerson = 3
    /// How many files one message may bring that were uploaded before it.
    public var filesPerMessage = 10
    /// How many files of one person may wait for their messages.
    public var pendingFilesPerPerson = 20
    /// How long a file may wait for its message, in seconds.
    public var pendingFileTime: Int64 = 3600
    /// How many files a list of them has at most.
    public var listedFiles = 100
    /// The longest name of a room, in Unicode scalars.
    public var roomNameLength = 100
    /// The longest topic of a room, and the longest reason of a moderator, in Unicode scalars.
    public var topicLength = 500
    /// The longest avatar, in Unicode scalars.
    public var avatarLength = 500
    /// The most profiles of guests.
    public var profiles = 100_000
    /// The most others in a conversation.
    public var conversationSize = 20
    /// The most bans and mutes of one room.
    public var sanctionsPerRoom = 1_000
    /// How many messages go in one transaction when a ban removes what somebody wrote.
    public var removedAtOnce = 500
    /// The most invitations of one room.
    public var invitationsPerRoom = 100
    /// The most webhooks of one room, of each kind.
    public var webhooksPerRoom = 20
    /// With so many failures in a row an outgoing webhook is told nothing any more.
    public var webhookFailures: Int64 = 12
    /// When an attempt that failed is made again.
    public var webhookRetries = RetrySchedule(first: 10_000, longest: 3_600_000)
    /// How many deliveries of an outgoing webhook are kept that have ended.
    public var keptDeliveries = 100
    /// The most people who wait to be let into one room; beyond, those who came first are forgotten.
    public var pendingAddresses = 1_000
    /// How many rooms or members a page of a list has at most.
    public var listedRooms = 200
    /// The most accounts that belong to one room.
    public var membersPerRoom = 10_000
    /// The most connections in one room.
    public var connectionsPerRoom = 100_000
    /// The most verified addresses of one room; beyond, those that end first are dropped.
    public var verifiedAddresses = 1_000
    /// How long an address stays verified, in seconds.
    public var verifiedAddressLifetime: Int64 = 24 * 3600
    /// How long a room token is good for, in seconds.
    public var roomTokenLifetime: Int64 = 3600
    /// How long a guest keeps the right to a name after the last join, in seconds.
    public var guestTokenLifetime: Int64 = 30 * 24 * 3600
    /// How many wrong passwords one address may try on one room within `passwordWindow`.
    public var passwordFailures = 10
    /// How many wrong passwords one address may try on all rooms together, those that there are not included, within
    /// `passwordWindow`: each costs a slow hash.
    public var passwordFailuresPerAddress = 100
    /// How long wrong passwords are remembered, in seconds.
    public var passwordWindow: Int64 = 600
    /// How many addresses, and pairs of room and address, with wrong passwords are remembered at once.
    public var passwordRecords = 100_000
    /// How many changes with a right over others one account, or one address without an account, may make within a minute:
    /// each is noted for ever.
    public var deedsPerMinute = 120
    /// How many rooms that nobody is in are kept at hand.
    public var cachedRooms = 10_000

    /// The defaults.
    public init() {}
}
