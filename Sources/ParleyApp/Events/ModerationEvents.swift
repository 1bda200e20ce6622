import Accounts
import Chat
import JSON
import SocketIO

// What moderators do over Socket.IO. Each names the `room`, and is acknowledged with `{"status":"success"}` and what came
// of it; those in the room hear of it by the events of `CommitRelay`.

extension ChatEvents {
    /// The events of moderators and owners, by their names.
    static let moderation: [(String, Moderation)] = [
        ("kick", .sanction(.kick)), ("ban", .sanction(.ban)), ("mute", .sanction(.mute)), ("unban", .pardon(.ban)),
        ("unmute", .pardon(.mute)), ("set_role", .setRole), ("approve_ip", .approve), ("revoke_ip", .revoke),
        ("list_ips", .addresses), ("list_members", .members),
    ]

    enum Moderation: Sendable {
        case sanction(Sanction.Kind)
        case pardon(Sanction.Kind)
        case setRole
        case approve
        case revoke
        case addresses
        case members
    }

    nonisolated(nonsending) func moderate(_ event: SocketEvent, _ action: Moderation) async {
        let payload = ChatPayload(event)
        guard let session = session(of: event.socket), let room = payload.text(.room) else {
            return refuse(event, "Name the room: send an object with `room`.")
        }
        await session.order.untilJoined()
        do throws(AccountError) {
            var caller = Caller(
                try await person(of: event, payload, session) ?? .anonymous, proof: proof(of: event, payload))
            caller.means = .socket
            await carryOut(action, in: room, for: caller, event)
        } catch {
            refuse(event, error)
        }
    }

    private nonisolated(nonsending) func carryOut(
        _ action: Moderation, in room: String, for caller: Caller, _ event: SocketEvent
    ) async {
        do throws(ChatError) {
            let result = try await result(of: action, in: room, for: caller, event)
            event.acknowledge(
                JSONValue.object([.init("status", "success"), .init("room", .string(room))] + result))
        } catch {
            refuse(event, error.description, [.init("error", .string(APIError(error).code))])
        }
    }

    private nonisolated(nonsending) func result(
        of action: Moderation, in room: String, for caller: Caller, _ event: SocketEvent
    ) async throws(ChatError) -> [JSONValue.Member] {
        let target = event.text("target") ?? ""
        switch action {
        case .sanction(let kind):
            var request = SanctionRequest(kind, target, reason: event.text("reason") ?? "")
            request.seconds = try event.seconds(or: .sanction)
            request.removedSeconds = try .init(removal: event.value(member: "remove_messages", of: 0))
            request.includesAddress = event.value(member: "address", of: 0)?.boolValue ?? false
            let done = try await chat.sanction(request, in: room, for: caller)
            return [.init("sanction", RoomJSON.sanction(done))]
        case .pardon(let kind): try await chat.pardon(kind, of: target, in: room, for: caller)
        case .setRole:
            guard let role = event.text("role").flatMap({ RoomRole(rawValue: $0) }) else { throw .invalid(.role) }
            try await chat.setRole(role, of: target, in: room, for: caller)
        case .approve:
            let done = try await chat.admit(
                event.text("ip") ?? "", to: room, seconds: event.seconds(or: .addressLifetime),
                for: caller)
            return [.init("address", RoomJSON.verified(done))]
        case .revoke: try await chat.revoke(event.text("ip") ?? "", in: room, for: caller)
        case .addresses:
            let found = try await chat.addresses(of: room, for: caller)
            return [
                .init("verified", .array(found.verified.map(RoomJSON.verified))),
                .init("pending", .array(found.pending.map(RoomJSON.pending))),
            ]
        case .members:
            let members = try await chat.members(of: room, after: event.text("after"), for: caller)
            return [.init("members", .array(members.map { RoomJSON.member($0) }))]
        }
        return []
    }
}

extension SocketEvent {
    /// A member that only events of moderators have: a text and not empty.
    fileprivate func text(_ name: String) -> String? {
        string(member: name, of: 0).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `nil` where there is none; what is no whole number is refused, and not taken for ever.
    fileprivate func seconds(or kind: InvalidDuration) throws(ChatError) -> Int64? {
        switch value(member: "seconds", of: 0) {
        case nil, .null?: return nil
        case .integer(let number)?: return number
        default: throw .invalid(.duration(kind))
        }
    }
}
