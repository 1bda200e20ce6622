import Bytes

/// Something that a test lets happen once, and that handlers wait for.
final class Signal: Sendable {
    private let state = Locked((isGiven: false, waiting: [CheckedContinuation<Void, Never>]()))

    func give() {
        let due = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in due { continuation.resume() }
    }

    var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }

    nonisolated(nonsending) func wait() async {
        await withCheckedContinuation { continuation in
            let isGiven = state.withLock { state in
                if !state.isGiven { state.waiting.append(continuation) }
                return state.isGiven
            }
            if isGiven { continuation.resume() }
        }
    }
}
