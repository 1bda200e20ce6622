public import Settings

extension AppSettings {
    // MARK: Rates

    static let rates: [any SettingDeclaration] = [
        rateLimits, roomsPerMinute, passwordFailures, passwordFailuresPerAddress, passwordWindow,
        passwordRecords,
    ]

    public static let rateLimits = Setting(
        "rates.limits", key: "rate-limits", .boolean, default: true,
        "Whether rates are limited at all; `off` is for benchmarks on a machine of one's own.")

    public static let roomsPerMinute = Setting(
        "rates.rooms-per-minute", key: "rooms-per-minute", .integer(1...1_000_000), default: 10,
        "Rooms that one address may make in a minute.", atLimit: "429 with `Retry-After`.")

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

    // MARK: Secrets

    static let secrets: [any SettingDeclaration] = [signingSecret, encryptionKey]

    public static let signingSecret = Setting(
        "secrets.signing", key: "signing-secret", .optional(.secret(minimumBytes: 16)), default: nil,
        aliases: ["JWT_SECRET", "TOKEN_SECRET", "SECRET_KEY"],
        "What tokens are signed with. Where none is given, one is made at the first start and kept in the data directory."
    )

    public static let encryptionKey = Setting(
        "secrets.encryption", key: "encryption-key", .optional(.secret(minimumBytes: 16)), default: nil,
        aliases: ["ENCRYPTION_KEY", "APP_KEY"],
        "The seed of the key that wraps the rooms' keys. Where none is given, one is made at the first start and kept in "
            + "the data directory.")

    // MARK: Variables of other servers

    static let foreignVariables: [SettingsCatalog.ForeignVariable] =
        mongoNames.map { name in
            .init(
                name, .refused,
                "\(name) names a MongoDB, which Parley does not use; unset it. A version to come brings its data over with "
                    + "`parley import`.")
        }
        + postgresNames.map { name in
            .init(
                name, .refused,
                "\(name) names a database server, but this version keeps its data in SQLite; unset it and choose the "
                    + "place with PARLEY_DATA.")
        }
        + accountNames.map { name in
            .init(name, .ignored, "\(name) has no effect: this version has no accounts.")
        }

    private static let mongoNames = [
        "MONGO_URL", "MONGO_URI", "MONGODB_URL", "MONGODB_URI", "MONGODB_HOST", "MONGODB_PORT", "MONGODB_USERNAME",
        "MONGODB_PASSWORD", "MONGODB_DATABASE",
    ]

    private static let postgresNames = [
        "DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER", "DATABASE_PASSWORD",
    ]

    private static let accountNames = [
        "ACCESS_TOKEN_EXPIRE_MINUTES", "ACCESS_TOKEN_EXPIRATION_MINUTES", "REFRESH_TOKEN_EXPIRATION_DAYS",
        "VERIFICATION_CODE_EXPIRATION_MINUTES",
    ]
}
