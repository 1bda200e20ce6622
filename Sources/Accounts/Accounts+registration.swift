/// An account as somebody wants it.
public struct Registration: Sendable {
    public var handle: String
    /// What others are shown; the handle where there is none.
    public var displayName: String?
    public var email: String?
    public var password: String
    public var role = Role.member
    /// Whether a taken handle is followed by `-2`, `-3` … instead of being refused.
    public var mayChangeHandle = false

    public init(handle: String, displayName: String? = nil, email: String? = nil, password: String) {
        self.handle = handle
        self.displayName = displayName
        self.email = email
        self.password = password
    }
}

extension Accounts {
    /// How many numbers are tried behind a handle that is taken.
    private static let handleTries = 100

    /// Makes an account.
    public func register(_ registration: Registration) async throws(AccountError) -> Account {
        let wanted = try Handle(registration.handle, longest: limits.handleLength)
        var email: EmailAddress?
        if let text = registration.email { email = try EmailAddress(text) }
        let displayName = try check(displayName: registration.displayName ?? wanted.text)
        let hash = try await hash(registration.password)
        var (handle, number) = (wanted, 1)
        while true {
            let new = NewAccount(
                id: newID(), handle: handle, displayName: displayName, email: email, passwordHash: hash,
                role: registration.role, created: now, most: limits.accounts)
            do throws(AccountStoreError) {
                return try await environment.store.createAccount(new)
            } catch {
                guard error == .handleTaken, registration.mayChangeHandle, number < Self.handleTries else {
                    throw AccountError(error)
                }
                number += 1
                let room = limits.handleLength - "-\(number)".count
                handle = try Handle("\(wanted.text.prefix(room))-\(number)", longest: limits.handleLength)
            }
        }
    }

    /// Whether a name belongs to an account, or looks like one that does: no guest may have it. That of a deleted account
    /// stays taken.
    public func isHandle(_ name: String) async throws(AccountError) -> Bool {
        try await stored { store throws(AccountStoreError) in try await store.isTaken(Handle(trusted: name)) }
    }

    /// The account of a handle; `nil` where there is none.
    public func account(named name: String) async throws(AccountError) -> Account? {
        try await stored { store throws(AccountStoreError) in try await store.account(Handle(trusted: name)) }?.account
    }

    /// Whether nobody administers the server yet.
    public func needsAdministrator() async throws(AccountError) -> Bool {
        try await !stored { store throws(AccountStoreError) in try await store.hasAccount(with: .administrator) }
    }

    func check(displayName text: String) throws(AccountError) -> String {
        guard let name = Normalization.identifier(text, longest: limits.displayNameLength) else {
            throw .invalidDisplayName(longest: limits.displayNameLength)
        }
        return name
    }

    /// The hash of a new password.
    func hash(_ text: String) async throws(AccountError) -> String {
        guard let password = Normalization.password(text, longest: limits.passwordLength),
            password.unicodeScalars.count >= limits.shortestPassword
        else { throw .invalidPassword(shortest: limits.shortestPassword, longest: limits.passwordLength) }
        let hash: String?
        do { hash = try await hasher.hash(password) } catch { throw .busy }
        guard let hash else { throw .internalFailure }
        return hash
    }
}
