import Bytes
import EventLoops
import HTTPWire
import Routing

/// The content of one request on its way from a connection to a handler that takes it as it comes.
///
/// `@unchecked Sendable` because it belongs to the connection's loop: handlers run there, and a call from another thread is
/// posted to it.
final class StreamedBody: BodySource, @unchecked Sendable {
    typealias Piece = Result<[UInt8]?, BodyError>

    private enum State {
        case open
        case ended
        case failed(BodyError)
    }

    /// Let go of when the handler has answered.
    private var connection: HTTPConnection?
    private let loop: any EventLoop
    let length: Int?
    private var state = State.open
    /// What has come and was not asked for yet.
    private var pending: [UInt8] = []
    /// How much of it the handler has and may still hold.
    private var lentByteCount = 0
    /// The two, as a part of what the server keeps of all.
    private var share = MemoryShare()
    private var waiter: CheckedContinuation<Piece, Never>?
    /// Whether the handler has asked for content.
    private(set) var isWanted = false

    init(length: Int?, of connection: HTTPConnection) {
        self.connection = connection
        self.length = length
        loop = connection.host.loop
    }

    var pendingByteCount: Int { pending.count }

    // MARK: The handler

    nonisolated(nonsending) func next() async throws(BodyError) -> [UInt8]? {
        if loop.isCurrent, let piece = take() { return try piece.get() }
        let piece = await withCheckedContinuation { (continuation: CheckedContinuation<Piece, Never>) in
            if loop.isCurrent {
                wait(continuation)
            } else if !loop.execute({ [self] in wait(continuation) }) {
                continuation.resume(returning: .failure(.connectionLost))
            }
        }
        return try piece.get()
    }

    private func wait(_ continuation: CheckedContinuation<Piece, Never>) {
        if waiter != nil { return continuation.resume(returning: .failure(.notExpected)) }
        if let piece = take() { return continuation.resume(returning: piece) }
        waiter = continuation
    }

    /// What there is to give now; `nil` where that is still to come.
    private func take() -> Piece? {
        if waiter != nil { return .failure(.notExpected) }
        if !isWanted {
            isWanted = true
            connection?.bodyWanted()
        }
        if !pending.isEmpty {
            lentByteCount = pending.count
            defer { pending = [] }
            connection?.bodyTaken()
            return .success(pending)
        }
        lentByteCount = 0
        count()
        switch state {
        case .open: return nil
        case .ended: return .success(nil)
        case .failed(let error): return .failure(error)
        }
    }

    // MARK: The connection

    /// Takes the next bytes; `false` where the server keeps as much as it may.
    func received(_ part: RawSpan) -> Bool {
        guard case .open = state, !part.isEmpty else { return true }
        if let waiter {
            self.waiter = nil
            guard count(more: part.byteCount) else {
                waiter.resume(returning: .failure(.noRoom))
                return false
            }
            lentByteCount = part.byteCount
            waiter.resume(returning: .success(part.array))
            return true
        }
        guard count(more: part.byteCount) else { return false }
        pending.append(contentsOf: part)
        return true
    }

    /// No more will come.
    func end() {
        guard case .open = state else { return }
        state = .ended
        resume(.success(nil))
    }

    /// Nothing of it means anything any more.
    func fail(_ error: BodyError) {
        guard case .open = state else { return }
        state = .failed(error)
        pending = []
        count()
        resume(.failure(error))
    }

    /// The handler has answered, and asks no more.
    func close() {
        state = .failed(.notExpected)
        pending = []
        lentByteCount = 0
        count()
        connection = nil
        resume(.failure(.notExpected))
    }

    private func resume(_ piece: Piece) {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume(returning: piece)
    }

    @discardableResult
    private func count(more: Int = 0) -> Bool {
        guard let budget = connection?.host.server.inputBudget else { return true }
        return share.keep(pending.count + lentByteCount + more, of: budget)
    }
}
