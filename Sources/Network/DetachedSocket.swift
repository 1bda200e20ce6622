import Synchronization

/// A connected socket that no loop watches: on its way from a listener, or from one loop to another.
///
/// Closes the socket unless a loop adopts it.
public final class DetachedSocket: Sendable {
    /// The address of the other side.
    public let remoteAddress: SocketAddress
    let options: TCPConnection.Options
    let readEnded: Bool
    private let seat: Seat?
    /// −1 once taken.
    private let descriptor: Atomic<Int32>

    init(
        descriptor: Int32, remoteAddress: SocketAddress, options: TCPConnection.Options, seat: Seat? = nil,
        readEnded: Bool = false
    ) {
        self.descriptor = Atomic(descriptor)
        self.remoteAddress = remoteAddress
        self.options = options
        self.seat = seat
        self.readEnded = readEnded
    }

    deinit {
        let (descriptor, _) = take()
        if descriptor >= 0 { Socket.close(descriptor) }
    }

    /// The descriptor and the seat, for the first caller.
    func take() -> (descriptor: Int32, seat: Seat?) {
        (descriptor.exchange(-1, ordering: .acquiringAndReleasing), seat)
    }
}

/// One place among the connections that a listener allows; given back when it is released.
final class Seat: Sendable {
    private let count: SeatCount

    /// `nil` where all places are taken.
    init?(of count: SeatCount, limit: Int?) {
        guard count.increment(limit: limit) else { return nil }
        self.count = count
    }

    deinit { count.decrement() }
}

/// How many connections of a listener are open.
final class SeatCount: Sendable {
    private let value = Atomic<Int>(0)

    var current: Int { value.load(ordering: .relaxed) }

    func increment(limit: Int?) -> Bool {
        let before = value.wrappingAdd(1, ordering: .relaxed).oldValue
        if let limit, before >= limit {
            decrement()
            return false
        }
        return true
    }

    func decrement() { value.wrappingSubtract(1, ordering: .relaxed) }
}

extension UVLoop {
    /// Makes a connection of `socket` on this loop. From the loop's thread only.
    ///
    /// `setUp` gives it a delegate before anything can arrive. `nil` where the loop stops, or the socket was adopted
    /// already.
    @discardableResult
    public func adopt(_ socket: DetachedSocket, _ setUp: (TCPConnection) -> Void = { _ in }) -> TCPConnection? {
        precondition(isCurrent, "a socket is adopted on the loop's own thread")
        guard !isStopping else { return nil }
        let connection = TCPConnection(loop: self, socket: socket)
        guard connection.open() else { return nil }
        setUp(connection)
        return connection
    }
}
