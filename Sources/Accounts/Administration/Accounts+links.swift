import Bytes
import Cryptography
import EventLoops

/// A way to log in without a password, once: told once and kept nowhere.
public struct SignInLink: Sendable {
    public let token: String
    /// Milliseconds since 1970.
    public let expires: Int64
}

/// What is kept of a sign-in link.
public struct StoredLink: Sendable {
    public let account: AccountKey
    /// The SHA-256 of the secret.
    public let digest: [UInt8]
    public let created: Int64
    public let expires: Int64

    public init(account: AccountKey, digest: [UInt8], created: Int64, expires: Int64) {
        self.account = account
        self.digest = digest
        self.created = created
        self.expires = expires
    }
}

extension Accounts {
    /// Makes a link for somebody who has no password, or has forgotten it; one that was made before is good no longer.
    ///
    /// - Parameter seconds: how long it is good for; `nil` for the time of the limits.
    public func makeLink(
        for handle: String, seconds: Int64? = nil, by administrator: any Authority
    ) async throws(AccountError) -> SignInLink {
        let seconds = try check(linkSeconds: seconds)
        let account = try await existing(handle)
        guard !account.isDisabled else { throw .accountDisabled }
        guard !account.isBot else { throw .isBot }
        return try await makeLink(for: account, seconds: seconds, by: administrator)
    }

    func makeLink(
        for account: Account, seconds: Int64, by administrator: any Authority
    ) async throws(AccountError) -> SignInLink {
        let (secret, now) = (environment.random.bytes(Self.secretLength), now)
        let link = StoredLink(
            account: account.key, digest: SHA256.hash(secret), created: now, expires: now + seconds * 1000)
        let deed = Deed(
            "user.link_made", target: account.id.description, by: administrator,
            details: [.init("handle", account.handle.text), .init("seconds", String(seconds))])
        try await stored { store throws(AccountStoreError) in try await store.createLink(link, noting: deed) }
        return SignInLink(token: Base64.urlSafe.encode(secret, padding: false), expires: link.expires)
    }

    /// Begins a session for who shows a link, which is good no longer.
    ///
    /// - Parameter password: what the account is to have for a password from now on; its other sessions end then.
    public func logIn(
        link token: String, password: String? = nil, on device: Device
    ) async throws(AccountError) -> TokenPair {
        guard let digest = Self.digest(ofLink: token) else { throw .wrongLink }
        let now = now
        let known = try await stored { store throws(AccountStoreError) in try await store.hasLink(digest, at: now) }
        // Before the password is hashed, which is dear: strangers are not to have that done for nothing.
        guard known else { throw .wrongLink }
        var newHash: String?
        if let password { newHash = try await hash(password) }
        let (hash, time) = (newHash, self.now)
        let account = try await stored { store throws(AccountStoreError) in
            try await store.takeLink(digest, at: time, passwordHash: hash)
        }
        guard let account else { throw .wrongLink }
        return try await begin(account, on: device)
    }

    func check(linkSeconds seconds: Int64?) throws(AccountError) -> Int64 {
        let seconds = seconds ?? limits.linkLifetime
        guard (60...limits.longestLink).contains(seconds) else { throw .invalidLinkTime(longest: limits.longestLink) }
        return seconds
    }

    private static let secretLength = 24

    private static func digest(ofLink token: String) -> [UInt8]? {
        guard token.utf8.count == secretLength / 3 * 4, let secret = Base64.urlSafe.decode(token) else { return nil }
        return SHA256.hash(secret)
    }
}
