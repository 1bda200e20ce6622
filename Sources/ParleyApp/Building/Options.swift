import Accounts
import Chat
import ChatStorage
import EngineIO
import EventLoops
import Fetch
import HTTPWire
import JSON
import Logging
import Serving
import Settings
import SocketIO

// From the settings to the options of each module.

extension ChatLimits {
    init(_ settings: Settings) {
        self.init()
        roomIDLength = settings[AppSettings.roomIDLength]
        userIDLength = settings[AppSettings.userIDLength]
        textLength = settings[AppSettings.messageLength]
        reactionBytes = settings[AppSettings.reactionLength]
        passwordLength = settings[AppSettings.passwordLength]
        shortestPassword = settings[AppSettings.shortestPassword]
        clientIDBytes = settings[AppSettings.clientIDLength]
        rooms = settings[AppSettings.rooms]
        messagesPerRoom = settings[AppSettings.messagesPerRoom]
        editTime = settings[AppSettings.editTime].components.seconds
        editsPerMessage = settings[AppSettings.editsPerMessage]
        pinsPerRoom = settings[AppSettings.pinsPerRoom]
        mentionsPerMessage = settings[AppSettings.mentionsPerMessage]
        readAtOnce = settings[AppSettings.readAtOnce]
        readersPerRoom = settings[AppSettings.readersPerRoom]
        unreadMost = settings[AppSettings.unreadMost]
        unreadRooms = settings[AppSettings.unreadRooms]
        mentionsMost = settings[AppSettings.mentionsMost]
        searchLength = settings[AppSettings.searchLength]
        searchDefault = settings[AppSettings.searchDefault]
        searchMost = settings[AppSettings.searchMost]
        searchContext = settings[AppSettings.searchContext]
        searchScan = settings[AppSettings.searchScan]
        searchRooms = settings[AppSettings.searchRooms]
        searches = settings[AppSettings.searches]
        reactionsPerMessage = settings[AppSettings.reactionsPerMessage]
        membersPerReaction = settings[AppSettings.membersPerReaction]
        historyDefault = settings[AppSettings.historyDefault]
        historyMost = settings[AppSettings.historyMost]
        historyBytes = settings[AppSettings.historyBytes]
        missedMost = settings[AppSettings.missedMost]
        missedBytes = settings[AppSettings.missedBytes]
        listedReactors = settings[AppSettings.listedReactors]
        listedNames = settings[AppSettings.listedNames]
        roomNameLength = settings[AppSettings.roomNameLength]
        topicLength = settings[AppSettings.topicLength]
        avatarLength = settings[AppSettings.avatarLength]
        profiles = settings[AppSettings.profiles]
        conversationSize = settings[AppSettings.conversationSize]
        sanctionsPerRoom = settings[AppSettings.sanctionsPerRoom]
        invitationsPerRoom = settings[AppSettings.invitationsPerRoom]
        pendingAddresses = settings[AppSettings.pendingAddresses]
        webhooksPerRoom = settings[AppSettings.webhooksPerRoom]
        webhookFailures = Int64(settings[AppSettings.webhookFailures])
        webhookRetries = RetrySchedule(
            first: settings[AppSettings.webhookRetry].milliseconds,
            longest: settings[AppSettings.webhookLongestRetry].milliseconds)
        keptDeliveries = settings[AppSettings.webhookDeliveries]
        listedRooms = settings[AppSettings.listedRooms]
        fileBytes = settings[AppSettings.fileSize]
        fileSpace = FileSpace(
            room: settings[AppSettings.roomSpace], server: settings[AppSettings.serverSpace])
        fileTypes = FileTypes(settings[AppSettings.fileTypes]) ?? .all
        uploads = settings[AppSettings.uploads]
        uploadsPerPerson = settings[AppSettings.uploadsPerPerson]
        filesPerMessage = settings[AppSettings.filesPerMessage]
        pendingFilesPerPerson = settings[AppSettings.pendingFiles]
        pendingFileTime = settings[AppSettings.pendingFileTime].components.seconds
        listedFiles = settings[AppSettings.listedFiles]
        membersPerRoom = settings[AppSettings.membersPerRoom]
        connectionsPerRoom = settings[AppSettings.connectionsPerRoom]
        verifiedAddresses = settings[AppSettings.verifiedAddresses]
        verifiedAddressLifetime = settings[AppSettings.verifiedAddressTime].components.seconds
        roomTokenLifetime = settings[AppSettings.roomTokenTime].components.seconds
        guestTokenLifetime = settings[AppSettings.guestTokenTime].components.seconds
        passwordFailures = settings[AppSettings.rateLimits] ? settings[AppSettings.passwordFailures] : .max
        passwordFailuresPerAddress =
            settings[AppSettings.rateLimits] ? settings[AppSettings.passwordFailuresPerAddress] : .max
        deedsPerMinute = settings[AppSettings.rateLimits] ? settings[AppSettings.deedsPerMinute] : .max
        passwordWindow = settings[AppSettings.passwordWindow].components.seconds
        passwordRecords = settings[AppSettings.passwordRecords]
        cachedRooms = settings[AppSettings.cachedRooms]
    }
}

extension AccountLimits {
    init(_ settings: Settings) {
        self.init()
        handleLength = settings[AppSettings.handleLength]
        displayNameLength = settings[AppSettings.displayNameLength]
        shortestPassword = settings[AppSettings.shortestAccountPassword]
        passwordLength = settings[AppSettings.accountPasswordLength]
        accounts = settings[AppSettings.mostAccounts]
        sessionsPerAccount = settings[AppSettings.sessionsPerAccount]
        formerHandles = settings[AppSettings.formerHandles]
        formerHandleLifetime = settings[AppSettings.formerHandleTime].components.seconds
        accessTokenLifetime = settings[AppSettings.accessTokenTime].components.seconds
        sessionLifetime = settings[AppSettings.sessionTime].components.seconds
        cachedSessions = settings[AppSettings.cachedSessions]
        tokensPerAccount = settings[AppSettings.tokensPerAccount]
        botsPerAccount = settings[AppSettings.botsPerAccount]
        let isLimited = settings[AppSettings.rateLimits]
        failures = isLimited ? settings[AppSettings.loginFailures] : .max
        failuresPerAddress = isLimited ? settings[AppSettings.loginFailuresPerAddress] : .max
        failuresPerAccount = isLimited ? settings[AppSettings.loginFailuresPerAccount] : .max
        failureWindow = settings[AppSettings.loginWindow].components.seconds
        failureRecords = settings[AppSettings.loginRecords]
        confirmationGrace = settings[AppSettings.confirmationTime].components.seconds
        linkLifetime = settings[AppSettings.linkTime].components.seconds
    }
}

extension FetchOptions {
    init(_ settings: Settings) {
        self.init()
        timeout = Int(settings[AppSettings.webhookTime].milliseconds)
        connectTimeout = timeout
    }
}

extension Duration {
    /// In whole milliseconds; settings are far below what a number holds.
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension EventRates {
    init(_ settings: Settings, clock: any WallClock) {
        let limits = Kind.allCases.map { kind -> RateLimit in
            let (rate, burst) =
                switch kind {
                case .message: (AppSettings.messagesPerSecond, AppSettings.messageBurst)
                case .typing: (AppSettings.typingPerSecond, AppSettings.typingBurst)
                case .reaction: (AppSettings.reactionsPerSecond, AppSettings.reactionBurst)
                case .join: (AppSettings.joinsPerSecond, AppSettings.joinBurst)
                }
            return RateLimit(perSecond: Double(settings[rate]), burst: Double(settings[burst]))
        }
        let bytes = RateLimit(
            perSecond: Double(settings[AppSettings.bytesPerSecond]), burst: Double(settings[AppSettings.byteBurst]))
        let isLimited = settings[AppSettings.rateLimits]
        self.init(
            isLimited ? limits : nil, bytes: isLimited ? bytes : nil,
            addressFactor: settings[AppSettings.rateAddressFactor],
            capacity: settings[AppSettings.rateRecords], clock: clock)
    }
}

extension Announcer.Pace {
    init(_ settings: Settings) {
        self.init(
            interval: settings[AppSettings.announcementInterval], burst: settings[AppSettings.announcementBurst])
    }
}

extension SQLiteStore.Options {
    init(_ settings: Settings) {
        self.init()
        messagesPerRoom = settings[AppSettings.messagesPerRoom]
        messageLifetime = settings[AppSettings.messageTime]?.components.seconds
        writeQueue = settings[AppSettings.writeQueue]
        readQueue = settings[AppSettings.readQueue]
        pageQueue = settings[AppSettings.pageQueue]
        webhookQueue = settings[AppSettings.webhookQueue]
    }
}

extension EngineOptions {
    init(_ settings: Settings) {
        self.init()
        allowRevision3 = settings[AppSettings.revision3]
        pingInterval = settings[AppSettings.pingInterval]
        pingTimeout = settings[AppSettings.pingTimeout]
        upgradeTimeout = settings[AppSettings.upgradeTimeout]
        closeTimeout = settings[AppSettings.lastPollTime]
        maxPayload = settings[AppSettings.maxPayload]
        maxPayloadBeforeJoin = settings[AppSettings.maxPayloadBeforeJoin]
        maxFragments = settings[AppSettings.fragments]
        maxPacketsPerPayload = settings[AppSettings.packetsPerPayload]
        maxPacketsPerAnswer = settings[AppSettings.packetsPerAnswer]
        maxBufferedBytes = settings[AppSettings.sendQueue]
        maxSessions = settings[AppSettings.sessions]
        maxSessionsPerAddress =
            settings[AppSettings.rateLimits] ? settings[AppSettings.sessionsPerAddress] : settings[AppSettings.sessions]
        maxUnjoinedSessionsPerAddress =
            settings[AppSettings.rateLimits] ? settings[AppSettings.unjoinedSessions] : settings[AppSettings.sessions]
        httpCompressionThreshold = settings[AppSettings.pollingCompression]
        webSocketCompressionThreshold = settings[AppSettings.webSocketCompression]
        let listed = settings[AppSettings.corsOrigins]
        if listed.contains("*") { origins = .any } else if !listed.isEmpty { origins = .listed(listed) }
    }
}

extension WebServerOptions {
    init(_ settings: Settings) {
        self.init()
        threads = settings[AppSettings.threads]
        headTimeout = settings[AppSettings.headTime]
        bodyTimeout = settings[AppSettings.bodyTime]
        minBodyRate = settings[AppSettings.bodyRate]
        maxStreamedBytes = settings[AppSettings.streamedBytes]
        idleTimeout = settings[AppSettings.idleTime]
        closeTimeout = settings[AppSettings.closeTime]
        drainTimeout = settings[AppSettings.drainTime]
        maxConnections = settings[AppSettings.connections]
        maxBufferedBytes = settings[AppSettings.sendQueue]
        maxWaitingBytes = settings[AppSettings.sendQueues]
        maxPipelinedBytes = settings[AppSettings.pipelinedBytes]
        sendBuffer = settings[AppSettings.sendBuffer]
        maxUnfinishedInput = settings[AppSettings.unfinishedInput]
        maxUnreadAnswers = settings[AppSettings.unreadAnswers]
        unreadPatience = settings[AppSettings.unreadTime]
        trustedProxies = settings[AppSettings.trustedProxies]
        let names = settings[AppSettings.hosts]
        if !names.isEmpty { hosts = ServedHosts(names + [settings[AppSettings.host]]) }
        http.requestLine = settings[AppSettings.requestLine]
        http.headerBlock = settings[AppSettings.headerBlock]
        http.headerCount = settings[AppSettings.headerCount]
        http.body = settings[AppSettings.requestBody]
        http.chunkExtensions = settings[AppSettings.chunkExtensions]
        http.trailers = settings[AppSettings.trailers]
    }
}

extension RecoveryOptions {
    init(_ settings: Settings) {
        self.init()
        maxDisconnectionDuration = settings[AppSettings.recoveryTime]
        maxEvents = settings[AppSettings.recoveryEvents]
        maxBytes = settings[AppSettings.recoveryBytes]
        maxSessions = settings[AppSettings.recoverySessions]
    }
}

extension JSONLimits {
    /// For bodies of requests, whose length HTTP bounds.
    init(_ settings: Settings) {
        self.init(maxDepth: settings[AppSettings.jsonDepth], maxValues: settings[AppSettings.jsonValues])
    }
}

extension SocketIO.ServerOptions {
    init(_ settings: Settings, logger: Logger) {
        self.init()
        engine = EngineOptions(settings)
        connectTimeout = settings[AppSettings.connectTime]
        maxNamespacesPerConnection = settings[AppSettings.namespacesPerConnection]
        maxNamespaceNameLength = settings[AppSettings.namespaceName]
        jsonLimits.maxDepth = settings[AppSettings.jsonDepth]
        jsonLimits.maxValues = settings[AppSettings.jsonValues]
        maxAttachments = settings[AppSettings.attachments]
        attachmentTimeout = settings[AppSettings.attachmentTime]
        maxUnfinishedEvents = settings[AppSettings.unfinishedEvents]
        // Recovery adds an argument to every event, which clients that check their arguments (Python's) take for a fault.
        if settings[AppSettings.recovery] { connectionStateRecovery = RecoveryOptions(settings) }
        self.logger = logger
    }
}
