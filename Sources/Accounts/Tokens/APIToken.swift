public import Bytes
import Cryptography
import EventLoops

/// What a program shows in the place of a log-in: made by hand, good until it is revoked or its time is over.
public struct APIToken: Sendable, Equatable {
    public let id: UUID
    public let account: AccountKey
    public let name: String
    public let scopes: Set<Scope>
    /// Milliseconds since 1970.
    public let created: Int64
    /// `nil` for never.
    public let expires: Int64?
    /// To the minute; `nil` where it was not used yet.
    public var lastUsed: Int64?

    public init(
        id: UUID, account: AccountKey, name: String, scopes: Set<Scope>, created: Int64, expires: Int64?,
        lastUsed: Int64? = nil
    ) {
        self.id = id
        self.account = account
        self.name = name
        self.scopes = scopes
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
    }
}

/// An API token and the one text that is it, which is told once and kept nowhere.
public struct NewAPIToken: Sendable {
    public let token: APIToken
    public let text: String
}

/// What is kept of an API token.
public struct StoredToken: Sendable {
    public var token: APIToken
    /// The SHA-256 of the secret.
    public let digest: [UInt8]

    public init(token: APIToken, digest: [UInt8]) {
        self.token = token
        self.digest = digest
    }
}

public struct TokenRecord: Sendable {
    public var stored: StoredToken
    public var account: Account

    public init(stored: StoredToken, account: Account) {
        self.stored = stored
        self.account = account
    }
}

/// The text of an API token: `parley_`, and in base 64 its id and its secret.
struct APITokenText {
    let id: UUID
    let secret: [UInt8]

    /// What scanners for leaked secrets know it by.
    private static let prefix = "parley_"
    private static let idLength = 16
    /// 192 bits: no hash has to be slow for it.
    private static let secretLength = 24

    /// A new one.
    init(id: UUID, _ random: any RandomSource) {
        self.id = id
        secret = random.bytes(Self.secretLength)
    }

    /// Reads what somebody shows.
    init?(_ text: String) {
        let length = Self.prefix.utf8.count + ((Self.idLength + Self.secretLength) * 4 + 2) / 3
        guard Self.isOne(text), text.utf8.count == length,
            let bytes = Base64.urlSafe.decode(String(text.dropFirst(Self.prefix.count)), padding: .forbidden),
            let id = UUID(bytes: bytes.prefix(Self.idLength))
        else { return nil }
        self.id = id
        secret = Array(bytes.dropFirst(Self.idLength))
    }

    /// Whether a text means to be an API token: no other token begins like one.
    static func isOne(_ text: String) -> Bool { text.hasPrefix(prefix) }

    var text: String { Self.prefix + Base64.urlSafe.encode(id.bytes + secret, padding: false) }

    var digest: [UInt8] { SHA256.hash(secret) }
}
