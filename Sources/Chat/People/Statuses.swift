import Accounts
import Bytes

/// In which rooms people are by all of their connections, and how they say that they can be reached. In memory: it ends
/// with the connections that it is about.
final class Statuses: Sendable {
    private struct Entry {
        var status = Status.online
        var since: Int64
        /// Where the first connection of a guest is; `nil` for an account.
        let guestNetwork: CIDR?
        /// The rooms, and by how many connections.
        var rooms: [RoomKey: (room: Room, count: Int)] = [:]

        init(_ member: Membership, at time: Int64) {
            since = time
            guestNetwork = member.account == nil ? member.address.map { CIDR(subscriberOf: $0) } : nil
        }
    }

    private struct Contents {
        var entries: [PersonID: Entry] = [:]
        /// Which guests go by names that look so: one in each room at most.
        var guests: [String: Set<PersonID>] = [:]
    }

    private let contents = Locked(Contents())

    /// Gives how the person has said to be reached.
    func entered(_ member: Membership, at time: Int64) -> Status {
        let look = Lookalikes.skeleton(of: member.user.text)
        return contents.withLock { contents in
            var entry = contents.entries[member.person] ?? Entry(member, at: time)
            entry.rooms[member.room.key, default: (member.room, 0)].count += 1
            contents.entries[member.person] = entry
            if member.account == nil { contents.guests[look, default: []].insert(member.person) }
            return entry.status
        }
    }

    func left(_ member: Membership) {
        let look = Lookalikes.skeleton(of: member.user.text)
        contents.withLock { contents in
            guard var entry = contents.entries[member.person], let place = entry.rooms[member.room.key] else { return }
            entry.rooms[member.room.key] = place.count > 1 ? (place.room, place.count - 1) : nil
            contents.entries[member.person] = entry.rooms.isEmpty ? nil : entry
            guard entry.rooms.isEmpty else { return }
            contents.guests[look]?.remove(member.person)
            if contents.guests[look]?.isEmpty == true { contents.guests[look] = nil }
        }
    }

    /// The rooms that are to hear of it; `nil` where the person is in none, and there is nothing to be said.
    func set(_ status: Status, of person: PersonID, at time: Int64) -> [Room]? {
        contents.withLock { contents in
            guard contents.entries[person] != nil else { return nil }
            contents.entries[person]?.status = status
            contents.entries[person]?.since = time
            return contents.entries[person]?.rooms.values.map(\.room)
        }
    }

    /// The guest who goes by a name, and came from the same network as the one who asks.
    func guest(_ user: UserID, from address: IPAddress?) -> PersonID? {
        guard let network = address.map({ CIDR(subscriberOf: $0) }) else { return nil }
        let look = Lookalikes.skeleton(of: user.text)
        return contents.withLock { contents in
            contents.guests[look]?.first { contents.entries[$0]?.guestNetwork == network }
        }
    }

    /// Whether a guest goes by a name now.
    func isGuest(_ user: UserID) -> Bool {
        let look = Lookalikes.skeleton(of: user.text)
        return contents.withLock { $0.guests[look] != nil }
    }

    /// The rooms in which guests go by names that look so.
    func rooms(ofGuests look: String) -> [Room] {
        contents.withLock { contents in
            (contents.guests[look] ?? []).flatMap { contents.entries[$0]?.rooms.values.map(\.room) ?? [] }
        }
    }

    /// The rooms that a person is in.
    func rooms(of person: PersonID) -> [Room] {
        contents.withLock { $0.entries[person]?.rooms.values.map(\.room) ?? [] }
    }

    /// What the names look like that guests go by now.
    var looksOfGuests: [String] { contents.withLock { Array($0.guests.keys) } }

    func status(of person: PersonID) -> (status: Status, since: Int64)? {
        contents.withLock { contents in contents.entries[person].map { ($0.status, $0.since) } }
    }
}
