public import Accounts
import Bytes
import Synchronization

// Names belong to accounts: who is in a room under one that was given to an account, or given up by it, is so no longer.

extension Chat {
    /// An account has this handle from now on: guests whose names look like it are out of their rooms, and so is the
    /// account itself where it is in them under another name.
    ///
    /// Called in the order of the changes.
    public func note(handleOf account: Account) {
        // First, so that a join that is under way finds it where this comes too early to find the join.
        handleChanges.wrappingAdd(1, ordering: .acquiringAndReleasing)
        let look = account.handle.skeleton
        var events = statuses.rooms(ofGuests: look).compactMap { room in
            room.endPlaces(.nameReserved) { $0.presence.members(look: look).filter { $0.account == nil } }
        }
        events += statuses.rooms(of: PersonID(account.id)).compactMap { room in
            room.endPlaces(.renamed) { state in
                state.presence.members { $0.account == account.key && $0.user.text != account.handle.text }
            }
        }
        guard !events.isEmpty else { return }
        observer.withLock { $0 }.tell(events)
    }
}

extension Room {
    /// Ends places in the room; `nil` where there are none of them.
    fileprivate func endPlaces(
        _ cause: NameLoss, _ find: (borrowing RoomState) -> [Membership]
    ) -> CommittedEvent? {
        let members = state.withLock { find($0) }
        guard !members.isEmpty else { return nil }
        for member in members { member.end() }
        return .room(self, .nameLost(cause, members))
    }
}

/// Why somebody is in a room under a name no longer. `description` is one sentence for them.
public enum NameLoss: String, Sendable {
    /// A guest: the name belongs to an account now.
    case nameReserved = "name_reserved"
    /// The account has another handle.
    case renamed
}

extension NameLoss: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nameReserved: ChatError.nameReserved.description
        case .renamed: "You have another name now; join the room again."
        }
    }
}
