import Accounts
import Chat
import HTTPWire
import JSON
import Routing

/// Reads who asks for something in a room: an account by its access token, or a guest by `user_id` and `guest_token`; and
/// what they show for it, a room token in place of an access token, or the password as a member of the body.
struct RoomCaller: Sendable {
    let callers: Callers

    nonisolated(nonsending) func caller(_ request: Request, _ fields: JSONValue = .null) async throws -> Caller {
        let query = try request.query
        func text(_ name: String) -> String? { fields.text(name) ?? query.first(name) }
        let guest = Person.guest(text("user_id"), token: text("guest_token"))
        return try await asked { () throws(AccountError) in
            try await callers.caller(of: request, password: fields.text("password"), guest: guest)
        }
    }
}

extension Caller {
    /// The name that the caller goes by, to be told which messages are their own.
    var reader: String? {
        switch person {
        case .account(let account): account.handle.text
        case .guest(let name, _): name
        case .anonymous: nil
        }
    }
}
