public import Bytes

extension Chat {
    /// Checks a room's password: the right one gives a token and verifies the caller's address.
    ///
    /// A missing room is `roomNotFound` here, as the wire documents it.
    public func verify(
        room id: String, password: String, from address: IPAddress?, by person: Person = .anonymous
    ) async throws(ChatError) -> RoomPass {
        let caller = Caller(person, proof: Proof(password: password, address: address))
        let room = try await authorizeOrNotFound(.verify, in: id, for: caller)
        if let address, room.info.addressRule == .trust {
            _ = try await admit(CIDR(subscriberOf: address), to: room)
        }
        return RoomPass(
            room: room.id, token: try tokens.roomToken(for: room), lifetime: limits.roomTokenLifetime)
    }

    /// Removes all messages of a room.
    public func clear(_ id: String, reason: String = "", for caller: Caller) async throws(ChatError) {
        let reason = try check(reason: reason)
        let room = try await authorize(.clear, in: id, for: caller).room
        let deed = try deed("room.cleared", in: room, by: caller, reason: reason)
        do { try await environment.store.clear(room, noting: deed) } catch { throw ChatError(error) }
    }

    /// Removes a room with its messages and the key that opens them; its members are members no longer.
    public func deleteRoom(_ id: String, reason: String = "", for caller: Caller) async throws(ChatError) {
        let reason = try check(reason: reason)
        let room = try await authorize(.delete, in: id, for: caller).room
        let deed = try deed("room.deleted", in: room, by: caller, reason: reason)
        do { try await environment.store.delete(room, noting: deed) } catch { throw ChatError(error) }
    }

    /// As `authorize`, for the one place where the wire tells a missing room from a wrong password.
    private func authorizeOrNotFound(
        _ action: RoomAction, in id: String, for caller: Caller
    ) async throws(ChatError) -> Room {
        do {
            return try await authorize(action, in: id, for: caller).room
        } catch {
            guard case .accessDenied = error else { throw error }
            let room = try await directory.room(RoomID(id, limits: limits))
            // Of rooms that take no password, those who are not in them learn nothing.
            throw room?.kind == .password || room?.kind == .open ? error : .roomNotFound
        }
    }
}
