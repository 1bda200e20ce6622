public import Bytes
public import Settings

extension AppSettings {
    static let administration: [any SettingDeclaration] = [
        blockedNetworks, allowedNetworks, networkRules, administrationPerMinute, confirmationTime, linkTime,
    ]

    public static let blockedNetworks = Setting(
        "access.blocked-networks", key: "blocked-networks",
        .list("address blocks such as `10.0.0.0/8`", of: .addressBlock), default: [],
        "Networks that are not served; administrators add others.")

    public static let allowedNetworks = Setting(
        "access.allowed-networks", key: "allowed-networks",
        .list("address blocks such as `10.0.0.0/8`", of: .addressBlock), default: [],
        "Networks that are served though they lie in a blocked one.")

    public static let networkRules = Setting(
        "access.network-rules", key: "network-rules", .integer(1...1_000_000), default: 10_000,
        "Networks that administrators block or allow.", atLimit: "A further one is refused.")

    public static let administrationPerMinute = Setting(
        "rates.administration-per-minute", key: "administration-per-minute", .integer(1...1_000_000), default: 600,
        "Requests of one administrator in a minute.", atLimit: "429 with `Retry-After`.")

    public static let confirmationTime = Setting(
        "accounts.confirmation-time", key: "confirmation-time", .duration(.seconds(0) ... .seconds(86_400)),
        default: .seconds(300), "How long a password that was typed again is good for further dangerous actions.",
        atLimit: "It is asked for again.")

    public static let linkTime = Setting(
        "accounts.link-time", key: "link-time", .duration(.seconds(60) ... .seconds(7 * 86_400)),
        default: .seconds(3600), "How long a sign-in link is good for where its maker does not say.",
        atLimit: "It is refused.")
}
