import EventLoops
import JSON

/// What a client knows of one namespace.
struct ClientNamespace {
    let auth: JSONValue?
    /// Whether the user wants it: it is joined again after a reconnection.
    var isWanted = false
    /// The id on the server; `nil` while not connected.
    var id: String?
    /// What the server recovers a lost session by ("Connection state recovery").
    var privateID: String?
    var offset: String?
    var handlers: [String: [SocketIOClient.Handler]] = [:]
    var connecting: [CheckedContinuation<Void, any Error>] = []
    /// Runs while the user waits to be connected.
    var joinTimer: TimerToken?
    var acks: [Int: Ack] = [:]
    var nextAck = 0
    /// What waits for the connection.
    var buffer: [SocketPacket] = []
    /// Events of the server that still await an answer.
    var unanswered: Set<Int> = []

    struct Ack {
        let continuation: CheckedContinuation<[JSONValue], any Error>
        let timer: TimerToken
    }

    init(auth: JSONValue?) { self.auth = auth }

    /// What a CONNECT packet carries.
    var connectValues: [JSONValue] {
        guard let privateID else { return auth.map { [$0] } ?? [] }
        var members = auth?.objectMembers ?? []
        members.append(.init("pid", .string(privateID)))
        if let offset { members.append(.init("offset", .string(offset))) }
        return [.object(members)]
    }
}
