/// Which accounts a list has.
public struct AccountQuery: Sendable {
    /// What is to stand in the handle, the display name or the e-mail address; empty for all.
    public var text = ""
    public var role: Role?
    public var isDisabled: Bool?
    /// The handle that the page before ended with.
    public var after: Handle?
    /// How many accounts to give at most.
    public var limit = 100

    public init() {}
}

/// What an administrator wants otherwise about an account; `nil` stays as it is.
public struct AdministrativeChange: Sendable {
    public var displayName: String?
    public var role: Role?
    public var isDisabled: Bool?
    public var reason: String?

    public init(
        displayName: String? = nil, role: Role? = nil, isDisabled: Bool? = nil, reason: String? = nil
    ) {
        self.displayName = displayName
        self.role = role
        self.isDisabled = isDisabled
        self.reason = reason
    }
}
