/// What somebody wants to do with a room.
public enum RoomAction: Sendable, CaseIterable {
    case join
    case read
    case post
    case react
    case clear
    case delete
    /// To be given a room token.
    case verify
    /// To let an address in without a password.
    case verifyAddress
}

/// What was found of the proof that somebody showed.
public struct AccessEvidence: Sendable, Equatable {
    /// What is known of a password that was shown.
    public enum Password: Sendable { case none, right, wrong }
    /// What is known of a token that was shown.
    public enum Token: Sendable { case none, right, expired, wrong }

    public var password = Password.none
    public var token = Token.none
    public var addressIsVerified = false
    public var isMember = false

    public init(
        password: Password = .none, token: Token = .none, addressIsVerified: Bool = false, isMember: Bool = false
    ) {
        self.password = password
        self.token = token
        self.addressIsVerified = addressIsVerified
        self.isMember = isMember
    }
}

/// The one place that decides who may do what in which room.
public enum AccessDecision: Sendable, Equatable {
    case granted
    case refused(AccessRefusal)

    /// What kind of room it is about.
    public enum RoomKind: Sendable, CaseIterable {
        /// There is none: nobody may do anything.
        case missing
        /// The usual one.
        case passwordProtected
        /// A room without a password, which belongs to the server.
        case open
        /// The same, while guests are kept out.
        case openToNobody
    }

    /// - A password that is shown must be right, whatever else is shown: a mistyped one is told at once.
    /// - The password opens everything; a room token reading, writing and clearing; a verified address and
    ///   membership reading and writing.
    /// - A missing room refuses as one does whose proof is wrong.
    public static func decide(_ action: RoomAction, in room: RoomKind, given evidence: AccessEvidence) -> Self {
        switch room {
        case .missing: return .refused(refusal(for: evidence))
        case .openToNobody: return .refused(.noProof)
        case .open: return isManagement(action) ? .refused(.belongsToServer) : .granted
        case .passwordProtected: break
        }
        if evidence.password == .wrong { return .refused(.wrongPassword) }
        if evidence.password == .right { return .granted }
        let hasToken = evidence.token == .right
        let isKnown = hasToken || evidence.addressIsVerified || evidence.isMember
        guard isKnown else { return .refused(refusal(for: evidence)) }
        switch action {
        case .join, .read, .post, .react: return .granted
        case .clear: return hasToken ? .granted : .refused(.passwordNeeded)
        case .verify, .delete, .verifyAddress: return .refused(.passwordNeeded)
        }
    }

    private static func isManagement(_ action: RoomAction) -> Bool {
        switch action {
        case .join, .read, .post, .react, .verify: false
        case .clear, .delete, .verifyAddress: true
        }
    }

    private static func refusal(for evidence: AccessEvidence) -> AccessRefusal {
        if evidence.password != .none { return .wrongPassword }
        return switch evidence.token {
        case .none: .noProof
        case .expired: .tokenExpired
        case .right, .wrong: .wrongToken
        }
    }
}
