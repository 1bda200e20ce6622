#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension TCPConnection {
    /// Sends what the system takes of what is queued, then closes. The delegate hears `closed(nil)` after this call.
    public func close() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        flushTurn()
        end(nil)
    }

    /// Closes at once: what is queued is lost, and a TCP peer hears of a reset.
    public func abort() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        guard isOpen else { return }
        Socket.resetOnClose(core.pointee.descriptor)
        end(nil)
    }

    /// Sends what is queued and takes the socket out of its loop, to be adopted by another one.
    ///
    /// `nil`, and nothing has changed, where the system does not take all that is queued, or this side was told to end.
    /// The delegate is let go and hears nothing more; bytes that were received and not dealt with are the caller's affair.
    public func detach() -> DetachedSocket? {
        precondition(loop.isCurrent, "a connection is used on its loop's thread")
        flushTurn()
        guard isOpen, core.pointee.state.isDisjoint(with: .unusual) else { return nil }
        return takeSocket()
    }
}
