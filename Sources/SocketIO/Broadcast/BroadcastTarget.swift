/// How an event is sent.
public struct BroadcastFlags: Sendable, Equatable {
    /// May be dropped where it cannot be written at once.
    public var isVolatile = false
    /// May be compressed, where the transport does that.
    public var mayCompress = true
    /// Stays on this server, where there are several.
    public var isLocal = false

    /// Neither volatile nor local; may be compressed.
    public init() {}

    var isPlain: Bool { !isVolatile && mayCompress }
}

/// Whom a broadcast reaches.
public struct BroadcastTarget: Sendable {
    /// The clients in any of these rooms, each once; everyone in the namespace where it is empty.
    public var rooms: RoomList
    /// But nobody who is in one of these.
    public var except: RoomList
    /// How it is sent.
    public var flags: BroadcastFlags
    /// The one socket meant, where it is known.
    var only: Socket?

    /// Everyone in `rooms` (of the namespace, where there are none) who is in none of `except`.
    public init(rooms: RoomList = [], except: RoomList = [], flags: BroadcastFlags = BroadcastFlags()) {
        self.rooms = rooms
        self.except = except
        self.flags = flags
    }
}
