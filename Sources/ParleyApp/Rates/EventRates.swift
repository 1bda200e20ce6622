import Bytes
import Chat
import EventLoops
import Metrics

/// How often clients may send the chat's events: on one connection, under one name in one room, and from one address; and
/// how many bytes of events one connection may send.
struct EventRates: Sendable {
    /// What is counted on its own.
    enum Kind: Int, CaseIterable, Sendable {
        case message
        case typing
        case reaction
        case join
    }

    /// A name in a room, on whichever connections.
    struct Name: Hashable {
        let room: RoomKey
        let user: UserID

        init(_ user: UserID, in room: RoomKey) {
            self.user = user
            self.room = room
        }
    }

    /// What one connection has left; touched on its loop only.
    struct Connection {
        fileprivate let address: Subscriber
        /// By kind, those that were used.
        fileprivate var buckets: [TokenBucket?] = []
        fileprivate var bytes: TokenBucket?

        init(address: String) { self.address = Subscriber(address) }
    }

    private let clock: any WallClock
    /// Empty where rates are not limited.
    private let limits: [RateLimit]
    private let bytes: RateLimit?
    private let addresses: [RateLimiter<Subscriber>]
    private let names: [RateLimiter<Name>]
    /// How often somebody was told to wait, for whatever reason.
    let refusals: Counter

    /// Whether anything is ever refused.
    var areLimited: Bool { !limits.isEmpty }

    /// - Parameters:
    ///   - limits: for one connection, and for one name in a room, by kind; `nil` for no limits.
    ///   - bytes: of events of any name on one connection; `nil` for no limit.
    ///   - addressFactor: how many times as much may come from one address.
    ///   - capacity: how many addresses, and how many names, are remembered for each kind.
    init(
        _ limits: [RateLimit]?, bytes: RateLimit? = nil, addressFactor: Int, capacity: Int, clock: any WallClock
    ) {
        self.clock = clock
        self.bytes = bytes
        self.limits = limits ?? []
        let refusals = Counter()
        self.refusals = refusals
        addresses = self.limits.map {
            RateLimiter($0.times(addressFactor), clock: clock, capacity: capacity, refusals: refusals)
        }
        names = self.limits.map { RateLimiter($0, clock: clock, capacity: capacity, refusals: refusals) }
    }

    /// `nil` where the connection may send one more, else after how many seconds it may.
    func take(_ kind: Kind, _ connection: inout Connection) -> Int? {
        guard !limits.isEmpty else { return nil }
        let (limit, now) = (limits[kind.rawValue], clock.epochMilliseconds)
        if connection.buckets.isEmpty { connection.buckets = Kind.allCases.map { _ in nil } }
        var bucket = connection.buckets[kind.rawValue] ?? TokenBucket(limit, at: now)
        let wait = bucket.take(limit, at: now)
        connection.buckets[kind.rawValue] = bucket
        if wait != nil { refusals.add() }
        return wait ?? addresses[kind.rawValue].take(connection.address)
    }

    /// The same for an event of so many bytes. One is taken where any may come, and is waited for afterwards: so the largest
    /// needs no burst of its size.
    func take(bytes count: Int, _ connection: inout Connection) -> Int? {
        guard let bytes else { return nil }
        let now = clock.epochMilliseconds
        var bucket = connection.bytes ?? TokenBucket(bytes, at: now)
        let wait = bucket.spend(Double(count), bytes, at: now)
        connection.bytes = bucket
        if wait != nil { refusals.add() }
        return wait
    }

    /// The same for the name that a connection has in a room.
    func take(_ kind: Kind, as name: Name) -> Int? { limits.isEmpty ? nil : names[kind.rawValue].take(name) }

    /// The same for a caller who is not connected.
    func take(_ kind: Kind, from address: String) -> Int? {
        limits.isEmpty ? nil : addresses[kind.rawValue].take(Subscriber(address))
    }
}
