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
    func encoded(isSent: Bool, withReactions: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(message.text.utf8.count + 256)
        append(to: &out, isSent: isSent, withReactions: withReactions)
        return out
    }

    /// What the sender is told of a new message, and what the others are: they differ in one member.
    func copies() -> (own: [UInt8], others: [UInt8]) {
        var own: [UInt8] = []
        own.reserveCapacity(message.text.utf8.count + 256)
        appendStart(to: &own)
        var others = own
        appendEnd(to: &own, isSent: true, withReactions: false)
        appendEnd(to: &others, isSent: false, withReactions: false)
        return (own, others)
    }

    func append(to out: inout [UInt8], isSent: Bool, withReactions: Bool) {
        appendStart(to: &out)
        appendEnd(to: &out, isSent: isSent, withReactions: withReactions)
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

    private func appendEnd(to out: inout [UInt8], isSent: Bool, withReactions: Bool) {
        out.append(contentsOf: (isSent ? #","is_sent":true"# : #","is_sent":false"#).utf8)
        if let clientID = message.clientID {
            out.append(contentsOf: #","client_id":"#.utf8)
            JSONPrinter.append(string: clientID, to: &out)
        }
        if withReactions {
            out.append(contentsOf: #","reactions":"#.utf8)
            JSONPrinter.append(ReactionsJSON.names(message.reactions), to: &out)
            out.append(contentsOf: #","reaction_counts":"#.utf8)
            JSONPrinter.append(ReactionsJSON.counts(message.reactions), to: &out)
        }
        out.append(UInt8(ascii: "}"))
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
