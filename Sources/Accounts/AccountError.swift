/// Why an account cannot do something. `description` is one sentence for the person who asked.
public enum AccountError: Error, Equatable, Sendable {
    case invalidHandle(longest: Int)
    case reservedHandle
    /// The handle, or one that looks like it, belongs to somebody else.
    case handleTaken
    /// As many handles that the account gave up are kept for it as the limit allows; try again after so many seconds.
    case tooManyHandles(retryAfter: Int64)
    case invalidEmail
    case emailTaken
    case invalidDisplayName(longest: Int)
    case invalidPassword(shortest: Int, longest: Int)
    /// There are as many accounts as the limit allows.
    case tooManyAccounts
    /// There is no such account, its password is another one, or it is disabled: who cannot log in is not told which.
    case wrongCredentials
    /// The password that must be given again is not the account's.
    case wrongPassword
    /// A dangerous action asks for the password again.
    case passwordNeeded
    /// Only administrators may do this.
    case administratorNeeded
    /// Nobody would be left to administer the server.
    case lastAdministrator
    /// The sign-in link is another one, was used, or its time is over.
    case wrongLink
    case invalidLinkTime(longest: Int64)
    case accountDisabled
    /// The code for the first administrator is another one, or was used.
    case wrongSetupCode
    /// Too many wrong passwords; try again after so many seconds.
    case tooManyAttempts(retryAfter: Int64)
    /// The token is none of this server's, or its session is over.
    case notLoggedIn
    /// The access token's time is over: refresh it.
    case tokenExpired
    /// The refresh token was used before, so that one of its two users is a thief: the session has ended.
    case refreshReused
    /// The connection belongs to another account already.
    case otherAccount
    case sessionMissing
    case accountMissing
    /// The API token may do less.
    case scopeMissing(Scope)
    /// An API token is not enough: this asks for a log-in.
    case logInNeeded
    case invalidTokenName(longest: Int)
    case invalidScopes
    /// The scope is for administrators.
    case scopeForbidden(Scope)
    case invalidTokenTime
    case tooManyTokens
    case tokenMissing
    case tooManyBots
    /// A bot has no password, and nobody logs in with it.
    case isBot
    /// More work is waiting than the server takes on.
    case busy
    case storage(StorageFailure)
    /// The server failed in a way that nobody outside can mend.
    case internalFailure
}

extension AccountError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidHandle(let longest):
            "A user name has 1 to \(longest) letters, digits and the signs _ - . and begins with a letter or a digit."
        case .reservedHandle: "This user name is reserved; choose another one."
        case .handleTaken: "This user name, or one that looks like it, is taken; choose another one."
        case .tooManyHandles(let seconds):
            "You have changed your user name as often as one can for now; try again in \(seconds) seconds."
        case .invalidEmail: "This is no e-mail address; write it like name@example.org."
        case .emailTaken: "There is an account with this e-mail address; log in instead."
        case .invalidDisplayName(let longest): "A name has 1 to \(longest) visible characters."
        case .invalidPassword(let shortest, let longest): "A password has \(shortest) to \(longest) characters."
        case .tooManyAccounts: "This server has no place for another account; ask its operator."
        case .wrongCredentials: "The user name or the password is wrong; check both."
        case .wrongPassword: "The password is wrong; type the one you log in with."
        case .passwordNeeded: "Type your password again for this; send it as `confirm_password`."
        case .administratorNeeded: "Only an administrator of this server may do this; ask one."
        case .lastAdministrator: "This is the last administrator; make somebody else one first."
        case .wrongLink: "This link is wrong, was used or is too old; ask for a new one."
        case .invalidLinkTime(let longest): "A sign-in link is good for 60 to \(longest) seconds."
        case .accountDisabled: "This account is disabled; enable it first."
        case .wrongSetupCode: "This code is wrong or was used; look at what the server said when it started."
        case .tooManyAttempts(let seconds): "Too many wrong passwords; try again in \(seconds) seconds."
        case .notLoggedIn: "You are not logged in; log in and try again."
        case .tokenExpired: "Your access token has expired; refresh it and try again."
        case .refreshReused: "This refresh token was used before, so its session has ended; log in again."
        case .otherAccount: "This connection belongs to another account; open a new one."
        case .sessionMissing: "This session is over; reload the list."
        case .accountMissing: "There is no such account; check its name."
        case .scopeMissing(let scope): "This API token lacks the scope \(scope.rawValue); make one that has it."
        case .logInNeeded: "API tokens cannot do this; log in with a password."
        case .invalidTokenName(let longest): "The name of a token has 1 to \(longest) visible characters."
        case .invalidScopes:
            "The scopes are a list of one or more of these: \(Scope.allCases.map(\.rawValue).joined(separator: ", "))."
        case .scopeForbidden(let scope): "The scope \(scope.rawValue) is for administrators; leave it out."
        case .invalidTokenTime: "A token is good for 60 to 315360000 seconds, or for ever; leave out the time for that."
        case .tooManyTokens: "This account has as many tokens as it can have; revoke some first."
        case .tokenMissing: "This token is not there any more; reload the list."
        case .tooManyBots: "You have made as many bots as you can; delete some first."
        case .isBot: "This is a bot, which has no password and cannot log in; make a token for it."
        case .busy: "The server is busy; try again in a moment."
        case .storage(let error): error.description
        case .internalFailure: "The server could not do this; try again, and tell its operator if it happens again."
        }
    }
}

/// Why the store did not do what it was asked.
public enum AccountStoreError: Error, Equatable, Sendable {
    case handleTaken
    /// As many handles that the account gave up are kept for it as may be; the first is free at that time, in milliseconds
    /// since 1970.
    case tooManyHandles(until: Int64)
    case emailTaken
    case tooManyAccounts
    case accountMissing
    /// Nobody would be left to administer the server.
    case lastAdministrator
    /// The session has ended, or its refresh token is not the newest.
    case sessionMissing
    case staleRefresh
    case tooManyTokens
    case tokenMissing
    case tooManyBots
    case storage(StorageFailure)
}

extension AccountStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .handleTaken: AccountError.handleTaken.description
        case .tooManyHandles: "The user name was changed too often; try again later."
        case .emailTaken: AccountError.emailTaken.description
        case .tooManyAccounts: AccountError.tooManyAccounts.description
        case .accountMissing: AccountError.accountMissing.description
        case .lastAdministrator: AccountError.lastAdministrator.description
        case .sessionMissing: AccountError.sessionMissing.description
        case .staleRefresh: AccountError.refreshReused.description
        case .tooManyTokens: AccountError.tooManyTokens.description
        case .tokenMissing: AccountError.tokenMissing.description
        case .tooManyBots: AccountError.tooManyBots.description
        case .storage(let failure): failure.description
        }
    }
}

extension AccountError {
    init(_ error: AccountStoreError) {
        switch error {
        case .handleTaken: self = .handleTaken
        case .emailTaken: self = .emailTaken
        case .tooManyAccounts: self = .tooManyAccounts
        case .accountMissing: self = .accountMissing
        case .lastAdministrator: self = .lastAdministrator
        case .sessionMissing: self = .sessionMissing
        case .staleRefresh: self = .refreshReused
        case .tooManyTokens: self = .tooManyTokens
        case .tokenMissing: self = .tokenMissing
        case .tooManyBots: self = .tooManyBots
        // Told with how long to wait, where that can happen.
        case .tooManyHandles: self = .busy
        case .storage(.busy): self = .busy
        case .storage(let failure): self = .storage(failure)
        }
    }
}
