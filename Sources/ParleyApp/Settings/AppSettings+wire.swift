public import Bytes
public import Settings

extension AppSettings {
    // MARK: Other pages and proxies

    static let access: [any SettingDeclaration] = [corsOrigins, trustedProxies]

    public static let corsOrigins = Setting(
        "access.cors-origins", key: "cors-origins",
        .list("origins such as `https://chat.example`, or `*`", of: .origin),
        default: [], aliases: ["CORS_ORIGINS"],
        "Pages of other origins that may connect; `*` lets all in, then without cookies.")

    public static let trustedProxies = Setting(
        "access.trusted-proxies", key: "trusted-proxies",
        .list("address blocks such as `10.0.0.0/8`", of: .addressBlock),
        default: [], "Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; no other's are.")

    // MARK: HTTP

    static let http: [any SettingDeclaration] = [
        connections, headTime, bodyTime, bodyRate, streamedBytes, idleTime, closeTime, requestLine, headerBlock,
        headerCount, requestBody,
        chunkExtensions, trailers, pipelinedBytes, unfinishedInput, unreadAnswers, unreadTime, jsonDepth,
        jsonValues,
    ]

    public static let connections = Setting(
        "http.connections", key: "connections", .integer(1...10_000_000), default: 100_000,
        "Open connections in all.", atLimit: "The connection is closed at once.")

    public static let headTime = Setting(
        "http.head-time", key: "head-time", .duration(.milliseconds(100) ... .seconds(3600)), default: .seconds(10),
        "How long the head of a request may take.", atLimit: "408, and the connection is closed.")

    public static let bodyTime = Setting(
        "http.body-time", key: "body-time", .duration(.milliseconds(100) ... .seconds(3600)), default: .seconds(30),
        "How long the body of a request may take.", atLimit: "408, and the connection is closed.")

    public static let bodyRate = Setting(
        "http.body-rate", key: "body-rate", .bytes(1...(1 << 30)), default: 1 << 10,
        "Bytes a second that a client must send of a file, looked at each `http.body-time`.",
        atLimit: "408, and the connection is closed.")

    public static let streamedBytes = Setting(
        "http.streamed-bytes", key: "streamed-bytes", .bytes(1...(1 << 24)), default: 64 << 10,
        "Bytes of a file on its way that wait for the disk, or that are thrown away where it is refused early.",
        atLimit: "Reading pauses; a refused one's connection is closed.")

    public static let idleTime = Setting(
        "http.idle-time", key: "idle-time", .duration(.milliseconds(100) ... .seconds(3600)), default: .seconds(75),
        "How long a connection may wait between two requests, and a client may take for 256 KiB of a file.",
        atLimit: "The connection is closed.")

    public static let closeTime = Setting(
        "http.close-time", key: "close-time", .duration(.milliseconds(100) ... .seconds(3600)), default: .seconds(5),
        "How long a connection that is being closed waits for the client to take more or to close too.",
        atLimit: "The connection is cut.")

    public static let requestLine = Setting(
        "http.request-line", key: "request-line", .bytes(256...(1 << 20)), default: 8 << 10,
        "The length of a request line.", atLimit: "414, and the connection is closed.")

    public static let headerBlock = Setting(
        "http.header-block", key: "header-block", .bytes(256...(1 << 20)), default: 16 << 10,
        "The length of all header fields of a request.", atLimit: "431, and the connection is closed.")

    public static let headerCount = Setting(
        "http.header-count", key: "header-count", .integer(8...10_000), default: 100,
        "Header fields of a request.", atLimit: "431, and the connection is closed.")

    public static let requestBody = Setting(
        "http.body", key: "request-body", .bytes(0...(1 << 30)), default: 1_000_000,
        "The length of a request's body, but for Socket.IO.", atLimit: "413, and the connection is closed.")

    public static let chunkExtensions = Setting(
        "http.chunk-extensions", key: "chunk-extensions", .bytes(0...(1 << 20)), default: 4 << 10,
        "The length of all chunk extensions of a request.", atLimit: "400, and the connection is closed.")

    public static let trailers = Setting(
        "http.trailers", key: "trailers", .bytes(0...(1 << 20)), default: 4 << 10,
        "The length of the trailer fields of a request.", atLimit: "431, and the connection is closed.")

    public static let pipelinedBytes = Setting(
        "http.pipelined-bytes", key: "pipelined-bytes", .bytes(1...(1 << 24)), default: 64 << 10,
        "Bytes of further requests that are kept while one is answered.", atLimit: "Reading pauses.")

    public static let unfinishedInput = Setting(
        "http.unfinished-input", key: "unfinished-input", .bytes((64 << 10)...(1 << 40)), default: 32 << 20,
        "Bytes of requests and messages that have not all come or are not answered yet, on all connections together; the "
            + "first 16 KiB of each do not count.", atLimit: "503 or close code 1013, and the connection is closed.")

    public static let unreadAnswers = Setting(
        "http.unread-answers", key: "unread-answers", .bytes((64 << 10)...(1 << 40)), default: 32 << 20,
        "Bytes of answers that clients have not taken yet, on all connections together; files do not count, nor do the first "
            + "16 KiB of each.",
        atLimit:
            "Who has had the time for it is cut (`http.unread-time`); where there is nobody, 503 with `Retry-After`.")

    public static let unreadTime = Setting(
        "http.unread-time", key: "unread-time", .duration(.zero ... .seconds(3600)), default: .seconds(5),
        "How long a client may take for an answer while others need the room that it takes.",
        atLimit: "The connection is closed.")

    public static let jsonDepth = Setting(
        "http.json-depth", key: "json-depth", .integer(1...512), default: 64,
        "How deep the JSON of a request or of a Socket.IO packet may nest.",
        atLimit: "400, or the client is disconnected.")

    public static let jsonValues = Setting(
        "http.json-values", key: "json-values", .integer(1...1_000_000_000), default: 1_000_000,
        "Values in the JSON of a request or of a Socket.IO packet, arrays and objects counted.",
        atLimit: "400, or the client is disconnected.")

    // MARK: Socket.IO

    static let socketIO: [any SettingDeclaration] = [
        revision3, pingInterval, pingTimeout, upgradeTimeout, lastPollTime, maxPayload, maxPayloadBeforeJoin,
        fragments, packetsPerPayload, packetsPerAnswer, sendQueue, sendQueues, sessions, sessionsPerAddress,
        unjoinedSessions,
        connectTime, namespacesPerConnection, namespaceName, attachments, attachmentTime, unfinishedEvents,
        pollingCompression, webSocketCompression, recovery, recoveryTime, recoveryEvents, recoveryBytes,
        recoverySessions,
    ]

    public static let revision3 = Setting(
        "socketio.revision3", key: "revision3", .boolean, default: true,
        "Whether clients of Socket.IO 2 (Engine.IO 3) are served beside those of 3 and 4.")

    public static let pingInterval = Setting(
        "socketio.ping-interval", key: "ping-interval", .duration(.milliseconds(50) ... .seconds(3600)),
        default: .seconds(25), "The time between two pings.")

    public static let pingTimeout = Setting(
        "socketio.ping-timeout", key: "ping-timeout", .duration(.milliseconds(50) ... .seconds(3600)),
        default: .seconds(20), "How long a client may take to answer a ping.",
        atLimit: "The client is disconnected: `ping timeout`.")

    public static let upgradeTimeout = Setting(
        "socketio.upgrade-timeout", key: "upgrade-timeout", .duration(.milliseconds(50) ... .seconds(3600)),
        default: .seconds(10), "How long the change from polling to WebSocket may take.",
        atLimit: "The WebSocket is closed and polling goes on.")

    public static let lastPollTime = Setting(
        "socketio.last-poll-time", key: "last-poll-time", .duration(.milliseconds(100) ... .seconds(3600)),
        default: .seconds(30),
        "How long a polling session that the server closes waits for the poll that takes its last packets.",
        atLimit: "The session ends without it.")

    public static let maxPayload = Setting(
        "socketio.max-payload", key: "max-payload", .bytes(1000...(1 << 30)), default: 8_000_000,
        "The size of one message or POST of a client.",
        atLimit: "413 or close code 1009, and the client is disconnected.")

    public static let maxPayloadBeforeJoin = Setting(
        "socketio.max-payload-before-join", key: "max-payload-before-join", .bytes(1000...(1 << 30)), default: 100_000,
        "The same for a client that has joined no room yet.",
        atLimit: "413 or close code 1009, and the client is disconnected.")

    public static let fragments = Setting(
        "socketio.fragments", key: "fragments", .integer(1...1_000_000), default: 4096,
        "Fragments of one WebSocket message.", atLimit: "Close code 1008, and the client is disconnected.")

    public static let packetsPerPayload = Setting(
        "socketio.packets-per-payload", key: "packets-per-payload", .integer(1...1_000_000), default: 4096,
        "Packets in one POST.", atLimit: "400, and the client is disconnected.")

    public static let packetsPerAnswer = Setting(
        "socketio.packets-per-answer", key: "packets-per-answer", .integer(1...1_000_000), default: 16,
        "Packets in one answer to a poll; Python's client takes no more than 16.",
        atLimit: "The next poll takes the rest.")

    public static let sendQueue = Setting(
        "socketio.send-queue", key: "send-queue", .bytes(1024...(1 << 30)), default: 1 << 20,
        "Bytes that may wait for one client.", atLimit: "The client is disconnected; it resumes without a gap.")

    public static let sendQueues = Setting(
        "socketio.send-queues", key: "send-queues", .bytes((1 << 20)...(1 << 40)), default: 256 << 20,
        "Bytes that wait for all clients together, but for messages that many of them are sent.",
        atLimit: "A client that has more than 16 KiB waiting is disconnected when it is sent more."
    )

    public static let sessions = Setting(
        "socketio.sessions", key: "sessions", .integer(1...10_000_000), default: 100_000,
        "Clients in all.", atLimit: "503.")

    public static let sessionsPerAddress = Setting(
        "socketio.sessions-per-address", key: "sessions-per-address", .integer(1...10_000_000), default: 10_000,
        "Clients of one address; of IPv6, of one /64.", atLimit: "503.")

    public static let unjoinedSessions = Setting(
        "socketio.unjoined-sessions", key: "unjoined-sessions", .integer(1...10_000_000), default: 500,
        "Clients of one address that have joined no namespace yet.", atLimit: "503.")

    public static let connectTime = Setting(
        "socketio.connect-time", key: "connect-time", .duration(.milliseconds(50) ... .seconds(3600)),
        default: .seconds(45), "How long a client may be without a namespace.", atLimit: "The client is disconnected.")

    public static let namespacesPerConnection = Setting(
        "socketio.namespaces-per-connection", key: "namespaces-per-connection", .integer(1...10_000), default: 100,
        "Namespaces that one client may join.", atLimit: "The namespace is refused.")

    public static let namespaceName = Setting(
        "socketio.namespace-name", key: "namespace-name", .bytes(1...65_536), default: 255,
        "The length of a namespace's name.", atLimit: "There is none of that name.")

    public static let attachments = Setting(
        "socketio.attachments", key: "attachments", .integer(0...10_000), default: 10,
        "Binary attachments of one packet.", atLimit: "The client is disconnected.")

    public static let attachmentTime = Setting(
        "socketio.attachment-time", key: "attachment-time", .duration(.milliseconds(50) ... .seconds(3600)),
        default: .seconds(10), "How long the attachments of a packet may take to come.",
        atLimit: "The client is disconnected.")

    public static let unfinishedEvents = Setting(
        "socketio.unfinished-events", key: "unfinished-events", .integer(1...1_000_000), default: 4096,
        "Events of one client that wait for their answer.", atLimit: "The client is disconnected.")

    public static let recovery = Setting(
        "socketio.recovery", key: "recovery", .boolean, default: false,
        "Whether connection state recovery is offered. It adds an argument to each event, which JavaScript clients ignore and "
            + "others may not; without it clients are brought what they missed when they join again.")

    public static let recoveryTime = Setting(
        "socketio.recovery-time", key: "recovery-time", .duration(.seconds(1) ... .seconds(86_400)),
        default: .seconds(120), "How long a client may be away and recover its connection.",
        atLimit: "The client gets a new one.")

    public static let recoveryEvents = Setting(
        "socketio.recovery-events", key: "recovery-events", .integer(1...100_000_000), default: 100_000,
        "Events that are kept for clients that are away.",
        atLimit: "The oldest are forgotten; who missed them gets a new connection.")

    public static let recoveryBytes = Setting(
        "socketio.recovery-bytes", key: "recovery-bytes", .bytes(1...(1 << 40)), default: 64 << 20,
        "Bytes of events that are kept for clients that are away.",
        atLimit: "The oldest are forgotten; who missed them gets a new connection.")

    public static let recoverySessions = Setting(
        "socketio.recovery-sessions", key: "recovery-sessions", .integer(1...100_000_000), default: 100_000,
        "Clients that are away and remembered.", atLimit: "The one that is away longest is forgotten.")

    public static let pollingCompression = Setting(
        "socketio.polling-compression", key: "polling-compression", .orOff(.bytes(0...(1 << 30))), default: 1024,
        "From how many bytes an answer to a poll is compressed.")

    public static let webSocketCompression = Setting(
        "socketio.websocket-compression", key: "websocket-compression", .orOff(.bytes(0...(1 << 30))), default: nil,
        "From how many bytes a WebSocket message is compressed; that costs memory for each client."
    )
}
