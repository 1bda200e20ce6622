/// The members of one room on one loop, in one contiguous array.
final class Room {
    /// A member and the place of the room in its `memberships`.
    struct Member {
        let socket: Socket
        var slot: Int32
    }

    let name: String
    fileprivate(set) var members: ContiguousArray<Member> = []

    init(name: String) { self.name = name }
}

/// A room that a socket is in, and its place among the members.
struct Membership {
    let room: Room
    var index: Int32
}

// Each side knows its place on the other, so joining and leaving move one element at most on either.
extension Room {
    /// The place of the room in the socket's memberships. Looks through the shorter of the two lists.
    func slot(of socket: Socket) -> Int? {
        if members.count < socket.memberships.count {
            return members.first { $0.socket === socket }.map { Int($0.slot) }
        }
        return socket.memberships.firstIndex { $0.room === self }
    }

    func add(_ socket: Socket) {
        // Exactly enough for the few rooms that most sockets are in.
        if socket.memberships.count < 4 { socket.memberships.reserveCapacity(socket.memberships.count + 1) }
        socket.memberships.append(Membership(room: self, index: Int32(members.count)))
        members.append(Member(socket: socket, slot: Int32(socket.memberships.count - 1)))
    }

    /// Takes out the socket whose membership stands in `slot`.
    func remove(_ socket: Socket, slot: Int) {
        let index = Int(socket.memberships[slot].index)
        let lastMember = members.removeLast()
        if index < members.count {
            members[index] = lastMember
            lastMember.socket.memberships[Int(lastMember.slot)].index = Int32(index)
        }
        let lastMembership = socket.memberships.removeLast()
        if slot < socket.memberships.count {
            socket.memberships[slot] = lastMembership
            lastMembership.room.members[Int(lastMembership.index)].slot = Int32(slot)
        }
    }
}
