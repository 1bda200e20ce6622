public import Settings

extension AppSettings {
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
