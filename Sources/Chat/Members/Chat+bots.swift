public import Accounts

extension Chat {
    /// Makes a bot a member of a room, for its owner.
    public func enroll(_ bot: Account, in id: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.govern, in: id, for: caller).room
        guard room.kind != .direct else { throw .accessDenied(.ownerNeeded) }
        _ = try await enroll(bot, in: room)
    }
}
