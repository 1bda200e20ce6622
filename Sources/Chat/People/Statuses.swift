import Accounts
import Bytes

/// In which rooms people are by all of their connections, and how they say that they can be reached. In memory: it ends
/// with the connections that it is about.
final class Statuses: Sendable {
    private struct Entry {
        var status = Status.online
        var since: Int64
        let user: UserID
        /// Where the first connection of a guest is; `nil` for an account.
        let guestNetwork: CIDR?
        /// The rooms, and by how many connections.
        var rooms: [RoomKey: (room: Room, count: Int)] = [:]

        init(_ member: Membership, at time: Int64) {
            since = time
            user = member.user
            guestNetwork = member.account == nil ? member.address.map { CIDR(subscriberOf: $0) } : nil
        }
    }

    private let entries = Locked<[PersonID: Entry]>([:])

    func entered(_ member: Membership, at time: Int64) {
        entries.withLock { entries in
            var entry = entries[member.person] ?? Entry(member, at: time)
            entry.rooms[member.room.key, default: (member.room, 0)].count += 1
            entries[member.person] = entry
        }
    }

    func left(_ member: Membership) {
        entries.withLock { entries in
            guard var entry = entries[member.person], let place = entry.rooms[member.room.key] else { return }
            entry.rooms[member.room.key] = place.count > 1 ? (place.room, place.count - 1) : nil
            entries[member.person] = entry.rooms.isEmpty ? nil : entry
        }
    }

    /// The rooms that are to hear of it; `nil` where the person is in none, and there is nothing to be said.
    func set(_ status: Status, of person: PersonID, at time: Int64) -> [Room]? {
        entries.withLock { entries in
            guard entries[person] != nil else { return nil }
            entries[person]?.status = status
            entries[person]?.since = time
            return entries[person]?.rooms.values.map(\.room)
        }
    }

    /// The guest who goes by a name, and came from the same network as the one who asks.
    func guest(_ user: UserID, from address: IPAddress?) -> PersonID? {
        guard let network = address.map({ CIDR(subscriberOf: $0) }) else { return nil }
        return entries.withLock { entries in
            entries.first { $0.value.user == user && $0.value.guestNetwork == network }?.key
        }
    }

    func status(of person: PersonID) -> (status: Status, since: Int64)? {
        entries.withLock { entries in entries[person].map { ($0.status, $0.since) } }
    }
}
