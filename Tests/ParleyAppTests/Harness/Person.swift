import Bytes
import JSON
import ParleyTesting
import SocketIOClient
import Testing

/// One client, and everything it has heard, in order.
final class Person: Sendable {
    let client: SocketIOClient
    private let log = Locked<[Heard]>([])

    struct Heard: Sendable {
        let event: String
        let content: JSONValue
    }

    private static let events = [
        "message", "online_count", "status", "typing_status", "reaction_update", "error", "disconnect", "session_ended",
        "session_expired", "removed_from_room", "muted", "unmuted", "member_updated", "room_updated", "ip_pending",
        "ip_approved", "presence_update", "message_edited", "message_deleted", "message_pinned", "message_unpinned",
        "mention", "messages_read", "read_marker",
    ]

    init(_ client: SocketIOClient) {
        self.client = client
        for event in Self.events {
            client.on(event) { [log] arguments, _ in
                log.withLock { $0.append(Heard(event: event, content: arguments.first ?? .null)) }
            }
        }
    }

    var heard: [Heard] { log.withLock { $0 } }

    func heard(_ event: String) -> [JSONValue] { heard.filter { $0.event == event }.map(\.content) }

    /// The texts of the messages that came, in order.
    var texts: [String] { heard("message").compactMap { $0["message"]?.stringValue } }

    func forget() { log.withLock { $0 = [] } }

    /// Waits until `condition` holds for what was heard; the test fails where that takes too long.
    func hears(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: (Person) -> Bool
    ) async throws {
        let isHeard = await comesTrue { condition(self) }
        try #require(isHeard, what, sourceLocation: sourceLocation)
    }

    // MARK: Saying

    /// Sends an event and gives its acknowledgement.
    func ask(_ event: String, _ content: JSONValue) async throws -> JSONValue {
        try await client.emitWithAck(event, content, timeout: TestSize.patience).first ?? .null
    }

    @discardableResult
    func join(_ room: String, as name: String, password: String? = TestServer.password) async throws -> JSONValue {
        try await ask("join", Self.joining(room, as: name, password: password))
    }

    static func joining(_ room: String, as name: String, password: String? = TestServer.password) -> JSONValue {
        var members: [JSONValue.Member] = [.init("room", .string(room)), .init("user_id", .string(name))]
        if let password { members.append(.init("password", .string(password))) }
        return .object(members)
    }

    @discardableResult
    func say(_ text: String, in room: String = "room") async throws -> JSONValue {
        try await ask("message", ["room": .string(room), "message": .string(text)])
    }

    func leave(_ room: String = "room") async throws -> JSONValue {
        try await ask("leave", ["room": .string(room)])
    }

    /// Returns when the server has dealt with all that was told to this client's loop before: it answers in order.
    func settle() async throws {
        _ = try await ask("typing", ["room": "a room that is nobody's", "is_typing": true])
    }
}
