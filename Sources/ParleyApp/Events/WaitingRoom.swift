import Bytes
import Chat
import JSON
import SocketIO

// Those who showed a good proof and wait until a moderator lets their address in: `ip_pending` and `ip_approved`.

extension ChatEvents {
    /// The name that Socket.IO knows those by who wait from one network.
    static func channel(ofWaiting network: CIDR, for room: Room) -> String {
        "\(waitingPrefix)\(room.key.rawValue):\(network)"
    }

    static let waitingPrefix = "waiting:"

    /// Has the connection told when it may come in, and moderators told that it waits.
    nonisolated(nonsending) func wait(for room: String, _ caller: Caller, _ event: SocketEvent) async {
        do throws(ChatError) {
            if let address = caller.proof.address, let found = try await chat.room(named: room) {
                // First, so that an approval that is on its way is not missed.
                event.socket.join(Self.channel(ofWaiting: CIDR(subscriberOf: address), for: found))
                try await chat.wait(toEnter: found, as: caller)
            }
            refuse(
                event, AccessRefusal.addressPending.description,
                [.init("error", "ip_pending"), .init("room", .string(room))])
        } catch {
            refuse(event, error)
        }
    }
}
