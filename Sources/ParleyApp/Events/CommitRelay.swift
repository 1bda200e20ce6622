import Chat
import EventLoops
import JSON
import SocketIO

/// Hands what the store has committed to every loop, in the order of commit.
///
/// Called on the store's writer thread. One batch is one post to each loop, so everybody sees one order, and whoever waits
/// for the commit hears of it after the loops were told.
struct CommitRelay: Sendable {
    let namespace: Namespace
    let marks: [DeliveryMarks]
    /// How many people a room may have online for all of them to be told who has read what.
    let receiptAudience: Int
    /// Tells a room of somebody who is in it no longer.
    let depart: @Sendable (Membership) -> Void

    func committed(_ events: [CommittedEvent]) {
        var batch = namespace.makeBatch()
        for event in events {
            add(event, to: &batch)
            guard case .room(let room, let change) = event, !change.removed.isEmpty else { continue }
            // Before anything that comes later is handed to the room.
            batch.deliver()
            batch = namespace.makeBatch()
            remove(change.removed, from: room)
        }
        markDelivered(events, in: &batch)
        batch.deliver()
        for case .deleted(let room) in events {
            let channel = ChatEvents.channel(room)
            forgetEnded(in: [channel])
            namespace.in(channel).socketsLeave(channel)
        }
    }

    /// Notes on each loop how far the rooms have come, in the same turn in which the messages are delivered there: a leave
    /// in between would have what it was given brought again.
    private func markDelivered(_ events: [CommittedEvent], in batch: inout EventBatch) {
        var last: [RoomKey: Int64] = [:]
        for case .posted(let room, let message, _) in events { last[room.key] = message.sequence }
        guard !last.isEmpty else { return }
        batch.afterDelivery { [last, marks] loop in
            for (room, sequence) in last { marks[loop.index].delivered(sequence, in: room) }
        }
    }

    private func add(_ event: CommittedEvent, to batch: inout EventBatch) {
        switch event {
        case .posted(let room, let message, let origin): add(message, in: room, from: origin, to: &batch)
        case .reacted(let room, let update): add(update, in: room, to: &batch)
        case .changed(let room, let change): add(change, in: room, to: &batch)
        case .file(let room, let change): add(change, in: room, to: &batch)
        case .cleared(let room): add(notice: "The history of this room was cleared.", in: room, to: &batch)
        case .room(let room, let change): add(change, in: room, to: &batch)
        case .deleted(let room): add(notice: "This room was deleted.", in: room, to: &batch)
        }
    }

    /// The sender's own copy says `is_sent`.
    private func add(_ message: Message, in room: Room, from origin: String?, to batch: inout EventBatch) {
        let copies = MessageJSON(message: message, room: room.id).copies()
        var others = BroadcastTarget(rooms: RoomList(ChatEvents.channel(room)))
        if let origin {
            others.except.append(RoomList(origin))
            batch.emit(to: origin, "message", EncodedJSON(trusted: copies.own))
        }
        batch.emit(to: others, "message", EncodedJSON(trusted: copies.others))
    }

    private func add(_ update: ReactionUpdate, in room: Room, to batch: inout EventBatch) {
        let id = JSONValue.string(MessageJSON.id(of: update.place.id))
        let content: JSONValue = [
            // Pages find the message by what they have named it.
            "message_id": update.spelling?.json ?? id, "reactions": ReactionsJSON.names(update.reactions),
            "reaction_counts": ReactionsJSON.counts(update.reactions), "id": id,
            "timestamp": .integer(update.place.timestamp), "room": .string(room.id.text),
            "revision": .integer(update.revision),
        ]
        batch.emit(to: ChatEvents.channel(room), "reaction_update", content)
    }

    private func add(notice: String, in room: Room, to batch: inout EventBatch) {
        batch.emit(to: ChatEvents.channel(room), "status", ChatEvents.status(notice, in: room))
    }
}
