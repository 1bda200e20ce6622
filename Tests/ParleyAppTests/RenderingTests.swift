import Chat
import JSON
import Testing

@testable import ParleyApp

@Suite("What a message looks like") struct RenderingTests {
    private static func message(_ text: String = "hello", clientID: String? = nil, reactions: [Reaction] = [])
        -> Message
    {
        Message(
            id: MessageID(rawValue: 7), sequence: 3, timestamp: 1_795_158_120_123, author: UserID(trusted: "ann"),
            text: text, clientID: clientID, reactions: reactions)
    }

    private static func text(_ message: Message, isSent: Bool = false, withReactions: Bool = false) -> String {
        let bytes = MessageJSON(message: message, room: RoomID(trusted: "r"))
            .encoded(isSent: isSent, withReactions: withReactions)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let plain =
        #"{"id":"msg_7","room":"r","user_id":"ann","username":"ann","message":"hello","timestamp":1795158120123,"#
        + #""date":"2026-11-20","time":"07:02 AM","is_sent":"#

    @Test func `a message has the keys of all revisions`() {
        #expect(Self.text(Self.message()) == Self.plain + "false}")
        #expect(Self.text(Self.message(), isSent: true) == Self.plain + "true}")
    }

    @Test func `what the sender called it comes back to everybody`() {
        #expect(Self.text(Self.message(clientID: "c\"1")) == Self.plain + #"false,"client_id":"c\"1"}"#)
    }

    @Test func `history tells the reactions, in order, also where there are none`() {
        let thumbs = Reaction(text: "👍", users: [UserID(trusted: "bob"), UserID(trusted: "cy")])
        let heart = Reaction(text: "\"", users: [UserID(trusted: "ann")])
        #expect(
            Self.text(Self.message(reactions: [thumbs, heart]), withReactions: true)
                == Self.plain + #"false,"reactions":{"👍":["bob","cy"],"\"":["ann"]},"reaction_counts":{"👍":2,"\"":1}}"#)
        #expect(
            Self.text(Self.message(), withReactions: true) == Self.plain
                + #"false,"reactions":{},"reaction_counts":{}}"#)
    }

    @Test(arguments: [
        "\"", "\\", "</script>", "a\nb\r\t\u{0}\u{1f}\u{7f}", "\u{2028}\u{2029}", "κόσμε 😀 e\u{301}", "🏳️‍🌈",
    ])
    func `any text is read as it was written`(text: String) throws {
        let author = UserID(trusted: text)
        let message = Message(
            id: MessageID(rawValue: .max), sequence: 1, timestamp: 0, author: author, text: text, clientID: text,
            reactions: [Reaction(text: text, users: [author])])
        let bytes = MessageJSON(message: message, room: RoomID(trusted: text)).encoded(
            isSent: true, withReactions: true)
        let value = try JSONParser.parse(bytes)
        for name in ["room", "user_id", "username", "message", "client_id"] {
            #expect(value[name]?.stringValue == text, "\(name)")
        }
        #expect(value["reactions"]?[text] == [.string(text)])
        #expect(value["id"] == "msg_9223372036854775807")
    }

    @Test func `the sender's copy and the others' differ in whose message it is`() {
        let message = Self.message(clientID: "c")
        let (own, others) = MessageJSON(message: message, room: RoomID(trusted: "r")).copies()
        #expect(String(decoding: own, as: UTF8.self) == Self.text(message, isSent: true))
        #expect(String(decoding: others, as: UTF8.self) == Self.text(message, isSent: false))
    }

    @Test func `a page of history is an array in which the reader's own are marked`() throws {
        let room = RoomID(trusted: "r")
        #expect(HistoryPage<HistoryEntry>(entries: [], hasMore: false).json == Array("[]".utf8))
        for (reader, isSent) in [("ann", true), ("Ann", false), (nil, false)] as [(String?, Bool)] {
            let entries = (0..<2).map { _ in HistoryEntry(Self.message(), of: room, reader: reader) }
            let text = HistoryPage(entries: entries, hasMore: false).json
            #expect(text.count == entries.reduce(1) { $0 + $1.byteCount })
            let page = try JSONParser.parse(text)
            #expect(page.arrayValue?.map { $0["is_sent"] } == [.bool(isSent), .bool(isSent)])
            #expect(page[1]?["reactions"] == .object([]))
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01", "12:00 AM"), (59_999, "1970-01-01", "12:00 AM"), (60_000, "1970-01-01", "12:01 AM"),
            (43_199_999, "1970-01-01", "11:59 AM"), (43_200_000, "1970-01-01", "12:00 PM"),
            (46_800_000, "1970-01-01", "01:00 PM"), (86_399_999, "1970-01-01", "11:59 PM"),
            (86_400_000, "1970-01-02", "12:00 AM"), (951_782_400_000, "2000-02-29", "12:00 AM"),
            (951_868_800_000, "2000-03-01", "12:00 AM"), (1_709_164_800_000, "2024-02-29", "12:00 AM"),
            (1_735_689_599_999, "2024-12-31", "11:59 PM"), (4_107_542_400_000, "2100-03-01", "12:00 AM"),
            (4_107_456_000_000, "2100-02-28", "12:00 AM"), (253_402_300_799_999, "9999-12-31", "11:59 PM"),
        ] as [(Int64, String, String)])
    func `an instant has a date and a time of day in UTC`(milliseconds: Int64, date: String, time: String) {
        let moment = Moment(milliseconds)
        #expect(moment.date == date)
        #expect(moment.time == time)
    }
}
