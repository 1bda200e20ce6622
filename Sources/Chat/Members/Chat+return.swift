public import Accounts
public import Bytes

/// A place in a room that a connection had when it was lost.
public struct FormerPlace: Sendable, Equatable {
    public let room: RoomID
    public let key: RoomKey
    public let user: UserID
    public let person: PersonID
    /// Of the room, when the connection came in: what was shown then is good no longer in a later one.
    public let epoch: Int64

    public init(room: RoomID, key: RoomKey, user: UserID, person: PersonID, epoch: Int64) {
        self.room = room
        self.key = key
        self.user = user
        self.person = person
        self.epoch = epoch
    }
}

extension Membership {
    /// What brings the connection back, should it be lost.
    public var place: FormerPlace {
        FormerPlace(room: room.id, key: room.key, user: user, person: person, epoch: epoch)
    }
}

extension Chat {
    /// Brings a connection back to a place that it has lost a moment ago, where it may still be there. Whether it may is
    /// asked as for any join: an account goes by its membership, a guest by what its guest token would say.
    ///
    /// - Parameters:
    ///   - place: of this process's own memory, never what a client has sent.
    ///   - account: whose connection it was; `nil` for a guest's.
    public func resume(
        _ place: FormerPlace, as account: Account?, from address: IPAddress?, connection: String
    ) async throws(ChatError) -> JoinResult {
        guard let room = try await directory.room(place.room), room.key == place.key else {
            throw .accessDenied(.noProof)
        }
        var person = Person.guest(name: place.user.text)
        if let account {
            person = .account(account)
        } else if room.state.withLock({ $0.epoch }) == place.epoch {
            let token = try tokens.guestToken(for: place.user, place.person, in: room)
            person = .guest(name: place.user.text, token: token)
        }
        let caller = Caller(person, proof: Proof(address: address))
        let result = try await join(JoinRequest(room: place.room.text, caller: caller, connection: connection))
        // Made again under its id meanwhile: what the client has missed is of the other.
        guard result.membership.room.key == place.key else {
            _ = leave(result.membership)
            throw .accessDenied(.noProof)
        }
        return result
    }
}
