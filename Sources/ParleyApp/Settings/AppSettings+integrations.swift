public import Bytes
public import Settings

extension AppSettings {
    static let integrations: [any SettingDeclaration] = [
        tokensPerAccount, botsPerAccount, webhooksPerRoom, webhookMessagesPerMinute, webhookNetworks, webhookTime,
        webhookConcurrency, webhookQueue, webhookFailures, webhookRetry, webhookLongestRetry, webhookDeliveries,
    ]

    public static let tokensPerAccount = Setting(
        "accounts.tokens-per-account", key: "tokens-per-account", .integer(0...10_000), default: 50,
        "API tokens of one account.", atLimit: "A further one is refused.")

    public static let botsPerAccount = Setting(
        "accounts.bots-per-account", key: "bots-per-account", .integer(0...10_000), default: 20,
        "Bots that one account may have made, unless it is an administrator.", atLimit: "A further one is refused.")

    public static let webhooksPerRoom = Setting(
        "webhooks.per-room", key: "webhooks-per-room", .integer(0...10_000), default: 20,
        "Webhooks of one room, of each kind.", atLimit: "A further one is refused.")

    public static let webhookMessagesPerMinute = Setting(
        "rates.webhook-messages-per-minute", key: "webhook-messages-per-minute", .integer(1...1_000_000), default: 60,
        "Messages of one incoming webhook in a minute.", atLimit: "429 with `Retry-After`.")

    public static let webhookNetworks = Setting(
        "webhooks.allowed-networks", key: "webhook-networks",
        .list("address blocks such as `10.0.0.0/8`", of: .addressBlock), default: [],
        "Networks that outgoing webhooks may call though they are not on the public internet.")

    public static let webhookTime = Setting(
        "webhooks.time", key: "webhook-time", .duration(.milliseconds(100) ... .seconds(300)), default: .seconds(10),
        "How long an outgoing webhook may take to answer.", atLimit: "It is tried again later.")

    public static let webhookConcurrency = Setting(
        "webhooks.concurrency", key: "webhook-concurrency", .integer(1...256), default: 8,
        "Outgoing webhooks that are called at a time.", atLimit: "The others wait.")

    public static let webhookQueue = Setting(
        "webhooks.queue", key: "webhook-queue", .integer(1...1_000_000), default: 10_000,
        "What may wait to be told to one outgoing webhook.", atLimit: "It is turned off, and its owner sees why.")

    public static let webhookFailures = Setting(
        "webhooks.failures", key: "webhook-failures", .integer(1...1_000), default: 12,
        "How often an outgoing webhook may fail in a row.", atLimit: "It is turned off, and its owner sees why.")

    public static let webhookRetry = Setting(
        "webhooks.retry", key: "webhook-retry", .duration(.milliseconds(10) ... .seconds(86_400)),
        default: .seconds(10), "How long to wait after a first failure; twice as long after each further one.")

    public static let webhookLongestRetry = Setting(
        "webhooks.longest-retry", key: "webhook-longest-retry", .duration(.milliseconds(10) ... .seconds(86_400)),
        default: .seconds(3600), "The longest wait between two attempts.", atLimit: "It waits no longer than that.")

    public static let webhookDeliveries = Setting(
        "webhooks.deliveries", key: "webhook-deliveries", .integer(1...10_000), default: 100,
        "Deliveries of an outgoing webhook that are kept to be looked at.", atLimit: "The oldest are forgotten.")
}
