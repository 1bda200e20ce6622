import Accounts
import Bytes
import JSON
import SocketIO

// What becomes of connections when the session ends that they were made in.

extension ChatEvents {
    /// The name that Socket.IO knows the connections of a session by.
    static func channel(ofSession session: UUID) -> String { "session:\(session)" }

    /// The name that Socket.IO knows the connections of an account by.
    static func channel(ofAccount id: UUID) -> String { "account:\(id)" }

    /// Closes what is open under sessions that have ended. Called by the store's thread, after the commit.
    func committed(_ events: [AccountEvent]) {
        for case .ended(let sessions, _) in events {
            for session in sessions {
                let connections = namespace.in(Self.channel(ofSession: session))
                connections.emit("session_ended", ["message": "You were logged out; log in again."] as JSONValue)
                connections.disconnectSockets(close: true)
            }
        }
    }
}
