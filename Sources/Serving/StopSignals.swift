import Bytes
import Network

/// Keeps the first SIGTERM or SIGINT for whoever waits, now or later; a second one ends the process at once.
final class StopSignals: Sendable {
    private struct State {
        var source: SignalSource?
        var hasCome = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Listens from the return of this call on; further calls change nothing.
    func listen(on loop: UVLoop) {
        guard state.withLock({ $0.source == nil }) else { return }
        let source = SignalSource([.terminate, .interrupt], on: loop) { [self] _ in came() }
        state.withLock { $0.source = source }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let hasCome = state.withLock { state in
                if !state.hasCome { state.waiting.append(continuation) }
                return state.hasCome
            }
            if hasCome { continuation.resume() }
        }
    }

    func stop() {
        state.withLock { $0.source = nil }
    }

    private func came() {
        let (isSecond, waiting) = state.withLock { state in
            defer {
                state.hasCome = true
                state.waiting = []
            }
            return (state.hasCome, state.waiting)
        }
        if isSecond { ProcessEnd.now() }
        for continuation in waiting { continuation.resume() }
    }
}
