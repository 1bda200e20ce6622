public import Settings

/// Every setting of Parley, each declared once.
public enum AppSettings {
    /// What `parley serve` reads and `parley settings` shows.
    public static let catalog = SettingsCatalog(
        [
            .init("Server", server), .init("TLS", tls), .init("Log", log), .init("Other pages and proxies", access),
            .init("HTTP", http), .init("Socket.IO", socketIO), .init("Chat", chat), .init("Rooms", roomBounds),
            .init("Messages", messages), .init("Files", files), .init("Accounts", accounts), .init("Rates", rates),
            .init("Integrations", integrations), .init("Administration", administration),
            .init("Operations", operations),
            .init("Secrets", secrets),
        ],
        foreignVariables: foreignVariables,
        check: { settings in
            if (settings[tlsCertificate] == nil) != (settings[tlsKey] == nil) {
                return "tls.certificate and tls.key belong together; give both or neither."
            }
            if settings[historyDefault] > settings[historyMost] {
                return "chat.history-default must not be larger than chat.history-most."
            }
            if settings[searchDefault] > settings[searchMost] {
                return "chat.search-default must not be larger than chat.search-most."
            }
            if settings[maxPayloadBeforeJoin] > settings[maxPayload] {
                return "socketio.max-payload-before-join must not be larger than socketio.max-payload."
            }
            return nil
        })
}
