public import Bytes
import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// A write queues; the loop sends all that one connection was given in a turn with one system call at the end of it.
// Writes to a connection that is closed, or that was told to end its side, do nothing.

extension TCPConnection {
    /// Queues a reference to `bytes`: for what many connections are given, and for what is large.
    @inline(__always)
    public func write(_ bytes: SharedBytes) {
        guard mayWrite(bytes.count) else { return }
        loop.outgoing.append(.shared(bytes), to: self)
    }

    /// Queues a copy of `bytes`: for what is small and this connection's alone.
    public func write(copying bytes: RawSpan) {
        bytes.withUnsafeBytes { write(copying: $0) }
    }

    /// Queues a copy of `bytes`: for what is small and this connection's alone.
    @inline(__always)
    public func write(copying bytes: UnsafeRawBufferPointer) {
        guard mayWrite(bytes.count) else { return }
        loop.outgoing.append(copying: bytes, to: self)
    }

    /// Queues `bytes`, by copy where they are few.
    public func write(_ bytes: consuming [UInt8]) {
        guard mayWrite(bytes.count) else { return }
        if bytes.count <= TurnQueue.smallPiece {
            bytes.withUnsafeBytes { loop.outgoing.append(copying: $0, to: self) }
        } else {
            loop.outgoing.append(.array(bytes), to: self)
        }
    }

    /// Sends what is queued now instead of at the end of the turn. Calls no delegate.
    public func flush() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        flushTurn()
    }

    /// Asks for one `drained()` once all that was written so far has been handed to the system, at the end of this turn at
    /// the earliest.
    public func notifyWhenDrained() {
        guard isOpen else { return }
        core.pointee.state.insert(.wantsDrained)
        if pendingBytes == 0 { queueNotice() }
    }

    /// Ends this side of the stream once all that is queued has been sent; the peer may send on.
    public func shutdownAfterFlush() {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        guard isOpen, core.pointee.state.isDisjoint(with: [.writeEnding, .writeEnded]) else { return }
        core.pointee.state.insert(.writeEnding)
        flushTurn()
        endWriting()
    }

    /// Whether `count` more bytes may be queued; notes the overflow where they may not.
    @inline(__always)
    private func mayWrite(_ count: Int) -> Bool {
        assert(loop.isCurrent, "a connection is used on its loop's thread")
        let isUsual = core.pointee.state.isDisjoint(with: .unusual) && isOpen
        if isUsual, core.pointee.turnBytes + count <= core.pointee.options.lowWaterMark { return true }
        return mayWriteMuch(count)
    }

    private func mayWriteMuch(_ count: Int) -> Bool {
        guard isOpen, core.pointee.state.isDisjoint(with: [.writeEnding, .writeEnded, .overflowed]) else {
            return false
        }
        let pending = pendingBytes
        if pending + count > core.pointee.options.lowWaterMark { core.pointee.state.insert(.wantsDrained) }
        guard pending > 0, pending + count > core.pointee.options.maxPendingBytes else { return true }
        // The system may take it now; what counts is what it leaves.
        flushTurn()
        guard isOpen else { return false }
        guard pendingBytes > 0, pendingBytes + count > core.pointee.options.maxPendingBytes else { return true }
        overflow()
        return false
    }

    // MARK: Sending

    /// Sends this turn's pieces as far as the system takes them, and keeps the rest. Calls no delegate.
    func flushTurn() {
        let first = core.pointee.firstPiece
        guard first != TurnQueue.none else { return }
        core.pointee.firstPiece = TurnQueue.none
        core.pointee.lastPiece = TurnQueue.none
        core.pointee.turnBytes = 0
        if core.pointee.state.contains(.hasBacklog) { keep(from: first, skipping: 0) } else { send(from: first) }
        if core.pointee.state.isSuperset(of: [.wantsDrained, .open]), backlog == nil { queueNotice() }
    }

    private func send(from first: Int32) {
        let queue = loop.outgoing
        let only = queue.pieces[Int(first)]
        if only.next == TurnQueue.none {
            var vector = iovec(iov_base: UnsafeMutableRawPointer(mutating: only.start), iov_len: only.count)
            let taken = transfer(&vector, 1)
            if taken < only.count, isOpen { keep(from: first, skipping: taken) }
            return
        }
        var piece = first
        while piece != TurnQueue.none {
            let batch = piece
            piece = queue.gather.fill(from: batch, of: queue.pieces)
            let taken = transfer(queue.gather.vectors, queue.gather.vectorCount)
            guard isOpen else { return }
            if taken < queue.gather.byteCount { return keep(from: batch, skipping: taken) }
        }
    }

    /// Keeps the pieces from `first` on, but for their first `skipped` bytes, until the socket takes more.
    private func keep(from first: Int32, skipping skipped: Int) {
        let backlog = self.backlog ?? Backlog(loop.backlogBudget)
        backlog.isOverBudget = false
        let queue = loop.outgoing
        var rest = skipped
        var index = first
        while index != TurnQueue.none {
            let piece = queue.pieces[Int(index)]
            index = piece.next
            if rest >= piece.count {
                rest -= piece.count
                continue
            }
            let bytes = UnsafeRawBufferPointer(start: piece.start + rest, count: piece.count - rest)
            rest = 0
            let isShared = piece.owner != TurnQueue.none && bytes.count > TurnQueue.smallPiece
            backlog.append(bytes, owner: isShared ? queue.owners[Int(piece.owner)] : nil)
        }
        self.backlog = backlog
        core.pointee.state.insert(.hasBacklog)
        if backlog.byteCount > core.pointee.options.lowWaterMark { core.pointee.state.insert(.wantsDrained) }
        if backlog.isOverBudget, backlog.byteCount > Self.freeBacklog { overflow() }
        watch()
    }

    /// What may wait for a connection however much waits for others.
    private static let freeBacklog = 16 << 10

    private func overflow() {
        guard core.pointee.state.isDisjoint(with: .overflowed) else { return }
        core.pointee.state.insert([.overflowed, .overflowNoticed])
        queueNotice()
    }

    /// The socket takes more.
    func drainBacklog() {
        guard let backlog else { return }
        backlog.drain { transfer($0, $1) }
        guard isOpen, backlog.isEmpty else { return }
        self.backlog = nil
        core.pointee.state.remove(.hasBacklog)
        watch()
        endWriting()
        if isOpen, core.pointee.state.contains(.wantsDrained), core.pointee.turnBytes == 0 { queueNotice() }
    }

    /// One system call; how many bytes it took. A failure other than "not now" ends the connection.
    @inline(__always)
    private func transfer(_ vectors: UnsafeMutablePointer<iovec>, _ count: Int) -> Int {
        loop.counts.writes &+= 1
        let descriptor = core.pointee.descriptor
        let isLast = core.pointee.state.contains(.writeEnding)
        let taken = isLast ? Socket.writeLast(descriptor, vectors, count) : Socket.write(descriptor, vectors, count)
        if taken >= 0 {
            loop.counts.bytesWritten &+= UInt64(taken)
            return taken
        }
        let code = errno
        if code != EAGAIN && code != EWOULDBLOCK && code != ENOBUFS { end(.transfer("a write", code: code)) }
        return 0
    }

    private func endWriting() {
        guard isOpen, core.pointee.state.contains(.writeEnding), backlog == nil else { return }
        core.pointee.state.remove(.writeEnding)
        core.pointee.state.insert(.writeEnded)
        Socket.endWriting(core.pointee.descriptor)
        endIfBothEnded()
    }

    // MARK: Notices

    private func queueNotice() {
        guard !core.pointee.state.contains(.noticeQueued) else { return }
        core.pointee.state.insert(.noticeQueued)
        loop.notices.append(self)
    }

    func deliverNotices() {
        core.pointee.state.remove(.noticeQueued)
        if isOpen, core.pointee.state.contains(.overflowNoticed) {
            core.pointee.state.remove(.overflowNoticed)
            if let hearer { hearer.overflowed(self) } else { abort() }
        }
        if isOpen, core.pointee.state.contains(.wantsDrained), pendingBytes == 0 {
            core.pointee.state.remove(.wantsDrained)
            hearer?.drained()
        }
    }
}
