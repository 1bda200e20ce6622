import Chat
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        "12345", "unique_room_id", "a", "Été", "комната", "部屋", "a b", "🎉", "❤\u{fe0f}", "a.b-c/d", "x%2e", "<b>",
    ])
    func `what can be seen can be an id`(_ text: String) throws {
        #expect(try RoomID(text).text == text)
        #expect(try UserID(text).text == text)
    }

    @Test(arguments: [
        "", " ", " a", "a ", "a\n", "a\tb", "a\0", "\u{7f}", "a\u{fffd}b", "a\u{200b}b", "a\u{202e}b", "a\u{200d}b",
        "\u{feff}a",
        "a\u{ad}b",
        "\u{3164}", "a\u{2028}b", "a\u{a0}b", "a\u{fe0f}", "\u{e000}", "a\u{34f}b", "\u{115f}",
    ])
    func `what cannot be seen cannot`(_ text: String) {
        #expect(throws: ChatError.invalid(.roomID(longest: 64))) { try RoomID(text) }
        #expect(throws: ChatError.invalid(.userID(longest: 64))) { try UserID(text) }
    }

    @Test func `one spelling stands for all that look the same`() throws {
        #expect(try RoomID("Caf\u{65}\u{301}").text.utf8.elementsEqual("Caf\u{e9}".utf8))
        #expect(try RoomID("\u{212b}").text.utf8.elementsEqual("\u{c5}".utf8))
        #expect(try RoomID("Room") != RoomID("room"))
    }

    @Test func `64 characters are an id, 65 are not`() throws {
        for letter in ["a", "é", "🎉"] {
            #expect(try RoomID(String(repeating: letter, count: 64)).text.count == 64)
            #expect(throws: ChatError.invalid(.roomID(longest: 64))) {
                try RoomID(String(repeating: letter, count: 65))
            }
            #expect(throws: ChatError.invalid(.userID(longest: 64))) {
                try UserID(String(repeating: letter, count: 65))
            }
        }
        var limits = ChatLimits()
        limits.roomIDLength = 3
        limits.userIDLength = 4
        #expect(throws: ChatError.invalid(.roomID(longest: 3))) { try RoomID("abcd", limits: limits) }
        #expect(throws: ChatError.invalid(.userID(longest: 4))) { try UserID("abcde", limits: limits) }
    }

    @Test(arguments: [
        "ws", "all_messages", "chat_list", "partnerinfo", "create", "public", "joined", "search", "new", "WS", "New",
    ])
    func `ids that paths use are reserved for rooms`(_ text: String) {
        #expect(throws: ChatError.invalid(.reservedRoomID)) { try RoomID(text) }
    }

    @Test(arguments: ["profile", "presence", "username", "password", "search", "admin", "system", "Admin", "SYSTEM"])
    func `names that paths use or that pass for the server are reserved`(_ text: String) {
        #expect(throws: ChatError.invalid(.reservedUserID)) { try UserID(text) }
    }

    @Test(arguments: [
        ("7", MessageReference.id(MessageID(rawValue: 7))), ("0", .id(MessageID(rawValue: 0))),
        ("msg_12", .id(MessageID(rawValue: 12))), ("999999999999", .id(MessageID(rawValue: 999_999_999_999))),
        ("1000000000000", .timestamp(1_000_000_000_000)), ("msg_1700000000000", .timestamp(1_700_000_000_000)),
    ])
    func `a message is named by its id or its timestamp`(_ text: String, _ reference: MessageReference) throws {
        #expect(try MessageReference(text) == reference)
    }

    @Test(arguments: [
        "", "msg_", "-1", "+1", "1.0", "1e3", "0x1", " 1", "9999999999999999999", "msg_msg_1", "abc", "１",
    ])
    func `anything else names none`(_ text: String) {
        #expect(throws: ChatError.invalid(.messageReference)) { try MessageReference(text) }
    }

    @Test func `a negative number names none`() {
        #expect(throws: ChatError.invalid(.messageReference)) { try MessageReference(-1) }
    }
}
