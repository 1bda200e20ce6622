import Accounts
import SocketIO

// What connections may do that were made with an API token.

extension ChatEvents {
    /// What an API token needs for an event; of one that is not listed here, nothing is enough.
    static func tokenRule(of event: String) -> TokenRule {
        switch event {
        case "authenticate", "leave": .any
        // Who is in a room hears all that is said there.
        case "join", "search", "mark_read", "read", "unread": .scope(.readMessages)
        case "message", "edit", "delete", "typing", "reaction", "presence": .scope(.writeMessages)
        case "list_members": .scope(.readRooms)
        case "pin", "unpin": .scope(.moderate)
        case _ where moderation.contains { $0.0 == event }: .scope(.moderate)
        default: .none
        }
    }

    /// Whether the connection's token, where it has shown an API token, is enough for the event; refuses it where not.
    func mayAct(by event: SocketEvent) -> Bool {
        guard let identity = session(of: event.socket)?.identity, identity.scopes != nil else { return true }
        do throws(AccountError) {
            try identity.check(Self.tokenRule(of: event.name))
            return true
        } catch {
            refuse(event, error)
            return false
        }
    }
}
