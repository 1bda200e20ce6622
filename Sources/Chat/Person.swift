public import Accounts
public import Bytes
import EventLoops

/// Who wants to be in a room, or to say something there.
public enum Person: Sendable {
    /// Somebody who gives no more than a name; the token is what an earlier join gave for it, needed while the name is
    /// online.
    case guest(name: String, token: String? = nil)
    /// An account that is logged in: its handle is its name, and nobody else's.
    case account(Handle, id: UUID)
}

extension Person {
    /// The name that the person gives; who may have it is another matter.
    public func name(_ limits: ChatLimits) throws(ChatError) -> UserID {
        switch self {
        case .account(let handle, _): UserID(trusted: handle.text)
        case .guest(let name, _): try UserID(name, limits: limits)
        }
    }
}

extension Chat {
    /// The name that a person goes by in a room, with the claim to it that was shown, and the one to be given for a name
    /// that is free.
    func name(of person: Person, in room: Room) async throws(ChatError) -> Name {
        switch person {
        case .account(let handle, let id):
            // No guest's claim has a colon.
            let claim = "account:\(id)"
            return Name(user: UserID(trusted: handle.text), shown: claim, fresh: claim, isGuest: false)
        case .guest(let text, let token):
            let user = try UserID(text, limits: limits)
            guard try await !environment.isReserved(user.text) else { throw .nameReserved }
            let shown = tokens.claim(ofGuestToken: token, for: user, in: room)
            return Name(user: user, shown: shown, fresh: newClaim(), isGuest: true)
        }
    }

    struct Name {
        let user: UserID
        let shown: String?
        let fresh: String
        let isGuest: Bool
    }

    private func newClaim() -> String { Base64.urlSafe.encode(environment.random.bytes(16), padding: false) }
}
