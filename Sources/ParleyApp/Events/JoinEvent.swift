import Accounts
import Bytes
import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `join {room, user_id, password?, token?, guest_token?}`: brings the connection into a room.
    ///
    /// What was missed since the connection left the room comes first, as `message` events, then the acknowledgement.
    nonisolated(nonsending) func join(_ event: SocketEvent) async {
        guard let session = session(of: event.socket) else { return }
        let payload = ChatPayload(event)
        guard let room = payload.text(.room) else { return refuse(event, Self.joinNeeds) }
        await session.order.joinBegan()
        defer { session.order.joinEnded() }
        guard event.socket.isConnected else { return }
        do throws(AccountError) {
            guard let person = try await person(of: event, payload, session) else {
                return refuse(event, Self.joinNeeds)
            }
            await join(room, as: person, proof(of: event, payload), session, event)
        } catch {
            refuse(event, error)
        }
    }

    private nonisolated(nonsending) func join(
        _ room: String, as person: Person, _ proof: Proof, _ session: ClientSession, _ event: SocketEvent
    ) async {
        let (socket, caller) = (event.socket, Caller(person, proof: proof))
        do throws(ChatError) {
            let id = try RoomID(room, limits: chat.options.limits)
            let name = try person.name(chat.options.limits)
            // One name a room for each connection: to come under another is to leave first.
            if let present = session.membership(in: id.text), present.user != name { leave(present, session, socket) }
            guard session.roomCount < roomsPerConnection || session.membership(in: id.text) != nil else {
                return refuse(event, "You are in \(session.roomCount) rooms already: leave one of them first.")
            }
            let departure = session.departure(from: id.text)
            let request = JoinRequest(
                room: room, caller: caller, after: departure?.sequence,
                connection: socket.id)
            let result = try await chat.join(request)
            // What was left may have been a room of the same id that is there no longer.
            let isReturn = departure?.room == result.membership.room.key
            await enter(result, missed: isReturn ? result.missed : [], session, event)
            await listFiles(for: result.membership, to: socket)
        } catch .accessDenied(.addressPending) {
            await wait(for: room, caller, event)
        } catch {
            refuse(event, error)
        }
    }

    private static let joinNeeds = "Send `room` and `user_id` to join a room."

    /// The account of the connection; or a guest of the name that the event gives, `nil` where it gives none.
    nonisolated(nonsending) func person(
        of event: SocketEvent, _ payload: ChatPayload, _ session: ClientSession
    ) async throws(AccountError) -> Person? {
        if let identity = try await identity(of: event, payload, session) {
            return .account(identity.account)
        }
        return payload.text(.user).map { .guest(name: $0, token: payload.text(.guestToken)) }
    }

    /// The password or token of the event or the handshake, and the address.
    func proof(of event: SocketEvent, _ payload: ChatPayload) -> Proof {
        let handshake = event.socket.handshake
        return Proof(
            password: payload.text(.password) ?? handshake.auth.text("password"),
            token: shownTokens(event, payload).first { !accounts.isAccessToken($0) },
            address: IPAddress(handshake.address))
    }

    /// Brings the connection into the room in the very moment in which what was missed has been delivered to the others:
    /// before, it would be given some of it twice, and later, miss what came in between.
    private nonisolated(nonsending) func enter(
        _ result: JoinResult, missed: [Message], _ session: ClientSession, _ event: SocketEvent
    ) async {
        let marks = marks[event.socket.loop.index]
        await withCheckedContinuation { continuation in
            marks.whenDelivered(missed.last?.sequence ?? 0, in: result.membership.room.key) {
                if event.socket.isConnected, result.membership.isActive {
                    admit(result, missed: missed, session, event)
                } else if event.socket.isConnected {
                    // A moderator was faster.
                    refuse(event, ChatError.accessDenied(.notMember))
                } else {
                    // The connection went while the join was under way.
                    depart(result.membership)
                }
                continuation.resume()
            }
        }
    }

    /// `files_list {room, files[]}` to one who has joined a room with files. Not before, for while it is looked up the room
    /// goes on.
    private nonisolated(nonsending) func listFiles(for member: Membership, to socket: Socket) async {
        guard member.room.mayHaveFiles, let page = try? await chat.files(for: member), !page.files.isEmpty,
            socket.isConnected, member.isActive
        else { return }
        let content: JSONValue = [
            "room": .string(member.room.id.text), "files": FileJSON.list(page, in: member.room.id),
        ]
        socket.emit("files_list", content)
    }

    private func admit(_ result: JoinResult, missed: [Message], _ session: ClientSession, _ event: SocketEvent) {
        let (socket, membership) = (event.socket, result.membership)
        let room = membership.room
        session.entered(membership, after: max(result.lastSequence, missed.last?.sequence ?? 0))
        socket.allowFullPayload()
        socket.join(Self.channel(room))
        for message in missed {
            let json = MessageJSON(message: message, room: room.id)
            socket.emit("message", EncodedJSON(trusted: json.encoded(isSent: message.author == membership.user)))
        }
        announce(.joined(membership.user, isNew: result.isNew, connection: socket.id), in: room)
        var answer: [JSONValue.Member] = [
            .init("status", "success"), .init("room", .string(room.id.text)),
            .init("user_id", .string(membership.user.text)),
        ]
        if let token = result.guestToken { answer.append(.init("guest_token", .string(token))) }
        answer.append(.init("online", result.online.json))
        answer.append(.init("count", JSONValue(result.online.count)))
        answer.append(.init("revision", .integer(result.revision)))
        event.acknowledge(JSONValue.object(answer))
    }
}
