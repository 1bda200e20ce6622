import Accounts
import Chat
import EventLoops
import SocketIO

/// What one Socket.IO connection is to the chat: the rooms it is in, and how far those it left had come.
///
/// `@unchecked Sendable` because it is kept in `Socket.storage` and touched on the socket's loop only.
final class ClientSession: @unchecked Sendable {
    /// Keeps what follows a join behind it.
    let order = JoinOrder()
    /// What the connection has left of the rates of its events.
    var rates: EventRates.Connection
    /// When the connection was told last that it sends too fast.
    var lastRateRefusal: MonotonicTime?
    /// Who the connection is; `nil` for a guest.
    private(set) var identity: Identity?
    private var expiry: IdentityExpiry?
    private let marks: DeliveryMarks
    private let mostRoomsLeft: Int
    /// Rooms that a connection which came back is in no longer, until it is told.
    var lost: [(room: RoomID, error: ChatError)] = []
    /// Rooms in which nobody of the name was while the connection was away, until they are told.
    var newcomers: Set<RoomKey> = []
    /// By the room's id.
    private var visits: [String: Visit] = [:]
    private var leftCount = 0

    private enum Visit {
        case inside(Membership)
        /// Left; with the last message that was delivered, so that a return brings what was missed.
        case left(RoomKey, at: Int64)

        var room: RoomKey {
            switch self {
            case .inside(let membership): membership.room.key
            case .left(let room, _): room
            }
        }
    }

    /// - Parameters:
    ///   - marks: those of the connection's loop.
    ///   - mostRoomsLeft: rooms that the connection may have left and still be caught up on.
    ///   - address: the client's.
    init(marks: DeliveryMarks, mostRoomsLeft: Int, address: String) {
        self.marks = marks
        self.mostRoomsLeft = mostRoomsLeft
        rates = EventRates.Connection(address: address)
    }

    /// How many rooms the connection is in.
    var roomCount: Int { visits.count - leftCount }

    /// The connection has shown an access token.
    ///
    /// - Parameter now: milliseconds since 1970.
    func identified(as identity: Identity, on socket: Socket, now: Int64) {
        self.identity = identity
        let expiry = expiry ?? IdentityExpiry(socket)
        self.expiry = expiry
        expiry.follow(identity, now: now)
    }

    func membership(in room: String) -> Membership? {
        if case .inside(let membership) = visits[room] { membership } else { nil }
    }

    /// The rooms that the connection is in.
    var memberships: [Membership] {
        visits.values.compactMap { if case .inside(let membership) = $0 { membership } else { nil } }
    }

    /// The room of this id that the connection has left, and from where it is to be caught up on.
    func departure(from room: String) -> (room: RoomKey, sequence: Int64)? {
        if case .left(let key, let sequence) = visits[room] { (key, sequence) } else { nil }
    }

    /// The connection is in a room from now on.
    func entered(_ membership: Membership, after sequence: Int64) {
        let room = membership.room
        let former = visits.updateValue(.inside(membership), forKey: room.id.text)
        if case .left = former { leftCount -= 1 }
        // The mark is kept from the first visit on; another room of that id has another.
        guard former?.room != room.key else { return }
        marks.keep(room.key, from: sequence)
        if let former { marks.release(former.room) }
    }

    /// The connection is in the room no longer.
    func left(_ membership: Membership) {
        let room = membership.room
        guard leftCount < mostRoomsLeft else {
            visits[room.id.text] = nil
            return marks.release(room.key)
        }
        visits[room.id.text] = .left(room.key, at: marks.sequence(of: room.key))
        leftCount += 1
    }

    /// Forgets the rooms that the connection was put out of, or that are gone.
    func forgetEnded() {
        for (id, visit) in visits {
            guard case .inside(let membership) = visit, !membership.isActive else { continue }
            visits[id] = nil
            marks.release(membership.room.key)
        }
    }

    /// Forgets all rooms, when the connection ends; gives the places in those that it was in.
    func end() -> [Membership] {
        expiry?.cancel()
        let ended = memberships
        for visit in visits.values { marks.release(visit.room) }
        visits = [:]
        return ended
    }
}
