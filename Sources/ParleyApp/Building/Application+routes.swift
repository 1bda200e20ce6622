import Accounts
import Bytes
import Chat
import EventLoops
import Fetch
import JSON
import Logging
import Routing
import Settings
import SocketIO

extension Application {
    /// Every path of the server but Socket.IO's own.
    static func routes(
        _ chat: Chat, _ accounts: Accounts, _ files: PublicFiles, _ rates: EventRates, _ settings: Settings,
        _ clock: any WallClock, _ logger: Logger,
        announce: @escaping @Sendable (StatusChange) -> Void = { _ in },
        operations: OperationsController? = nil, administration: Administration? = nil
    ) throws -> Responder {
        var router = Router(logger: logger)
        router.use(SecurityHeaders())
        let plain = router.refusalResponse
        router.refusalResponse = { APIError.answer(to: $1, refusedBy: $0) ?? plain($0, $1) }
        try admitOrigins(settings[AppSettings.corsOrigins], to: &router)
        let json = JSONLimits(settings)
        let callers = Callers(accounts: accounts)
        let creations: RateLimiter<Subscriber>? = perMinute(AppSettings.roomsPerMinute, settings, clock, rates)
        RoomController(chat: chat, creations: creations, json: json).addRoutes(to: &router)
        RoomKeyController(chat: chat, callers: callers, json: json).addRoutes(to: &router)
        PersonController(chat: chat, callers: callers, rates: rates, json: json, announce: announce)
            .addRoutes(to: &router)
        RoomsController(chat: chat, callers: callers, creations: creations, json: json).addRoutes(to: &router)
        MembersController(chat: chat, callers: callers, json: json).addRoutes(to: &router)
        EntranceController(chat: chat, callers: callers, json: json).addRoutes(to: &router)
        AuthController(
            callers: callers, isOpen: settings[AppSettings.registration],
            registrations: perMinute(AppSettings.registrationsPerMinute, settings, clock, rates),
            logIns: perMinute(AppSettings.loginsPerMinute, settings, clock, rates), json: json
        ).addRoutes(to: &router)
        AccountController(callers: callers, json: json).addRoutes(to: &router)
        TokenController(callers: callers, json: json).addRoutes(to: &router)
        BotController(chat: chat, callers: callers, json: json).addRoutes(to: &router)
        let pages = Concurrency(most: settings[AppSettings.pagesPerAddress])
        ChatController(chat: chat, callers: callers, pages: pages, rates: rates, json: json)
            .addRoutes(to: &router)
        MessageController(chat: chat, callers: callers, pages: pages, rates: rates, json: json).addRoutes(to: &router)
        ReadController(chat: chat, callers: callers, json: json).addRoutes(to: &router)
        SearchController(chat: chat, callers: callers, rates: rates).addRoutes(to: &router)
        let uploads = UploadReader(chat: chat, callers: callers, rates: rates)
        for dialect: any FilesDialect in [ChatFiles(), NativeFiles()] {
            FilesController(chat: chat, callers: callers, uploads: uploads, json: json, dialect: dialect)
                .addRoutes(to: &router)
        }
        let addresses = AddressGuard(allowing: settings[AppSettings.webhookNetworks])
        WebhookController(chat: chat, callers: callers, addresses: addresses, json: json).addRoutes(to: &router)
        HookController(
            chat: chat, rates: rates, messages: perMinute(AppSettings.webhookMessagesPerMinute, settings, clock, rates),
            json: json
        ).addRoutes(to: &router)
        files.addRoutes(to: &router)
        operations?.addRoutes(to: &router)
        administration?.addRoutes(to: &router, json: json)
        return try router.freeze()
    }

    /// How often one address or account may do something; `nil` where rates are not limited.
    static func perMinute<Caller: Hashable & Sendable>(
        _ setting: Setting<Int>, _ settings: Settings, _ clock: any WallClock, _ rates: EventRates
    ) -> RateLimiter<Caller>? {
        guard settings[AppSettings.rateLimits] else { return nil }
        return RateLimiter(
            RateLimit(perMinute: settings[setting]), clock: clock, capacity: settings[AppSettings.rateRecords],
            refusals: rates.refusals)
    }

    /// Which pages may read answers, and which may change something in their visitor's name.
    private static func admitOrigins(_ origins: [String], to router: inout Router) throws {
        // Whoever lets all pages in has nothing to guard against.
        if origins.contains("*") { return router.use(try CORS(.any)) }
        if !origins.isEmpty { router.use(try CORS(.listed(Set(origins)))) }
        router.use(CrossSiteGuard(allowedOrigins: Set(origins)))
    }
}
