import Bytes
import Chat
import JSON
import SocketIO

// What those in a room hear of changes of the room itself.

extension CommitRelay {
    func add(_ change: RoomUpdate, in room: Room, to batch: inout EventBatch) {
        let channel = ChatEvents.channel(room)
        switch change {
        case .configured(let info): batch.emit(to: channel, "room_updated", RoomJSON.info(info, of: room.id))
        case .passwordChanged:
            batch.emit(
                to: channel, "status", ChatEvents.status("The password of this room was changed.", in: room))
        case .enrolled(let member): batch.emit(to: channel, "member_updated", named(RoomJSON.member(member), room))
        case .roleChanged(let member, let role):
            let content = role.map { RoomJSON.member(member, role: $0) } ?? ["user": .string(member.user.text)]
            batch.emit(to: channel, role == nil ? "member_left" : "member_updated", named(content, room))
        case .sanctioned(let sanction) where sanction.kind == .mute:
            batch.emit(to: channel, "muted", named(.object(RoomJSON.publicMembers(of: sanction)), room))
        case .pardoned(let sanction) where sanction.kind == .mute:
            batch.emit(to: channel, "unmuted", named(["user": .string(sanction.user.text)], room))
        case .sanctioned, .pardoned: break
        case .expelled(let expulsion, let members): add(expulsion, of: members, in: room, to: &batch)
        case .nameLost(let cause, let members):
            tell(members, of: room, cause.rawValue, cause.description, by: nil, in: &batch)
        case .addressPending(let address, let moderators):
            // A target without rooms is everybody.
            guard !moderators.isEmpty else { break }
            let channels = RoomList(moderators.map { ChatEvents.channel(ofAccount: $0) })
            batch.emit(
                to: BroadcastTarget(rooms: channels), "ip_pending", named(RoomJSON.pending(address), room))
        case .addressAdmitted(_, let waiting):
            for network in waiting {
                batch.emit(
                    to: ChatEvents.channel(ofWaiting: network, for: room), "ip_approved", named(.object([]), room))
            }
        case .addressRevoked(_, let members): tell(members, of: room, "revoked", "", by: nil, in: &batch)
        }
    }

    private func add(
        _ expulsion: Expulsion, of members: [Membership], in room: Room, to batch: inout EventBatch
    ) {
        tell(members, of: room, expulsion.cause.rawValue, expulsion.reason, by: expulsion.moderator, in: &batch)
    }

    /// Tells those who are out why.
    private func tell(
        _ members: [Membership], of room: Room, _ cause: String, _ reason: String, by moderator: UserID?,
        in batch: inout EventBatch
    ) {
        guard !members.isEmpty else { return }
        let content: JSONValue = [
            "room": .string(room.id.text), "cause": .string(cause), "reason": .string(reason),
            "by": moderator.map { .string($0.text) } ?? .null,
        ]
        batch.emit(
            to: BroadcastTarget(rooms: RoomList(members.map(\.connection))), "removed_from_room", content)
    }

    /// Takes connections out of a room in which they have no place any more.
    func remove(_ members: [Membership], from room: Room) {
        namespace.in(members.map(\.connection)).socketsLeave(ChatEvents.channel(room))
        forgetEnded(in: members.map(\.connection))
        for member in members { depart(member) }
    }

    /// Has connections forget the places that they had.
    func forgetEnded(in channels: [String]) {
        namespace.forEachSocket(in: channels) { $0.storage[ChatEvents.SessionKey.self]?.forgetEnded() }
    }

    private func named(_ content: JSONValue, _ room: Room) -> JSONValue {
        guard case .object(let members) = content else { return content }
        return .object([.init("room", .string(room.id.text))] + members)
    }
}

extension RoomUpdate {
    /// The connections that are in the room no longer for it.
    var removed: [Membership] {
        switch self {
        case .expelled(_, let members), .addressRevoked(_, let members), .nameLost(_, let members): members
        default: []
        }
    }
}
