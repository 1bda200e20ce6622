public import Settings

extension AppSettings {
    static let messages: [any SettingDeclaration] = [
        messageTime, editTime, editsPerMessage, pinsPerRoom, mentionsPerMessage, readAtOnce, readersPerRoom,
        unreadMost, unreadRooms, mentionsMost, receiptAudience, typingTime, searchLength, searchDefault,
        searchMost, searchContext, searchScan, searchRooms, searches,
    ]

    public static let messageTime = Setting(
        "chat.message-time", key: "message-time",
        .optional(.duration(.seconds(1) ... .seconds(100 * 365 * 86_400))), default: nil,
        "How long rooms keep messages that have no rule of their own; for ever unless given.",
        atLimit: "The message is deleted, within a minute.")

    public static let editTime = Setting(
        "chat.edit-time", key: "edit-time", .duration(.seconds(0) ... .seconds(100 * 365 * 86_400)),
        default: .seconds(86_400), "How long after it was posted a message may be edited.",
        atLimit: "The edit is refused.")

    public static let editsPerMessage = Setting(
        "chat.edits-per-message", key: "edits-per-message", .integer(0...10_000), default: 20,
        "Edits of one message.", atLimit: "The edit is refused.")

    public static let pinsPerRoom = Setting(
        "chat.pins-per-room", key: "pins-per-room", .integer(0...10_000), default: 50, "Pinned messages of a room.",
        atLimit: "The pin is refused.")

    public static let mentionsPerMessage = Setting(
        "chat.mentions-per-message", key: "mentions-per-message", .integer(0...1000), default: 20,
        "Accounts that one message may name.", atLimit: "The others are not told.")

    public static let readAtOnce = Setting(
        "chat.read-at-once", key: "read-at-once", .integer(1...10_000), default: 200,
        "Messages that one says at once to have read.", atLimit: "The event is refused.")

    public static let readersPerRoom = Setting(
        "chat.readers-per-room", key: "readers-per-room", .integer(1...10_000_000), default: 10_000,
        "People of whom a room remembers what they have read.",
        atLimit: "The guest who read longest ago is forgotten.")

    public static let unreadMost = Setting(
        "chat.unread-most", key: "unread-most", .integer(1...100_000), default: 100,
        "Messages of a room that are looked at to count the unread.",
        atLimit: "The count ends; `is_more` says so.")

    public static let unreadRooms = Setting(
        "chat.unread-rooms", key: "unread-rooms", .integer(1...100_000), default: 200,
        "Rooms of a page of unread counts.", atLimit: "The page ends; `next` says where to go on.")

    public static let mentionsMost = Setting(
        "chat.mentions-most", key: "mentions-most", .integer(1...10_000), default: 100,
        "Messages of a page of mentions.", atLimit: "The request is refused.")

    public static let receiptAudience = Setting(
        "chat.receipt-audience", key: "receipt-audience", .integer(0...1_000_000), default: 100,
        "People online in a room who are told what the others have read.",
        atLimit: "In a room with more, nobody is told.")

    public static let typingTime = Setting(
        "chat.typing-time", key: "typing-time", .duration(.seconds(1) ... .seconds(3600)), default: .seconds(6),
        "How long somebody is typing who says no more of it.", atLimit: "They are typing no longer.")

    // MARK: Search

    public static let searchLength = Setting(
        "chat.search-length", key: "search-length", .integer(1...10_000), default: 200, "Characters of a search.",
        atLimit: "The search is refused.")

    public static let searchDefault = Setting(
        "chat.search-default", key: "search-default", .integer(1...10_000), default: 20,
        "Messages that a search gives, where a client asks for no number.")

    public static let searchMost = Setting(
        "chat.search-most", key: "search-most", .integer(1...10_000), default: 100,
        "Messages that a search gives at once.", atLimit: "The search is refused.")

    public static let searchContext = Setting(
        "chat.search-context", key: "search-context", .integer(0...100), default: 5,
        "Messages that are told before and after each that was found.", atLimit: "As many as this are told.")

    public static let searchScan = Setting(
        "chat.search-scan", key: "search-scan", .integer(1...1_000_000_000), default: 1_000_000,
        "Messages that one search looks at.", atLimit: "It gives what it found, and says from where to go on.")

    public static let searchRooms = Setting(
        "chat.search-rooms", key: "search-rooms", .integer(1...1_000_000), default: 1000,
        "Rooms that one search looks at.", atLimit: "Further ones are searched by naming them.")

    public static let searches = Setting(
        "chat.searches", key: "searches", .integer(1...10_000), default: 8, "Searches that run at a time.",
        atLimit: "503 with `Retry-After`.")
}
