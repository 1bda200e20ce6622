import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `message {room, user_id, message, client_id?, reply_to?, thread?, media?, attachments?}`: acknowledged once it is
    /// durable and on its way to everybody. `attachments` are the ids of files that were uploaded before.
    nonisolated(nonsending) func message(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .message) else { return }
        let (hasMedia, hasFiles) = (payload.isGiven(.media), payload.isGiven(.attachments))
        guard let text = payload.string(.message) ?? (hasMedia || hasFiles ? "" : nil) else {
            return refuse(event, "Send the text as `message`.")
        }
        if hasMedia, hasFiles { return refuse(event, "Send `media` or `attachments`, and not both in one message.") }
        do throws(ChatError) {
            let links = MessageLinks(replyTo: try payload.link(.replyTo), thread: try payload.link(.thread))
            let clientID = payload.text(.clientID)
            let message: Message
            if hasMedia {
                let media = try MessageMedia(event.value(member: "media", of: 0))
                message = try await chat.post(text, media: media, clientID: clientID, links: links, by: membership)
            } else {
                let files = hasFiles ? try [String](files: event.value(member: "attachments", of: 0)) : []
                message = try await chat.post(text, files: files, clientID: clientID, links: links, by: membership)
            }
            await ownCopy(of: message, membership, event.socket)
            event.acknowledge(
                [
                    "status": "success", "message_id": .string(MessageJSON.id(of: message.id)),
                    "timestamp": .integer(message.timestamp),
                ] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }

    /// Returns when the sender has been given its own copy of a message, which comes before the acknowledgement.
    private nonisolated(nonsending) func ownCopy(
        of message: Message, _ membership: Membership, _ socket: Socket
    ) async {
        let (marks, room) = (marks[socket.loop.index], membership.room.key)
        guard marks.sequence(of: room) < message.sequence else { return }
        await withCheckedContinuation { continuation in
            marks.whenDelivered(message.sequence, in: room) { continuation.resume() }
        }
    }
}

extension ChatPayload {
    /// A message that is named by its id or timestamp, or not at all.
    fileprivate func link(_ member: Member) throws(ChatError) -> MessageReference? {
        guard isGiven(member) else { return nil }
        guard let spelling = spelling(member) else { throw .invalid(.messageReference) }
        return try spelling.reference
    }
}

extension [String] {
    /// The files that a client names by their ids; none where it names none.
    init(files value: JSONValue?) throws(ChatError) {
        self = []
        guard let value, value != .null else { return }
        guard case .array(let names) = value else { throw .invalid(.fileNames) }
        for name in names {
            guard let name = name.stringValue else { throw .invalid(.fileNames) }
            append(name)
        }
    }
}

extension MessageLinks {
    /// Of what a client names, each by id or timestamp, or not at all.
    init(_ replyTo: JSONValue?, _ thread: JSONValue?) throws(ChatError) {
        self.init(replyTo: try Self.reference(replyTo), thread: try Self.reference(thread))
    }

    private static func reference(_ value: JSONValue?) throws(ChatError) -> MessageReference? {
        guard let value, value != .null else { return nil }
        guard let spelling = MessageSpelling(value) else { throw .invalid(.messageReference) }
        return try spelling.reference
    }
}
