public import Settings

extension AppSettings {
    static let chat: [any SettingDeclaration] = [
        lobbyGuests, messageLength, messagesPerRoom, historyDefault, historyMost, historyBytes, missedMost,
        missedBytes, rooms, roomIDLength, userIDLength, shortestPassword, passwordLength, clientIDLength,
        reactionLength, reactionsPerMessage, membersPerReaction, listedReactors, listedNames,
        announcementInterval, announcementBurst, membersPerRoom, connectionsPerRoom, roomsPerConnection,
        roomsLeftPerConnection, verifiedAddresses, verifiedAddressTime, roomTokenTime, guestTokenTime, cachedRooms,
        writeQueue, readQueue, pageQueue, pagesPerAddress, passwordQueue,
    ]

    public static let lobbyGuests = Setting(
        "chat.lobby-guests", key: "lobby-guests", .boolean, default: true,
        "Whether guests may read and write the lobby, the one room without a password.")

    public static let messageLength = Setting(
        "chat.message-length", key: "message-length", .integer(1...1_000_000), default: 5000,
        "Characters of a message.", atLimit: "The message is refused.")

    public static let messagesPerRoom = Setting(
        "chat.messages-per-room", key: "messages-per-room", .integer(1...100_000_000), default: 10_000,
        "Messages that a room keeps.", atLimit: "The oldest are deleted.")

    public static let historyDefault = Setting(
        "chat.history-default", key: "history-default", .integer(1...100_000), default: 100,
        "Messages of a page of history, where a client asks for no number.")

    public static let historyMost = Setting(
        "chat.history-most", key: "history-most", .integer(1...100_000), default: 1000,
        "Messages of a page of history.", atLimit: "The page has as many as this.")

    public static let historyBytes = Setting(
        "chat.history-bytes", key: "history-bytes", .bytes(1...(1 << 30)), default: 1 << 20,
        "The size of a page of history.",
        atLimit: "The page ends early, with at least one message; `X-Has-More` says that there are further ones.")

    public static let missedMost = Setting(
        "chat.missed-most", key: "missed-most", .integer(0...100_000), default: 200,
        "Messages that one who comes back to a room is sent.", atLimit: "The newest are sent.")

    public static let missedBytes = Setting(
        "chat.missed-bytes", key: "missed-bytes", .bytes(1...(1 << 30)), default: 256 << 10,
        "The size of the texts in them.", atLimit: "The newest are sent, at least one.")

    public static let rooms = Setting(
        "chat.rooms", key: "rooms", .integer(1...100_000_000), default: 100_000, "Rooms in all.",
        atLimit: "A new room is refused.")

    public static let roomIDLength = Setting(
        "chat.room-id-length", key: "room-id-length", .integer(1...1000), default: 64, "Characters of a room's id.",
        atLimit: "The request is refused.")

    public static let userIDLength = Setting(
        "chat.user-id-length", key: "user-id-length", .integer(1...1000), default: 64, "Characters of a user's id.",
        atLimit: "The request is refused.")

    public static let shortestPassword = Setting(
        "chat.shortest-password", key: "shortest-password", .integer(1...128), default: 1,
        "Characters that a room's password has at least.", atLimit: "The room is not made.")

    public static let passwordLength = Setting(
        "chat.password-length", key: "password-length", .integer(1...1024), default: 128,
        "Characters of a room's password.", atLimit: "The request is refused.")

    public static let clientIDLength = Setting(
        "chat.client-id-length", key: "client-id-length", .bytes(1...1024), default: 64,
        "The length of the id that a client gives a message.", atLimit: "The message is refused.")

    public static let reactionLength = Setting(
        "chat.reaction-length", key: "reaction-length", .bytes(1...1024), default: 64, "The length of a reaction.",
        atLimit: "The reaction is refused.")

    public static let reactionsPerMessage = Setting(
        "chat.reactions-per-message", key: "reactions-per-message", .integer(1...10_000), default: 20,
        "Different reactions to one message.", atLimit: "The reaction is refused.")

    public static let membersPerReaction = Setting(
        "chat.members-per-reaction", key: "members-per-reaction", .integer(1...1_000_000), default: 1000,
        "Members who share one reaction to one message.", atLimit: "The reaction is refused.")

    public static let listedReactors = Setting(
        "chat.listed-reactors", key: "listed-reactors", .integer(1...1_000_000), default: 50,
        "Names in the list of who gave one reaction to one message.",
        atLimit: "The list ends; the count beside it is exact.")

    public static let listedNames = Setting(
        "chat.listed-names", key: "listed-names", .integer(1...1_000_000), default: 200,
        "Names in a list of who is online or typing.", atLimit: "The list ends; the count beside it is exact.")

    public static let announcementInterval = Setting(
        "chat.announcement-interval", key: "announcement-interval", .duration(.milliseconds(1) ... .seconds(60)),
        default: .milliseconds(250),
        "The time between two announcements to a room of who comes, goes and types, in the long run.",
        atLimit: "What happens in between is told together.")

    public static let announcementBurst = Setting(
        "chat.announcement-burst", key: "announcement-burst", .integer(1...1_000_000), default: 20,
        "Announcements to a room at once, after a rest.", atLimit: "What happens then is told together.")

    public static let membersPerRoom = Setting(
        "chat.members-per-room", key: "members-per-room", .integer(1...10_000_000), default: 10_000,
        "The most accounts that belong to one room.",
        atLimit: "Others are asked to see a moderator; anybody still enters an open room.")

    public static let connectionsPerRoom = Setting(
        "chat.connections-per-room", key: "connections-per-room", .integer(1...10_000_000), default: 100_000,
        "Connections in one room.", atLimit: "The join is refused.")

    public static let roomsPerConnection = Setting(
        "chat.rooms-per-connection", key: "rooms-per-connection", .integer(1...1_000_000), default: 100,
        "Rooms that one connection is in.", atLimit: "The join is refused.")

    public static let roomsLeftPerConnection = Setting(
        "chat.rooms-left-per-connection", key: "rooms-left-per-connection", .integer(0...1_000_000), default: 100,
        "Rooms that one connection has left and is still caught up on when it comes back.",
        atLimit: "A room left then is joined again as for the first time.")

    public static let verifiedAddresses = Setting(
        "chat.verified-addresses", key: "verified-addresses", .integer(1...1_000_000), default: 1000,
        "Verified addresses of one room.", atLimit: "The one that would end first is dropped.")

    public static let verifiedAddressTime = Setting(
        "chat.verified-address-time", key: "verified-address-time", .duration(.seconds(1) ... .seconds(365 * 86_400)),
        default: .seconds(86_400), "How long an address stays verified for a room.", atLimit: "The proof ends.")

    public static let roomTokenTime = Setting(
        "chat.room-token-time", key: "room-token-time", .duration(.seconds(1) ... .seconds(365 * 86_400)),
        default: .seconds(3600), "How long a room token is good.", atLimit: "The token is refused.")

    public static let guestTokenTime = Setting(
        "chat.guest-token-time", key: "guest-token-time", .duration(.seconds(1) ... .seconds(3650 * 86_400)),
        default: .seconds(30 * 86_400), "How long a guest keeps a name after the last join.",
        atLimit: "The name is free again.")

    public static let cachedRooms = Setting(
        "chat.cached-rooms", key: "cached-rooms", .integer(1...10_000_000), default: 10_000,
        "Rooms that nobody is in and that are kept at hand.",
        atLimit: "The one used longest ago is read again when needed.")

    public static let writeQueue = Setting(
        "chat.write-queue", key: "write-queue", .integer(1...1_000_000), default: 10_000,
        "Changes that wait for the database.", atLimit: "The change is refused: the server is busy.")

    public static let readQueue = Setting(
        "chat.read-queue", key: "read-queue", .integer(1...1_000_000), default: 10_000,
        "Joins and the like that wait for the database.", atLimit: "The request is refused: the server is busy.")

    public static let pageQueue = Setting(
        "chat.page-queue", key: "page-queue", .integer(1...1_000_000), default: 1000,
        "Pages of history that wait for the database.", atLimit: "503 with `Retry-After`.")

    public static let pagesPerAddress = Setting(
        "chat.pages-per-address", key: "pages-per-address", .integer(1...1_000_000), default: 100,
        "Pages of history that are being made for one address.", atLimit: "429 with `Retry-After`.")

    public static let passwordQueue = Setting(
        "chat.password-queue", key: "password-queue", .integer(1...100_000), default: 256,
        "Passwords that wait to be hashed.", atLimit: "The request is refused: the server is busy.")
}
