import Bytes
import Network
import Serving
import Settings

extension ServedHosts {
    /// The names of the settings. Where they list none, every name is served, for nobody knows what others call this
    /// machine; but one that only this machine reaches, and no proxy that is known of, goes by no name.
    init(_ settings: Settings, listeningAt addresses: [SocketAddress]) {
        let listed = WebServerOptions(settings).hosts
        let isLocal = addresses.allSatisfy { $0.ip?.isLoopback ?? true }
        guard settings[AppSettings.hosts].isEmpty, settings[AppSettings.trustedProxies].isEmpty, isLocal else {
            self = listed
            return
        }
        self.init([settings[AppSettings.host]], anyOnUnixSockets: true)
    }

    /// What whoever starts a server is told where it serves every name without having been told to.
    static let warning =
        "Requests for any name are served, also for that of a page elsewhere which lets its name stand for this server "
        + "(DNS rebinding): give the server's names with --hosts, or --hosts '*' for any"
}
