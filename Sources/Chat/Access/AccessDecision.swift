/// The one place that decides who may do what in which room.
public enum AccessDecision: Sendable, Equatable {
    case granted(AccessLevel)
    case refused(AccessRefusal)

    /// What of a room matters here.
    public struct RoomTraits: Sendable, Equatable {
        public var kind: RoomInfo.Kind
        public var management: RoomInfo.Management
        public var addressRule: RoomInfo.AddressRule
        public var isArchived: Bool
        /// Whether guests may enter an open room.
        public var admitsGuests: Bool

        public init(
            _ kind: RoomInfo.Kind, _ management: RoomInfo.Management, addressRule: RoomInfo.AddressRule = .trust,
            isArchived: Bool = false, admitsGuests: Bool = true
        ) {
            self.kind = kind
            self.management = management
            self.addressRule = addressRule
            self.isArchived = isArchived
            self.admitsGuests = admitsGuests
        }
    }

    /// - Parameter room: `nil` where there is none: nobody may do anything, and is refused as where the proof is wrong.
    ///
    /// A password that is shown must be right, whatever else is shown: a mistyped one is told at once.
    public static func decide(
        _ action: RoomAction, in room: RoomTraits?, given evidence: AccessEvidence
    ) -> AccessDecision {
        guard let room else { return .refused(entranceRefusal(evidence)) }
        if room.kind == .password, evidence.password == .wrong { return .refused(.wrongPassword) }
        let level = AccessLevel.of(evidence, in: room)
        guard level > .stranger else {
            return .refused(room.kind == .open ? .accountNeeded : entranceRefusal(evidence))
        }
        if let refusal = refusalInside(action, room, level, evidence) { return .refused(refusal) }
        return allows(action, room, level, evidence) ? .granted(level) : .refused(shortfall(action, room))
    }

    /// Why somebody who has proof enough to enter is kept out, or from writing.
    private static func refusalInside(
        _ action: RoomAction, _ room: RoomTraits, _ level: AccessLevel, _ evidence: AccessEvidence
    ) -> AccessRefusal? {
        let isWriting = action == .post || action == .react
        if level < .moderator {
            if evidence.isBanned { return .banned }
            let isPending = room.addressRule == .require && !evidence.addressIsVerified && !evidence.isInside
            if isPending { return .addressPending }
            if isWriting, evidence.isMuted { return .muted }
        }
        return isWriting && room.isArchived ? .archived : nil
    }

    private static func allows(
        _ action: RoomAction, _ room: RoomTraits, _ level: AccessLevel, _ evidence: AccessEvidence
    ) -> Bool {
        switch (action, room.management) {
        case (.join, _), (.read, _), (.post, _), (.react, _): true
        case (.verify, _): level >= .keyHolder || room.kind == .open
        case (.delete, .server): false
        case (.clear, .password): level >= .keyHolder || evidence.token == .right
        case (.admit, .password): level >= .keyHolder
        case (.delete, .password): evidence.password == .right || level >= .owner
        case (.admit, _), (.clear, _), (.moderate, _): level >= .moderator
        case (.configure, _), (.govern, _), (.delete, .people): level >= .owner
        }
    }

    /// What is missing to somebody who may enter.
    private static func shortfall(_ action: RoomAction, _ room: RoomTraits) -> AccessRefusal {
        switch (action, room.management) {
        case (_, .server): .belongsToServer
        case (.verify, _), (.clear, .password), (.admit, .password), (.delete, .password): .passwordNeeded
        case (.configure, _), (.govern, _), (.delete, _): .ownerNeeded
        default: .moderatorNeeded
        }
    }

    /// Why a stranger is a stranger.
    private static func entranceRefusal(_ evidence: AccessEvidence) -> AccessRefusal {
        if evidence.password != .none { return .wrongPassword }
        return switch evidence.token {
        case .none: .noProof
        case .expired: .tokenExpired
        case .right, .admission, .wrong: .wrongToken
        }
    }
}
