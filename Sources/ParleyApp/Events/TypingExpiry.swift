import Bytes
import Chat
import EventLoops

/// Ends typing that nobody has spoken of for a while: clients vanish, and pages are left open.
///
/// One for each loop. `@unchecked Sendable` because what is not locked is touched on its loop only.
final class TypingExpiry: TimerTarget, @unchecked Sendable {
    /// A name that is typing in a room, by whichever connection.
    struct Writer: Hashable {
        let room: RoomKey
        let user: UserID
    }

    /// Until when names are typing; of all loops.
    typealias Deadlines = Locked<[Writer: MonotonicTime]>

    private let loop: any EventLoop
    private let lifetime: Duration
    private let deadlines: Deadlines
    private let ended: (Membership) -> Void
    private var writing: [Writer: Membership] = [:]
    private var isArmed = false

    /// - Parameter ended: called on the loop for a member who is typing no longer.
    init(
        on loop: any EventLoop, after lifetime: Duration, _ deadlines: Deadlines,
        ended: @escaping @Sendable (Membership) -> Void
    ) {
        self.loop = loop
        self.lifetime = lifetime
        self.deadlines = deadlines
        self.ended = ended
    }

    /// A connection of this loop has said that its name is typing, or no longer. On the loop.
    func note(_ isTyping: Bool, by member: Membership) {
        let writer = Writer(room: member.room.key, user: member.user)
        let deadline = isTyping ? loop.now + lifetime : nil
        deadlines.withLock { $0[writer] = deadline }
        writing[writer] = isTyping ? member : nil
        guard isTyping, !isArmed else { return }
        isArmed = true
        loop.schedule(after: lifetime, self)
    }

    func timerFired(_ token: TimerToken) {
        isArmed = false
        let now = loop.now
        var next: MonotonicTime?
        for (writer, member) in writing {
            // Another connection of the name may have spoken since, or have left.
            let deadline = deadlines.withLock { deadlines -> MonotonicTime? in
                guard let deadline = deadlines[writer], deadline > now else {
                    deadlines[writer] = nil
                    return nil
                }
                return deadline
            }
            if let deadline {
                next = min(next ?? deadline, deadline)
            } else {
                writing[writer] = nil
                ended(member)
            }
        }
        guard let next else { return }
        isArmed = true
        loop.schedule(after: next - now, self)
    }
}
