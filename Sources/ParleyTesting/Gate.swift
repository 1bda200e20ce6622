import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Holds a thread until a test lets it go.
public final class Gate: Sendable {
    private let state = Locked((isOpen: false, someoneWaits: false))

    public init() {}

    public func open() { state.withLock { $0.isOpen = true } }

    /// Blocks the calling thread.
    public func waitUntilOpen() {
        while !state.withLock({ state in
            state.someoneWaits = true
            return state.isOpen
        }) { usleep(200) }
    }

    public func untilSomeoneWaits() async {
        while !state.withLock({ $0.someoneWaits }) { await Task.yield() }
    }
}
