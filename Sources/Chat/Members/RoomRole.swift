/// What an account that belongs to a room is there; kept when it is offline.
public enum RoomRole: String, Sendable, CaseIterable, Comparable {
    case member
    case moderator
    case owner

    public static func < (a: RoomRole, b: RoomRole) -> Bool { a.rank < b.rank }

    /// The same as a number, as atomics keep it; 0 is nobody's.
    var rank: Int {
        switch self {
        case .member: 1
        case .moderator: 2
        case .owner: 3
        }
    }

    init?(rank: Int) {
        guard let role = Self.allCases.first(where: { $0.rank == rank }) else { return nil }
        self = role
    }
}
