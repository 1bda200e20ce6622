public import Logging
public import Settings

extension AppSettings {
    static let server: [any SettingDeclaration] = [
        host, port, listen, hosts, dataDirectory, databaseURL, threads, publicDirectory, drainTime,
        sendBuffer,
    ]

    public static let host = Setting(
        "server.host", key: "host", .text("a host name or an IP address"), default: "127.0.0.1", aliases: ["HOST"],
        "The address to listen on; `0.0.0.0` and `::` stand for every address of the machine.")

    public static let port = Setting(
        "server.port", key: "port", .integer(0...65_535), default: 10_000, aliases: ["PORT"],
        "The TCP port to listen on; 0 takes one that is free.")

    public static let listen = Setting(
        "server.listen", key: "listen",
        .list("addresses such as `0.0.0.0:8000` or `unix:/run/parley.sock`", of: .listenAddress),
        default: [], "Further addresses to listen on; the flag may be repeated.")

    public static let hosts = Setting(
        "server.hosts", key: "hosts",
        .list("names such as `chat.example` or `*.chat.example`, or `*`", of: .hostPattern), default: [],
        "The names that requests may give in `Host`, beside IP addresses, `localhost` and the name in `server.host`; "
            + "`*.chat.example` stands for all below it, `*` for any. Others are answered 421. Where no names are given, any is "
            + "served, but none by a server that listens on the loopback only and trusts no proxy; there a unix socket still "
            + "takes any.")

    public static let dataDirectory = Setting(
        "data.directory", key: "data", .path, default: "data",
        "The directory of the database and the keys; made where it is missing.")

    public static let databaseURL = Setting(
        "data.database-url", key: "database-url", .optional(.sqliteURL), default: nil, aliases: ["DATABASE_URL"],
        "The database, where it is not `parley.db` in the data directory.")

    public static let threads = Setting(
        "server.threads", key: "threads", .optional(.integer(1...256)), default: nil,
        "How many event loops share the connections; one for each core unless given.")

    public static let publicDirectory = Setting(
        "server.public", key: "public", .path, default: "Public", "The directory of the page's files.")

    public static let drainTime = Setting(
        "server.drain-time", key: "drain-time", .duration(.zero ... .seconds(600)), default: .seconds(10),
        "How long a stop waits for what is under way.", atLimit: "What is still open is closed.")

    public static let sendBuffer = Setting(
        "server.send-buffer", key: "send-buffer", .optional(.bytes((4 << 10)...(1 << 30))), default: nil,
        "Bytes that the system keeps for each TCP connection until the client has taken them, before `socketio.send-queue` "
            + "begins to count. Unless given, the system's own measure: it grows with what a connection can carry, on "
            + "Linux to some megabytes also for a client that takes nothing. A number ends that growth, so that a client far "
            + "away is sent no more than about so much in one round trip.")

    // MARK: TLS

    static let tls: [any SettingDeclaration] = [tlsCertificate, tlsKey]

    public static let tlsCertificate = Setting(
        "tls.certificate", key: "tls-cert", .optional(.path), default: nil,
        "The certificate chain in PEM; TLS 1.2 and 1.3 are then spoken on every TCP port. Read again on SIGHUP.")

    public static let tlsKey = Setting(
        "tls.key", key: "tls-key", .optional(.path), default: nil,
        "The private key of the certificate, in PEM. Read again on SIGHUP.")

    // MARK: Log

    static let log: [any SettingDeclaration] = [logLevel, logFormat]

    public static let logLevel = Setting<LogLevel>(
        "log.level", key: "log-level", .choice, default: .info, "The least level that is written.")

    public static let logFormat = Setting<LogFormat>(
        "log.format", key: "log-format", .choice, default: .text, "How a line of the log looks.")
}
