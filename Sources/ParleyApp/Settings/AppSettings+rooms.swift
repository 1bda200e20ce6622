public import Settings

extension AppSettings {
    static let roomBounds: [any SettingDeclaration] = [
        roomNameLength, topicLength, avatarLength, profiles, conversationSize, sanctionsPerRoom, invitationsPerRoom,
        pendingAddresses, listedRooms,
    ]

    public static let roomNameLength = Setting(
        "chat.room-name-length", key: "room-name-length", .integer(1...1_000), default: 100,
        "Characters of a room's name.", atLimit: "The name is refused.")

    public static let topicLength = Setting(
        "chat.topic-length", key: "topic-length", .integer(1...10_000), default: 500,
        "Characters of a topic, and of a moderator's reason.", atLimit: "The text is refused.")

    public static let avatarLength = Setting(
        "chat.avatar-length", key: "avatar-length", .integer(1...10_000), default: 500,
        "Characters of an avatar: a few letters, or the address of a picture.", atLimit: "The avatar is refused.")

    public static let profiles = Setting(
        "chat.profiles", key: "profiles", .integer(0...100_000_000), default: 100_000,
        "Profiles of guests.", atLimit: "No further guest can have one.")

    public static let conversationSize = Setting(
        "chat.conversation-size", key: "conversation-size", .integer(1...1_000), default: 20,
        "Others in a conversation.", atLimit: "The conversation is refused.")

    public static let sanctionsPerRoom = Setting(
        "chat.sanctions-per-room", key: "sanctions-per-room", .integer(1...1_000_000), default: 1_000,
        "Bans and mutes of one room.", atLimit: "A moderator is asked to lift some first.")

    public static let invitationsPerRoom = Setting(
        "chat.invitations-per-room", key: "invitations-per-room", .integer(1...1_000_000), default: 100,
        "Invitations to one room.", atLimit: "A moderator is asked to withdraw some first.")

    public static let pendingAddresses = Setting(
        "chat.pending-addresses", key: "pending-addresses", .integer(1...1_000_000), default: 1_000,
        "People who wait for their address to be let into one room.", atLimit: "Those who came first are forgotten.")

    public static let listedRooms = Setting(
        "chat.listed-rooms", key: "listed-rooms", .integer(1...100_000), default: 200,
        "Rooms, or members, of a page of a list.", atLimit: "The list goes on on the next page.")
}
