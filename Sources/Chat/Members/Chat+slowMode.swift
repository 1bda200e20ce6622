import Bytes

extension Chat {
    /// Counts a message of somebody in a room whose slow mode is on; refuses one that comes too soon. Costs nothing where
    /// it is off.
    func takeTurn(_ user: UserID, in room: Room, as level: AccessLevel) throws(ChatError) {
        let pause = room.slowMode * 1000
        guard pause > 0, level < .moderator else { return }
        let now = now
        let wait = room.state.withLock { $0.turns.take(user, at: now, pause: pause) }
        if let wait { throw .slowMode(retryAfter: (wait + 999) / 1000) }
    }
}

/// When each name wrote last in a room whose slow mode is on.
struct Turns: Sendable {
    private var last: [UserID: Int64] = [:]
    /// How many there may be before those that wait no longer are forgotten.
    private var sweepsAt = 1_000

    /// Milliseconds that are still to wait; `nil` where the turn was taken.
    mutating func take(_ user: UserID, at now: Int64, pause: Int64) -> Int64? {
        if let time = last[user], time <= now, now - time < pause { return pause - (now - time) }
        last[user] = now
        if last.count > sweepsAt {
            last = last.filter { $0.value <= now && now - $0.value < pause }
            sweepsAt = max(1_000, 2 * last.count)
        }
        return nil
    }
}
