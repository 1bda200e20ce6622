public import Settings

extension AppSettings {
    static let rates: [any SettingDeclaration] = [
        rateLimits, messagesPerSecond, messageBurst, typingPerSecond, typingBurst, reactionsPerSecond, reactionBurst,
        joinsPerSecond, joinBurst, bytesPerSecond, byteBurst, rateAddressFactor, rateRecords, roomsPerMinute,
        deedsPerMinute, passwordFailures, passwordFailuresPerAddress, passwordWindow, passwordRecords,
    ]

    public static let rateLimits = Setting(
        "rates.limits", key: "rate-limits", .boolean, default: true,
        "Whether rates are limited at all; `off` is for benchmarks on a machine of one's own.")

    private static func rate(_ key: String, _ most: Int, _ what: String) -> Setting<Int> {
        Setting(
            "rates.\(key)", key: key, .integer(1...1_000_000), default: most, what,
            atLimit: "It is refused as `rate_limited`, with `retry_after` in seconds.")
    }

    private static func bytes(_ key: String, _ most: Int, _ what: String) -> Setting<Int> {
        Setting(
            "rates.\(key)", key: key, .bytes(1000...(1 << 40)), default: most, what,
            atLimit: "The event is refused as `rate_limited`, with `retry_after` in seconds.")
    }

    public static let messagesPerSecond = rate(
        "messages-per-second", 100, "Messages in a second, in the long run, on one connection and under one name.")

    public static let messageBurst = rate("message-burst", 500, "Messages at once after a rest, likewise.")

    public static let typingPerSecond = rate(
        "typing-per-second", 20, "Events `typing` in a second, in the long run, on one connection and under one name.")

    public static let typingBurst = rate("typing-burst", 100, "Events `typing` at once after a rest, likewise.")

    public static let reactionsPerSecond = rate(
        "reactions-per-second", 20, "Reactions in a second, in the long run, on one connection and under one name.")

    public static let reactionBurst = rate("reaction-burst", 100, "Reactions at once after a rest, likewise.")

    public static let joinsPerSecond = rate(
        "joins-per-second", 20, "Joins in a second, in the long run, on one connection.")

    public static let joinBurst = rate("join-burst", 500, "Joins at once after a rest, likewise.")

    public static let bytesPerSecond = bytes(
        "bytes-per-second", 1_000_000, "Bytes of events of any kind in a second, in the long run, on one connection.")

    public static let byteBurst = bytes(
        "byte-burst", 16_000_000, "Bytes of events at once after a rest, likewise; the last event may go beyond it.")

    public static let rateAddressFactor = Setting(
        "rates.address-factor", key: "rate-address-factor", .integer(1...1_000_000), default: 10,
        "How many times as much of each of these may come from one address, but for bytes.")

    public static let rateRecords = Setting(
        "rates.records", key: "rate-records", .integer(1...10_000_000), default: 100_000,
        "Addresses, and names in rooms, that are remembered for each of these.",
        atLimit: "Those that have done least are forgotten.")

    public static let roomsPerMinute = Setting(
        "rates.rooms-per-minute", key: "rooms-per-minute", .integer(1...1_000_000), default: 10,
        "Rooms that one address may make in a minute.", atLimit: "429 with `Retry-After`.")

    public static let deedsPerMinute = Setting(
        "rates.deeds-per-minute", key: "deeds-per-minute", .integer(1...1_000_000), default: 120,
        "Changes with a right over others, in rooms, that one account or one address may make in a minute: each stays in the "
            + "audit log.", atLimit: "429 with `Retry-After`, or `rate_limited` over Socket.IO.")

    public static let passwordFailures = Setting(
        "rates.password-failures", key: "password-failures", .integer(1...1_000_000), default: 10,
        "Wrong passwords that one address may try on one room in the window.", atLimit: "429 with `Retry-After`.")

    public static let passwordFailuresPerAddress = Setting(
        "rates.password-failures-per-address", key: "password-failures-per-address", .integer(1...1_000_000),
        default: 100, "Wrong passwords that one address may try on all rooms together in the window.",
        atLimit: "429 with `Retry-After`.")

    public static let passwordWindow = Setting(
        "rates.password-window", key: "password-window", .duration(.seconds(1) ... .seconds(86_400)),
        default: .seconds(600), "How long a wrong password counts.", atLimit: "It is forgotten.")

    public static let passwordRecords = Setting(
        "rates.password-records", key: "password-records", .integer(1...10_000_000), default: 100_000,
        "Addresses, and pairs of room and address, whose wrong passwords are remembered.",
        atLimit: "The oldest is forgotten.")
}
