import Accounts
import Bytes

extension Chat {
    /// The same for a caller who is not connected.
    func takeTurn(
        _ user: UserID, by caller: Caller, clientID: String? = nil, in room: Room, as level: AccessLevel
    ) throws(ChatError) {
        try takeTurn(
            user, account: caller.person.account?.key, from: caller.proof.address, clientID: clientID, in: room,
            as: level)
    }

    /// Counts a message of somebody in a room whose slow mode is on; refuses one that comes too soon. Costs nothing where
    /// it is off.
    ///
    /// - Parameters:
    ///   - clientID: what the sender calls the message: one that is sent again takes no turn.
    ///   - address: guests wait by where they are, for a name is soon changed.
    func takeTurn(
        _ user: UserID, account: AccountKey?, from address: IPAddress?, clientID: String?, in room: Room,
        as level: AccessLevel
    ) throws(ChatError) {
        let pause = room.slowMode * 1000
        guard pause > 0, level < .moderator else { return }
        let now = now
        let guestPlace = account == nil ? address.map { CIDR(subscriberOf: $0).description } : nil
        let wait = room.state.withLock {
            $0.turns.take(guestPlace ?? user.text, clientID, at: now, pause: pause)
        }
        if let wait { throw .slowMode(retryAfter: (wait + 999) / 1000) }
    }
}

/// When each writer, by name or place, wrote last in a room whose slow mode is on.
struct Turns: Sendable {
    private var last: [String: (time: Int64, clientID: String?)] = [:]
    /// How many there may be before those that wait no longer are forgotten.
    private var sweepsAt = 1_000

    /// Milliseconds that are still to wait; `nil` where the turn was taken.
    mutating func take(_ writer: String, _ clientID: String?, at now: Int64, pause: Int64) -> Int64? {
        if let turn = last[writer], turn.time <= now, now - turn.time < pause {
            if let clientID, turn.clientID == clientID { return nil }
            return pause - (now - turn.time)
        }
        last[writer] = (now, clientID)
        if last.count > sweepsAt {
            last = last.filter { $0.value.time <= now && now - $0.value.time < pause }
            sweepsAt = max(1_000, 2 * last.count)
        }
        return nil
    }
}
