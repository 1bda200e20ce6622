public import Accounts

extension Chat {
    /// Public rooms whose name or id has `text` in it, a page at a time: in the order of their ids, after the one that the
    /// page before ended with.
    public func openRooms(
        matching text: String = "", for account: Account?, after id: String? = nil, limit: Int? = nil
    ) async throws(ChatError) -> [RoomSummary] {
        let after = try cursor(id)
        do {
            return try await environment.store.openRooms(
                matching: String(text.prefix(limits.roomNameLength)), for: account?.key, after: after,
                limit: listLimit(limit))
        } catch {
            throw ChatError(error)
        }
    }

    /// The rooms that an account belongs to, a page at a time.
    public func rooms(
        of account: Account, after id: String? = nil, limit: Int? = nil
    ) async throws(ChatError) -> [RoomSummary] {
        let after = try cursor(id)
        do {
            return try await environment.store.rooms(of: account.key, after: after, limit: listLimit(limit))
        } catch {
            throw ChatError(error)
        }
    }

    /// One room, as who may read it sees it.
    public func summary(of id: String, for caller: Caller) async throws(ChatError) -> RoomSummary {
        let room = try await authorize(.read, in: id, for: caller).room
        do {
            return try await environment.store.summary(of: room, for: caller.person.account?.key)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// The accounts that belong to a room, a page at a time: in the order of their handles.
    public func members(
        of id: String, after name: String? = nil, limit: Int? = nil, for caller: Caller
    ) async throws(ChatError) -> [RoomMember] {
        let room = try await authorize(.read, in: id, for: caller).room
        do {
            return try await environment.store.members(
                of: room, after: name.map { UserID(trusted: $0) }, limit: listLimit(limit))
        } catch {
            throw failure(error, of: room)
        }
    }

    private func cursor(_ id: String?) throws(ChatError) -> RoomID? {
        guard let id else { return nil }
        return try RoomID(id, limits: limits)
    }

    private func listLimit(_ limit: Int?) -> Int { min(max(limit ?? limits.listedRooms, 1), limits.listedRooms) }
}
