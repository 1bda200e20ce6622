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
        switch message.person?.kind {
        case .bot: out.append(contentsOf: #","bot":true"#.utf8)
        case .webhook: out.append(contentsOf: #","bot":true,"webhook":true"#.utf8)
        case .human, nil: break
        }
        if let clientID = message.clientID {
            out.append(contentsOf: #","client_id":"#.utf8)
            JSONPrinter.append(string: clientID, to: &out)
        }
        for member in belongings + (withReactions ? reactions : []) + (isNative ? details : []) {
            out.append(contentsOf: ",\"\(member.name)\":".utf8)
            JSONPrinter.append(member.value, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// What it belongs to, that it was edited, and its files.
    var belongings: [JSONValue.Member] { links + files }

    /// What it belongs to, and that it was edited; most messages have nothing of it.
    private var links: [JSONValue.Member] {
        var links: [JSONValue.Member] = []
        let marks = message.marks
        if let replyTo = marks.replyTo { links.append(.init("reply_to", .string(Self.id(of: replyTo)))) }
        if let thread = marks.thread { links.append(.init("thread", .string(Self.id(of: thread)))) }
        if let edited = marks.edited { links.append(.init("edited_at", AccountJSON.time(edited))) }
        return links
    }

    /// Its files; `media` is one that came inside it, as clients of the dialect send it.
    private var files: [JSONValue.Member] {
        if message.attachments.isEmpty { return [] }
        let list = message.attachments.map { FileJSON($0, in: room).native }
        var files = [JSONValue.Member("attachments", .array(list))]
        if let media = message.attachments.first(where: \.facts.isMedia) {
            files.append(.init("media", FileJSON(media, in: room).media))
        }
        return files
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
    private(set) var text: [UInt8]
    /// What it was made of, where that has media whose data have yet to be read.
    private var source: Source?

    private struct Source {
        let message: Message
        let room: Room
        let isSent: Bool
        let isNative: Bool
    }

    /// With the comma or bracket behind it.
    var byteCount: Int { text.count + 1 }

    /// - Parameters:
    ///   - reader: who asks, to be told which messages are their own.
    ///   - isNative: whether as the native API shows it.
    ///   - source: the room itself, for data of media to be added.
    init(
        _ message: Message, of room: RoomID, reader: String?, isNative: Bool = false, from source: Room? = nil
    ) {
        let isSent = message.author.text == reader
        text = MessageJSON(message: message, room: room)
            .encoded(isSent: isSent, withReactions: true, isNative: isNative)
        if let source, message.attachments.contains(where: \.facts.isMedia) {
            self.source = Source(message: message, room: source, isSent: isSent, isNative: isNative)
        }
    }

    /// With the data of its media, where they have at most so many bytes; says how many.
    nonisolated(nonsending) mutating func addMedia(_ chat: Chat, upTo most: Int) async -> Int {
        guard let source else { return 0 }
        let former = text.count
        let messages = await chat.withMedia([source.message], in: source.room, upTo: most)
        for message in messages {
            text = MessageJSON(message: message, room: source.room.id)
                .encoded(isSent: source.isSent, withReactions: true, isNative: source.isNative)
        }
        return text.count - former
    }
}

extension HistoryPage<HistoryEntry> {
    /// Adds the data of media to the newest messages, as long as the page keeps to twice its bytes.
    nonisolated(nonsending) mutating func addMedia(_ chat: Chat) async {
        var left = chat.options.limits.historyBytes
        for index in entries.indices.reversed() { left -= await entries[index].addMedia(chat, upTo: left) }
    }

    /// The text of an array.
    var json: [UInt8] { entries.json }
}

extension [HistoryEntry] {
    /// The text of an array.
    var json: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(reduce(2) { $0 + $1.byteCount })
        out.append(UInt8(ascii: "["))
        for (index, entry) in enumerated() {
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
