public import Settings

extension AppSettings {
    static let accounts: [any SettingDeclaration] = [
        registration, handleLength, displayNameLength, shortestAccountPassword, accountPasswordLength, mostAccounts,
        sessionsPerAccount, accessTokenTime, sessionTime, cachedSessions, loginQueue, loginsPerMinute,
        registrationsPerMinute, loginFailures, loginFailuresPerAddress, loginFailuresPerAccount, loginWindow,
        loginRecords, formerHandles, formerHandleTime,
    ]

    public static let registration = Setting(
        "accounts.registration", key: "registration", .boolean, default: true,
        "Whether anybody may make an account; `off` leaves that to administrators.")

    public static let handleLength = Setting(
        "accounts.user-name-length", key: "user-name-length", .integer(1...64), default: 50,
        "Characters of the name one logs in with.", atLimit: "The account is not made.")

    public static let displayNameLength = Setting(
        "accounts.display-name-length", key: "display-name-length", .integer(1...1000), default: 64,
        "Characters of the name that others are shown.", atLimit: "The name is refused.")

    public static let shortestAccountPassword = Setting(
        "accounts.shortest-password", key: "shortest-account-password", .integer(1...64), default: 8,
        "Characters that an account's password has at least.", atLimit: "The password is refused.")

    public static let accountPasswordLength = Setting(
        "accounts.password-length", key: "account-password-length", .integer(64...1000), default: 128,
        "Characters of an account's password.", atLimit: "The password is refused.")

    public static let mostAccounts = Setting(
        "accounts.accounts", key: "accounts", .integer(1...100_000_000), default: 1_000_000, "Accounts in all.",
        atLimit: "A new account is refused.")

    public static let formerHandles = Setting(
        "accounts.former-user-names", key: "former-user-names", .integer(1...100), default: 3,
        "User names that an account has given up and that are kept for it.",
        atLimit: "A further change of the user name is refused, with 429 and `Retry-After`.")

    public static let formerHandleTime = Setting(
        "accounts.former-user-name-time", key: "former-user-name-time",
        .duration(.seconds(60) ... .seconds(86_400 * 3650)), default: .seconds(90 * 86_400),
        "How long a user name that was given up is kept for its account.", atLimit: "Anybody may take it.")

    public static let sessionsPerAccount = Setting(
        "accounts.sessions-per-account", key: "sessions-per-account", .integer(1...10_000), default: 50,
        "Devices that one account is logged in on.", atLimit: "The one used longest ago is logged out.")

    public static let accessTokenTime = Setting(
        "accounts.access-token-time", key: "access-token-time", .duration(.seconds(10) ... .seconds(86_400 * 30)),
        default: .seconds(900), "How long an access token is good for.",
        atLimit: "It is refused; the refresh token gives a new one.")

    public static let sessionTime = Setting(
        "accounts.session-time", key: "session-time", .duration(.seconds(60) ... .seconds(86_400 * 3650)),
        default: .seconds(30 * 86_400), "How long a device stays logged in without being used.",
        atLimit: "It is logged out.")

    public static let cachedSessions = Setting(
        "accounts.cached-sessions", key: "cached-sessions", .integer(1...10_000_000), default: 50_000,
        "Sessions that are kept at hand.", atLimit: "One is read again when it is needed.")

    public static let loginQueue = Setting(
        "accounts.login-queue", key: "login-queue", .integer(1...100_000), default: 256,
        "Passwords of accounts that wait to be hashed.", atLimit: "The log-in is refused: the server is busy.")

    public static let loginsPerMinute = Setting(
        "rates.logins-per-minute", key: "logins-per-minute", .integer(1...1_000_000), default: 10,
        "Log-ins of one address in a minute, right or wrong.", atLimit: "429 with `Retry-After`.")

    public static let registrationsPerMinute = Setting(
        "rates.registrations-per-minute", key: "registrations-per-minute", .integer(1...1_000_000), default: 10,
        "Accounts that one address may make in a minute.", atLimit: "429 with `Retry-After`.")

    public static let loginFailures = Setting(
        "rates.login-failures", key: "login-failures", .integer(1...1_000_000), default: 10,
        "Wrong passwords that one address may try on one account in the window.", atLimit: "429 with `Retry-After`.")

    public static let loginFailuresPerAddress = Setting(
        "rates.login-failures-per-address", key: "login-failures-per-address", .integer(1...1_000_000), default: 50,
        "Wrong passwords that one address may try on all accounts together in the window.",
        atLimit: "429 with `Retry-After`.")

    public static let loginFailuresPerAccount = Setting(
        "rates.login-failures-per-account", key: "login-failures-per-account", .integer(1...1_000_000), default: 100,
        "Wrong passwords that all addresses together may try on one account in the window; those that it was used from do "
            + "not count, and are not kept out.", atLimit: "429 with `Retry-After`.")

    public static let loginWindow = Setting(
        "rates.login-window", key: "login-window", .duration(.seconds(1) ... .seconds(86_400)),
        default: .seconds(900), "How long a wrong password of an account counts.", atLimit: "It is forgotten.")

    public static let loginRecords = Setting(
        "rates.login-records", key: "login-records", .integer(1...10_000_000), default: 100_000,
        "Accounts and addresses whose wrong passwords are remembered.", atLimit: "The oldest are forgotten.")
}
