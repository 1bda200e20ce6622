/// The order of one connection's events around its joins.
///
/// Clients send `join` and go on without waiting for its answer: what they send next must find them in the room. So a join
/// waits for the join before it, and every other event for the joins before it; events that waited go on in the order in
/// which they came, ahead of any that come later. Touched on the connection's loop only.
final class JoinOrder {
    private struct Waiter {
        let isJoin: Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private var isJoining = false
    private var waiting: [Waiter] = []
    /// Events that may go on and have not yet run.
    private var passing = 0

    private var isFree: Bool { !isJoining && passing == 0 && waiting.isEmpty }

    /// Returns when it is the join's turn; `joinEnded` must follow.
    nonisolated(nonsending) func joinBegan() async {
        if isFree { isJoining = true } else { await wait(isJoin: true) }
    }

    func joinEnded() {
        isJoining = false
        admit()
    }

    /// Returns when the joins that came before are done.
    nonisolated(nonsending) func untilJoined() async {
        if isFree { return }
        await wait(isJoin: false)
        passing -= 1
        admit()
    }

    private nonisolated(nonsending) func wait(isJoin: Bool) async {
        await withCheckedContinuation { waiting.append(Waiter(isJoin: isJoin, continuation: $0)) }
    }

    /// Lets the events in front go on, up to and with the next join.
    private func admit() {
        guard !isJoining, passing == 0 else { return }
        let end = waiting.firstIndex { $0.isJoin }.map { $0 + 1 } ?? waiting.count
        let due = waiting[..<end]
        waiting.removeFirst(end)
        for waiter in due {
            if waiter.isJoin { isJoining = true } else { passing += 1 }
            waiter.continuation.resume()
        }
    }
}
