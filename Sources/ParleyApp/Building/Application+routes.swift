import Chat
import EventLoops
import HTTPWire
import Logging
import Routing
import Settings
import SocketIO

extension Application {
    /// Every path of the server but Socket.IO's own.
    static func routes(
        _ chat: Chat, _ settings: Settings, _ clock: any WallClock, _ logger: Logger
    ) throws -> Responder {
        var router = Router(logger: logger)
        let listed = settings[AppSettings.corsOrigins]
        router.use(SecurityHeaders())
        if !listed.isEmpty { router.use(try CORS(listed.contains("*") ? .any : .listed(Set(listed)))) }
        router.use(CrossSiteGuard(allowedOrigins: Set(listed)))
        let creations = RateLimiter(
            perMinute: settings[AppSettings.roomsPerMinute], isOff: !settings[AppSettings.rateLimits], clock: clock)
        RoomController(chat: chat, creations: creations).addRoutes(to: &router)
        ChatController(chat: chat).addRoutes(to: &router)
        var options = StaticFiles.Options()
        options.fixedAddresses = ["/": PageController.page, "/favicon.svg": "favicon.svg"]
        let directory = settings[AppSettings.publicDirectory]
        PageController(files: try StaticFiles(directory: directory, options: options)).addRoutes(to: &router)
        try BrowserClientController(directory: directory).addRoutes(to: &router)
        return try router.freeze()
    }
}
