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
            JSONPrinter.append(ReactionsJSON.value(message.reactions), to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// A page of history as the text of an array.
    static func page(_ messages: [Message], of room: RoomID, reader: String?) -> [UInt8] {
        var out: [UInt8] = [UInt8(ascii: "[")]
        for (index, message) in messages.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            MessageJSON(message: message, room: room)
                .append(to: &out, isSent: message.author.text == reader, withReactions: true)
        }
        out.append(UInt8(ascii: "]"))
        return out
    }
}

/// Reactions as `{"👍":["u1","u2"]}`.
enum ReactionsJSON {
    static func value(_ reactions: [Reaction]) -> JSONValue {
        .object(reactions.map { JSONValue.Member($0.text, .array($0.users.map { .string($0.text) })) })
    }
}
