import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Holds a thread until a test lets it go.
final class Gate: Sendable {
    private let state = Locked((isOpen: false, someoneWaits: false))

    func open() { state.withLock { $0.isOpen = true } }

    func waitUntilOpen() {
        while !state.withLock({ state in
            state.someoneWaits = true
            return state.isOpen
        }) { usleep(200) }
    }

    func untilSomeoneWaits() async {
        while !state.withLock({ $0.someoneWaits }) { await Task.yield() }
    }
}
