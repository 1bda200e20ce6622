public import Accounts
import Bytes
import EventLoops

/// Who wants to be in a room, or to say something there.
public enum Person: Sendable {
    /// Somebody who gives no name: enough for reading.
    case anonymous
    /// Somebody who gives no more than a name; the token is what an earlier join gave for it, needed while the name is
    /// online.
    case guest(name: String, token: String? = nil)
    /// An account that is logged in: its handle is its name, and nobody else's.
    case account(Account)

    /// The account, where it is one.
    public var account: Account? {
        if case .account(let account) = self { account } else { nil }
    }
}

extension Person {
    /// The name that the person gives; who may have it is another matter.
    public func name(_ limits: ChatLimits) throws(ChatError) -> UserID {
        switch self {
        case .anonymous: throw .invalid(.userID(longest: limits.userIDLength))
        case .account(let account): UserID(account.handle)
        case .guest(let name, _): try UserID(name, limits: limits)
        }
    }
}

extension UserID {
    /// The name that an account goes by in every room.
    public init(_ handle: Handle) { self.init(trusted: handle.text) }
}

/// The name that a person goes by in a room.
struct Name {
    let user: UserID
    /// Who the person has shown to be; `nil` for a guest without a token.
    let shown: PersonID?
    /// Who the person is from now on.
    let person: PersonID
    /// `nil` for a guest.
    let account: Account?
    /// The account's role in the room.
    var role: RoomRole?
}

extension Chat {
    /// The name that a person goes by in a room, whose gate they have passed.
    func name(of caller: Caller, as grant: Grant) async throws(ChatError) -> Name {
        switch caller.person {
        case .anonymous: throw .invalid(.userID(longest: limits.userIDLength))
        case .account(let account):
            let person = PersonID(account.id)
            return Name(
                user: UserID(account.handle), shown: person, person: person, account: account, role: grant.role)
        case .guest(let text, let token):
            let user = try UserID(text, limits: limits)
            guard try await !environment.isReserved(user.text) else { throw .nameReserved }
            let shown = tokens.person(ofGuestToken: token, for: user, in: grant.room)
            return Name(user: user, shown: shown, person: shown ?? newGuest(), account: nil, role: nil)
        }
    }

    private func newGuest() -> PersonID { PersonID(UUID(random: environment.random.bytes(16))) }
}
