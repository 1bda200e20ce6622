import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension TCPConnection {
    /// How many full buffers one connection may read before the others have their turn.
    private static let readsPerEvent = 4

    /// Stops `received` until `resumeReading()`. Costs nothing until bytes arrive.
    public func pauseReading() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        core.pointee.state.insert(.readPaused)
    }

    /// Lets `received` be called again, not before this turn is over.
    public func resumeReading() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        guard core.pointee.state.contains(.readPaused) else { return }
        core.pointee.state.remove(.readPaused)
        watch()
    }

    /// Whether `pauseReading()` holds.
    public var isReadingPaused: Bool { core.pointee.state.contains(.readPaused) }

    /// Reads what has arrived, a bounded number of times; whether more may be there.
    func readArrived() -> Bool {
        let buffer = loop.readBuffer
        for _ in 0..<Self.readsPerEvent {
            // Bytes came while reading is paused: only now is it worth telling the system to keep them to itself.
            guard let hearer, core.pointee.state.isDisjoint(with: [.readPaused, .readEnded]) else {
                watch()
                return false
            }
            let count = Socket.read(core.pointee.descriptor, into: buffer)
            loop.counts.reads &+= 1
            guard count > 0 else {
                readStopped(count == 0 ? 0 : errno)
                return false
            }
            loop.counts.bytesRead &+= UInt64(count)
            hearer.received(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            guard isOpen, count == buffer.count else { return false }
        }
        return true
    }

    /// Nothing more to read: 0 for the end of the stream.
    private func readStopped(_ code: Int32) {
        switch code {
        case 0: sawEnd()
        case EAGAIN, EWOULDBLOCK: break
        default: end(.transfer("a read", code: code))
        }
    }

    private func sawEnd() {
        core.pointee.state.insert(.readEnded)
        if let hearer { hearer.readEnded(self) } else { close() }
        endIfBothEnded()
        // Most connections are closed by now, which saves a call of the system.
        watch()
    }

    /// Once each side has said its last, nothing can happen any more.
    func endIfBothEnded() {
        if core.pointee.state.isSuperset(of: [.readEnded, .writeEnded]) { end(nil) }
    }
}
