import Bytes
import Chat
import EventLoops
import HTTPWire
import JSON
import Logging
import Routing
import Settings
import SocketIO

extension Application {
    /// Every path of the server but Socket.IO's own.
    static func routes(
        _ chat: Chat, _ rates: EventRates, _ settings: Settings, _ clock: any WallClock, _ logger: Logger
    ) throws -> Responder {
        var router = Router(logger: logger)
        router.use(SecurityHeaders())
        try admitOrigins(settings[AppSettings.corsOrigins], to: &router)
        let creations = RateLimiter<Subscriber>(
            RateLimit(perMinute: settings[AppSettings.roomsPerMinute]), clock: clock,
            capacity: settings[AppSettings.rateRecords])
        RoomController(
            chat: chat, creations: settings[AppSettings.rateLimits] ? creations : nil, json: JSONLimits(settings)
        )
        .addRoutes(to: &router)
        let pages = Concurrency(most: settings[AppSettings.pagesPerAddress])
        ChatController(chat: chat, pages: pages, rates: rates, json: JSONLimits(settings)).addRoutes(to: &router)
        var options = StaticFiles.Options()
        options.fixedAddresses = ["/": PageController.page, "/favicon.svg": "favicon.svg"]
        let directory = settings[AppSettings.publicDirectory]
        PageController(files: try StaticFiles(directory: directory, options: options)).addRoutes(to: &router)
        try BrowserClientController(directory: directory).addRoutes(to: &router)
        return try router.freeze()
    }

    /// Which pages may read answers, and which may change something in their visitor's name.
    private static func admitOrigins(_ origins: [String], to router: inout Router) throws {
        // Whoever lets all pages in has nothing to guard against.
        if origins.contains("*") { return router.use(try CORS(.any)) }
        if !origins.isEmpty { router.use(try CORS(.listed(Set(origins)))) }
        router.use(CrossSiteGuard(allowedOrigins: Set(origins)))
    }
}
