import Chat
import JSON
import SocketIO

/// A message as clients of the Socket.IO dialect read it: the union of the keys of all its revisions.
struct MessageJSON {
    let message: Message
    let room: RoomID

    /// The `id` of a message on the wire.
    static func id(of id: MessageID) -> String { "msg_\(id)" }

    /// - Parameters:
    ///   - isSent: whether the reader is the sender.
    ///   - withReactions: history tells them; the event of a new message has none to tell.
    ///   - isNative: whether all is told that the native API knows.
    func encoded(isSent: Bool, withReactions: Bool = false, isNative: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.text.utf8.count + 256)
        appendStart(to: &out)
        appendEnd(to: &out, isSent: isSent, withReactions: withReactions, isNative: isNative)
        return out
    }

    /// What the sender is told of a new message, and what the others are: they differ in one member.
    func copies() -> (own: [UInt8], others: [UInt8]) {
        var own: [UInt8] = []
        own.reserveCapacity(message.text.utf8.count + 256)
        appendStart(to: &own)
        var others = own
        appendEnd(to: &own, isSent: true)
        appendEnd(to: &others, isSent: false)
        return (own, others)
    }

    /// What is the same for all readers.
    private func appendStart(to out: inout [UInt8]) {
        let moment = Moment(message.timestamp)
        out.append(contentsOf: #"{"id":""#.utf8)
        out.append(contentsOf: Self.id(of: message.id).utf8)
        out.append(contentsOf: #"","room":"#.utf8)
        JSONPrinter.append(string: room.text, to: &out)
        out.append(contentsOf: #","user_id":"#.utf8)
        JSONPrinter.append(string: message.author.text, to: &out)
        out.append(contentsOf: #","username":"#.utf8)
        JSONPrinter.append(string: message.author.text, to: &out)
        out.append(contentsOf: #","message":"#.utf8)
        JSONPrinter.append(string: message.text, to: &out)
        out.append(contentsOf: #","timestamp":"#.utf8)
        out.append(contentsOf: String(message.timestamp).utf8)
        out.append(contentsOf: #","date":""#.utf8)
        out.append(contentsOf: moment.date.utf8)
        out.append(contentsOf: #"","time":""#.utf8)
        out.append(contentsOf: moment.time.utf8)
        out.append(UInt8(ascii: "\""))
    }

    private func appendEnd(
        to out: inout [UInt8], isSent: Bool, withReactions: Bool = false, isNative: Bool = false
    ) {
        out.append(contentsOf: (isSent ? #","is_sent":true"# : #","is_sent":false"#).utf8)
        if let clientID = message.clientID {
            out.append(contentsOf: #","client_id":"#.utf8)
            JSONPrinter.append(string: clientID, to: &out)
        }
        for member in links + (withReactions ? reactions : []) + (isNative ? details : []) {
            out.append(contentsOf: ",\"\(member.name)\":".utf8)
            JSONPrinter.append(member.value, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// What it belongs to, and that it was edited; most messages have nothing of it.
    private var links: [JSONValue.Member] {
        var links: [JSONValue.Member] = []
        let marks = message.marks
        if let replyTo = marks.replyTo { links.append(.init("reply_to", .string(Self.id(of: replyTo)))) }
        if let thread = marks.thread { links.append(.init("thread", .string(Self.id(of: thread)))) }
        if let edited = marks.edited { links.append(.init("edited_at", AccountJSON.time(edited))) }
        return links
    }

    private var reactions: [JSONValue.Member] {
        [
            .init("reactions", ReactionsJSON.names(message.reactions)),
            .init("reaction_counts", ReactionsJSON.counts(message.reactions)),
        ]
    }

    private var details: [JSONValue.Member] {
        let marks = message.marks
        var details: [JSONValue.Member] = [
            .init("sequence", .integer(message.sequence)),
            .init("author_id", message.person.map { .string($0.description) } ?? .null),
            .init("pinned", .bool(marks.isPinned)), .init("deleted", .bool(marks.deleted != nil)),
        ]
        if let deleted = marks.deleted { details.append(.init("deleted_at", AccountJSON.time(deleted))) }
        if let answers = marks.answers {
            details.append(.init("replies", .integer(answers.count)))
            details.append(.init("last_reply_at", AccountJSON.time(answers.last)))
        }
        return details
    }
}

/// A message of a page of history, as its text.
struct HistoryEntry: PageEntry {
    let text: [UInt8]

    /// With the comma or bracket behind it.
    var byteCount: Int { text.count + 1 }

    /// - Parameter reader: who asks, to be told which messages are their own.
    init(_ message: Message, of room: RoomID, reader: String?) {
        text = MessageJSON(message: message, room: room)
            .encoded(isSent: message.author.text == reader, withReactions: true)
    }

    /// As the native API shows it.
    init(native message: Message, of room: RoomID, reader: String?) {
        text = MessageJSON(message: message, room: room)
            .encoded(isSent: message.author.text == reader, withReactions: true, isNative: true)
    }
}

extension HistoryPage<HistoryEntry> {
    /// The text of an array.
    var json: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(entries.reduce(2) { $0 + $1.byteCount })
        out.append(UInt8(ascii: "["))
        for (index, entry) in entries.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: entry.text)
        }
        out.append(UInt8(ascii: "]"))
        return out
    }
}

enum ReactionsJSON {
    /// Who gave which: `{"👍":["u1","u2"]}`. Of many not all are named.
    static func names(_ reactions: [Reaction]) -> JSONValue {
        .object(reactions.map { JSONValue.Member($0.text, .array($0.users.map { .string($0.text) })) })
    }

    /// How many gave which: `{"👍":2}`.
    static func counts(_ reactions: [Reaction]) -> JSONValue {
        .object(reactions.map { JSONValue.Member($0.text, JSONValue($0.count)) })
    }
}
