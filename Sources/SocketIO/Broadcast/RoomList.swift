/// Names of rooms. One name, the usual case, takes no array.
public struct RoomList: Sendable, Equatable {
    private var first: String?
    private var more: [String] = []

    /// No rooms: everyone, where a target is meant.
    public init() {}

    /// One room.
    public init(_ room: String) { first = room }

    /// Several rooms; one that comes twice counts once.
    public init(_ rooms: [String]) {
        first = rooms.first
        if rooms.count > 1 { more = Array(rooms.dropFirst()) }
    }

    /// The rooms of a set or any other sequence; one that comes twice counts once.
    public init(_ rooms: some Sequence<String>) {
        for room in rooms { append(room) }
    }

    /// Adds a room.
    public mutating func append(_ room: String) {
        if first == nil { first = room } else { more.append(room) }
    }

    /// Adds rooms.
    public mutating func append(_ rooms: RoomList) {
        for room in rooms { append(room) }
    }
}

extension RoomList: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { first == nil ? 0 : more.count + 1 }

    public subscript(index: Int) -> String {
        guard index == 0, let first else { return more[index - 1] }
        return first
    }
}

extension RoomList: ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    public init(arrayLiteral rooms: String...) { self.init(rooms) }
    public init(stringLiteral room: String) { self.init(room) }
}
