import Accounts
import Bytes
import Chat
import ChatStorage
import EngineIO
import Fetch
import JSON
import Logging
import Serving
import Settings
import SocketIO
import Testing

@testable import ParleyApp

/// Every option that settings decide, by its path, as text.
private struct Options {
    private(set) var values: [String: String] = [:]

    init(_ arguments: [String] = []) throws {
        let settings = try AppSettings.catalog.load(arguments: arguments)
        note(ChatLimits(settings), at: "chat")
        note(AccountLimits(settings), at: "accounts")
        note(SQLiteStore.Options(settings), at: "store")
        note(WebServerOptions(settings), at: "server")
        let io = SocketIO.ServerOptions(settings, logger: .disabled)
        note(io, at: "io")
        note(RecoveryOptions(settings), at: "recovery")
        note(FetchOptions(settings), at: "fetch")
        note(JSONLimits(settings), at: "body")
    }

    private mutating func note(_ value: Any, at path: String) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .set {
            values[path] = mirror.children.map { String(describing: $0.value) }.sorted().joined(separator: " ")
            return
        }
        let isLeaf = mirror.displayStyle != .struct || value is Duration || value is CIDR
        if isLeaf {
            values[path] = String(describing: value)
            return
        }
        for child in mirror.children { note(child.value, at: "\(path).\(child.label ?? "?")") }
    }

    /// What is another than in `base`, in order.
    func changes(from base: Options) -> [String] {
        values.filter { base.values[$0.key] != $0.value }.map { "\($0.key)=\($0.value)" }.sorted()
    }
}

/// A setting, a value that is not its default, and all that becomes another with it.
struct SettingEffect: Sendable, CustomTestStringConvertible {
    let flag: String
    let value: String
    let changes: [String]

    init(_ flag: String, _ value: String, _ changes: String...) {
        (self.flag, self.value, self.changes) = (flag, value, changes.sorted())
    }

    var testDescription: String { "--\(flag) \(value)" }

    static let chat = [
        SettingEffect("message-length", "77", "chat.textLength=77"),
        SettingEffect("messages-per-room", "77", "chat.messagesPerRoom=77", "store.messagesPerRoom=77"),
        SettingEffect("message-time", "77s", "store.messageLifetime=Optional(77)"),
        SettingEffect("edit-time", "77s", "chat.editTime=77"),
        SettingEffect("edits-per-message", "77", "chat.editsPerMessage=77"),
        SettingEffect("pins-per-room", "77", "chat.pinsPerRoom=77"),
        SettingEffect("mentions-per-message", "77", "chat.mentionsPerMessage=77"),
        SettingEffect("read-at-once", "77", "chat.readAtOnce=77"),
        SettingEffect("readers-per-room", "77", "chat.readersPerRoom=77"),
        SettingEffect("unread-most", "77", "chat.unreadMost=77"),
        SettingEffect("unread-rooms", "77", "chat.unreadRooms=77"),
        SettingEffect("mentions-most", "77", "chat.mentionsMost=77"),
        SettingEffect("search-length", "77", "chat.searchLength=77"),
        SettingEffect("search-default", "77", "chat.searchDefault=77"),
        SettingEffect("search-most", "77", "chat.searchMost=77"),
        SettingEffect("search-context", "77", "chat.searchContext=77"),
        SettingEffect("search-scan", "77", "chat.searchScan=77"),
        SettingEffect("search-rooms", "77", "chat.searchRooms=77"),
        SettingEffect("searches", "77", "chat.searches=77"),
        SettingEffect("history-default", "77", "chat.historyDefault=77"),
        SettingEffect("history-most", "777", "chat.historyMost=777"),
        SettingEffect("history-bytes", "77", "chat.historyBytes=77"),
        SettingEffect("missed-most", "77", "chat.missedMost=77"),
        SettingEffect("missed-bytes", "77", "chat.missedBytes=77"),
        SettingEffect("rooms", "77", "chat.rooms=77"),
        SettingEffect("room-id-length", "77", "chat.roomIDLength=77"),
        SettingEffect("user-id-length", "77", "chat.userIDLength=77"),
        SettingEffect("shortest-password", "7", "chat.shortestPassword=7"),
        SettingEffect("password-length", "77", "chat.passwordLength=77"),
        SettingEffect("client-id-length", "77", "chat.clientIDBytes=77"),
        SettingEffect("reaction-length", "77", "chat.reactionBytes=77"),
        SettingEffect("reactions-per-message", "77", "chat.reactionsPerMessage=77"),
        SettingEffect("members-per-reaction", "77", "chat.membersPerReaction=77"),
        SettingEffect("listed-reactors", "77", "chat.listedReactors=77"),
        SettingEffect("listed-names", "77", "chat.listedNames=77"),
        SettingEffect("room-name-length", "3", "chat.roomNameLength=3"),
        SettingEffect("topic-length", "4", "chat.topicLength=4"),
        SettingEffect("avatar-length", "5", "chat.avatarLength=5"),
        SettingEffect("profiles", "6", "chat.profiles=6"),
        SettingEffect("conversation-size", "7", "chat.conversationSize=7"),
        SettingEffect("sanctions-per-room", "8", "chat.sanctionsPerRoom=8"),
        SettingEffect("invitations-per-room", "9", "chat.invitationsPerRoom=9"),
        SettingEffect("pending-addresses", "10", "chat.pendingAddresses=10"),
        SettingEffect("listed-rooms", "11", "chat.listedRooms=11"),
        SettingEffect("file-size", "77", "chat.fileBytes=77"),
        SettingEffect("room-space", "77", "chat.fileSpace.room=77"),
        SettingEffect("server-space", "77", "chat.fileSpace.server=77"),
        SettingEffect("file-types", "image/png", "chat.fileTypes.kinds=Optional(Set([Media.MediaKind.png]))"),
        SettingEffect("uploads", "77", "chat.uploads=77"),
        SettingEffect("uploads-per-person", "77", "chat.uploadsPerPerson=77"),
        SettingEffect("files-per-message", "77", "chat.filesPerMessage=77"),
        SettingEffect("pending-files", "77", "chat.pendingFilesPerPerson=77"),
        SettingEffect("pending-file-time", "77s", "chat.pendingFileTime=77"),
        SettingEffect("listed-files", "77", "chat.listedFiles=77"),
        SettingEffect("members-per-room", "78", "chat.membersPerRoom=78"),
        SettingEffect("connections-per-room", "77", "chat.connectionsPerRoom=77"),
        SettingEffect("verified-addresses", "77", "chat.verifiedAddresses=77"),
        SettingEffect("verified-address-time", "77s", "chat.verifiedAddressLifetime=77"),
        SettingEffect("room-token-time", "77s", "chat.roomTokenLifetime=77"),
        SettingEffect("guest-token-time", "77s", "chat.guestTokenLifetime=77"),
        SettingEffect("cached-rooms", "77", "chat.cachedRooms=77"),
        SettingEffect("write-queue", "77", "store.writeQueue=77"),
        SettingEffect("read-queue", "77", "store.readQueue=77"),
        SettingEffect("page-queue", "77", "store.pageQueue=77"),
        SettingEffect("webhook-queue", "77", "store.webhookQueue=77"),
        SettingEffect("webhooks-per-room", "77", "chat.webhooksPerRoom=77"),
        SettingEffect("webhook-failures", "77", "chat.webhookFailures=77"),
        SettingEffect("webhook-retry", "77s", "chat.webhookRetries.first=77000"),
        SettingEffect("webhook-longest-retry", "77s", "chat.webhookRetries.longest=77000"),
        SettingEffect("webhook-deliveries", "77", "chat.keptDeliveries=77"),
        SettingEffect("webhook-time", "77s", "fetch.connectTimeout=77000", "fetch.timeout=77000"),
        SettingEffect("deeds-per-minute", "77", "chat.deedsPerMinute=77"),
        SettingEffect("password-failures", "77", "chat.passwordFailures=77"),
        SettingEffect("password-failures-per-address", "77", "chat.passwordFailuresPerAddress=77"),
        SettingEffect("password-window", "77s", "chat.passwordWindow=77"),
        SettingEffect("password-records", "77", "chat.passwordRecords=77"),
        SettingEffect(
            "rate-limits", "off", "accounts.failures=\(Int.max)", "accounts.failuresPerAccount=\(Int.max)",
            "accounts.failuresPerAddress=\(Int.max)", "chat.deedsPerMinute=\(Int.max)",
            "chat.passwordFailures=\(Int.max)",
            "chat.passwordFailuresPerAddress=\(Int.max)",
            "io.engine.maxSessionsPerAddress=100000", "io.engine.maxUnjoinedSessionsPerAddress=100000"),
    ]

    static let accounts = [
        SettingEffect("user-name-length", "33", "accounts.handleLength=33"),
        SettingEffect("display-name-length", "33", "accounts.displayNameLength=33"),
        SettingEffect("shortest-account-password", "7", "accounts.shortestPassword=7"),
        SettingEffect("account-password-length", "77", "accounts.passwordLength=77"),
        SettingEffect("accounts", "77", "accounts.accounts=77"),
        SettingEffect("former-user-names", "7", "accounts.formerHandles=7"),
        SettingEffect("former-user-name-time", "77s", "accounts.formerHandleLifetime=77"),
        SettingEffect("sessions-per-account", "77", "accounts.sessionsPerAccount=77"),
        SettingEffect("access-token-time", "77s", "accounts.accessTokenLifetime=77"),
        SettingEffect("session-time", "77s", "accounts.sessionLifetime=77"),
        SettingEffect("cached-sessions", "77", "accounts.cachedSessions=77"),
        SettingEffect("tokens-per-account", "77", "accounts.tokensPerAccount=77"),
        SettingEffect("bots-per-account", "77", "accounts.botsPerAccount=77"),
        SettingEffect("login-failures", "77", "accounts.failures=77"),
        SettingEffect("login-failures-per-address", "77", "accounts.failuresPerAddress=77"),
        SettingEffect("login-failures-per-account", "77", "accounts.failuresPerAccount=77"),
        SettingEffect("login-window", "77s", "accounts.failureWindow=77"),
        SettingEffect("login-records", "77", "accounts.failureRecords=77"),
        SettingEffect("confirmation-time", "77s", "accounts.confirmationGrace=77"),
        SettingEffect("link-time", "77s", "accounts.linkLifetime=77"),
    ]

    static let http = [
        SettingEffect("threads", "7", "server.threads=Optional(7)"),
        SettingEffect("send-buffer", "77777", "server.sendBuffer=Optional(77777)"),
        SettingEffect("drain-time", "7s", "server.drainTimeout=7.0 seconds"),
        SettingEffect("connections", "77", "server.maxConnections=77"),
        SettingEffect("head-time", "7s", "server.headTimeout=7.0 seconds"),
        SettingEffect("body-time", "7s", "server.bodyTimeout=7.0 seconds"),
        SettingEffect("body-rate", "77", "server.minBodyRate=77"),
        SettingEffect("streamed-bytes", "77", "server.maxStreamedBytes=77"),
        SettingEffect("idle-time", "7s", "server.idleTimeout=7.0 seconds"),
        SettingEffect("close-time", "7s", "server.closeTimeout=7.0 seconds"),
        SettingEffect("request-line", "777", "server.http.requestLine=777"),
        SettingEffect("header-block", "777", "server.http.headerBlock=777"),
        SettingEffect("header-count", "77", "server.http.headerCount=77"),
        SettingEffect("request-body", "77", "server.http.body=77"),
        SettingEffect("chunk-extensions", "77", "server.http.chunkExtensions=77"),
        SettingEffect("trailers", "77", "server.http.trailers=77"),
        SettingEffect("pipelined-bytes", "77", "server.maxPipelinedBytes=77"),
        SettingEffect("unfinished-input", "77777", "server.maxUnfinishedInput=77777"),
        SettingEffect("unread-answers", "77777", "server.maxUnreadAnswers=77777"),
        SettingEffect("unread-time", "7s", "server.unreadPatience=7.0 seconds"),
        SettingEffect("json-depth", "7", "body.maxDepth=7", "io.jsonLimits.maxDepth=7"),
        SettingEffect("json-values", "77", "body.maxValues=77", "io.jsonLimits.maxValues=77"),
        SettingEffect(
            "hosts", "a.example", #"server.hosts.rule=named(["a.example", "127.0.0.1"], orUnixSocket: false)"#),
        SettingEffect("trusted-proxies", "10.0.0.0/8", "server.trustedProxies=[10.0.0.0/8]"),
        SettingEffect("cors-origins", "https://a.example", #"io.engine.origins=listed(["https://a.example"])"#),
        SettingEffect("cors-origins", "https://a.example,*", "io.engine.origins=any"),
    ]

    static let socketIO = [
        SettingEffect("revision3", "off", "io.engine.allowRevision3=false"),
        SettingEffect("ping-interval", "7s", "io.engine.pingInterval=7.0 seconds"),
        SettingEffect("ping-timeout", "7s", "io.engine.pingTimeout=7.0 seconds"),
        SettingEffect("upgrade-timeout", "7s", "io.engine.upgradeTimeout=7.0 seconds"),
        SettingEffect("last-poll-time", "7s", "io.engine.closeTimeout=7.0 seconds"),
        SettingEffect("max-payload", "7777777", "io.engine.maxPayload=7777777"),
        SettingEffect("max-payload-before-join", "7777", "io.engine.maxPayloadBeforeJoin=Optional(7777)"),
        SettingEffect("fragments", "77", "io.engine.maxFragments=77"),
        SettingEffect("packets-per-payload", "77", "io.engine.maxPacketsPerPayload=77"),
        SettingEffect("packets-per-answer", "77", "io.engine.maxPacketsPerAnswer=77"),
        SettingEffect("send-queue", "7777", "io.engine.maxBufferedBytes=7777", "server.maxBufferedBytes=7777"),
        SettingEffect("send-queues", "7777777", "server.maxWaitingBytes=7777777"),
        SettingEffect("sessions", "77", "io.engine.maxSessions=77"),
        SettingEffect("sessions-per-address", "77", "io.engine.maxSessionsPerAddress=77"),
        SettingEffect("unjoined-sessions", "77", "io.engine.maxUnjoinedSessionsPerAddress=77"),
        SettingEffect("polling-compression", "off", "io.engine.httpCompressionThreshold=nil"),
        SettingEffect("polling-compression", "77", "io.engine.httpCompressionThreshold=Optional(77)"),
        SettingEffect("websocket-compression", "77", "io.engine.webSocketCompressionThreshold=Optional(77)"),
        SettingEffect("connect-time", "7s", "io.connectTimeout=7.0 seconds"),
        SettingEffect("namespaces-per-connection", "77", "io.maxNamespacesPerConnection=77"),
        SettingEffect("namespace-name", "77", "io.maxNamespaceNameLength=77"),
        SettingEffect("recovery-time", "7s", "recovery.maxDisconnectionDuration=7.0 seconds"),
        SettingEffect("recovery-events", "77", "recovery.maxEvents=77"),
        SettingEffect("recovery-bytes", "77", "recovery.maxBytes=77"),
        SettingEffect("recovery-sessions", "77", "recovery.maxSessions=77"),
        SettingEffect("attachments", "77", "io.maxAttachments=77"),
        SettingEffect("attachment-time", "7s", "io.attachmentTimeout=7.0 seconds"),
        SettingEffect("unfinished-events", "77", "io.maxUnfinishedEvents=77"),
    ]

    /// What decides no option of a module: the application itself reads these, and other tests try them.
    static let others: Set<String> = [
        "host", "port", "listen", "data", "database-url", "public", "tls-cert", "tls-key", "log-level", "log-format",
        "config", "lobby-guests", "rooms-per-minute", "password-queue", "recovery", "signing-secret", "encryption-key",
        "webhook-networks", "webhook-concurrency", "webhook-messages-per-minute",
        "pages-per-address", "messages-per-second", "message-burst", "typing-per-second", "typing-burst",
        "reactions-per-second", "reaction-burst", "joins-per-second", "join-burst", "bytes-per-second", "byte-burst",
        "rate-address-factor", "rate-records",
        "announcement-interval", "announcement-burst", "receipt-audience", "typing-time",
        "rooms-per-connection", "rooms-left-per-connection", "registration", "logins-per-minute",
        "registrations-per-minute", "login-queue", "metrics-token", "free-space", "blocked-networks",
        "allowed-networks", "network-rules", "administration-per-minute",
    ]

    static let all = chat + accounts + http + socketIO
}

@Suite("From settings to options") struct OptionsTests {
    @Test(arguments: SettingEffect.all)
    func `a setting changes the option that it names and no other`(effect: SettingEffect) throws {
        let changes = try Options(["--\(effect.flag)", effect.value]).changes(from: Options())
        #expect(changes == effect.changes)
    }

    @Test func `each setting is one that names an option or one that the application reads`() {
        let tried = Set(SettingEffect.all.map(\.flag))
        #expect(tried.intersection(SettingEffect.others) == [])
        #expect(Set(AppSettings.catalog.settings.map(\.key)) == tried.union(SettingEffect.others))
    }

    @Test func `recovery is offered where it is asked for`() throws {
        func recovery(_ arguments: [String]) throws -> Bool {
            let settings = try AppSettings.catalog.load(arguments: arguments)
            return SocketIO.ServerOptions(settings, logger: .disabled).connectionStateRecovery != nil
        }
        #expect(try recovery(["--recovery", "on"]))
        #expect(try !recovery([]))
    }

    @Test func `the defaults of options that settings share with modules are the modules' own`() throws {
        let settings = try AppSettings.catalog.load()
        #expect(SQLiteStore.Options(settings).messagesPerRoom == SQLiteStore.Options().messagesPerRoom)
        #expect(WebServerOptions(settings).maxPipelinedBytes == WebServerOptions().maxPipelinedBytes)
        #expect(WebServerOptions(settings).closeTimeout == WebServerOptions().closeTimeout)
        #expect(EngineOptions(settings).maxBufferedBytes == EngineOptions().maxBufferedBytes)
        #expect(EngineOptions(settings).closeTimeout == EngineOptions().closeTimeout)
    }
}
