import Accounts

/// How far somebody has come with a room, from nobody up; each level includes those below.
public enum AccessLevel: Int, Sendable, CaseIterable, Comparable {
    case stranger
    /// Reads and writes.
    case visitor
    /// Has shown the password.
    case keyHolder
    case moderator
    case owner

    public static func < (a: AccessLevel, b: AccessLevel) -> Bool { a.rawValue < b.rawValue }
}

extension AccessLevel {
    /// The level that the evidence gives in a room of this kind.
    static func of(_ evidence: AccessEvidence, in room: AccessDecision.RoomTraits) -> AccessLevel {
        max(level(onServer: evidence, room), level(byRole: evidence), level(byProof: evidence, room))
    }

    /// Administrators own every room but conversations; the server's moderators moderate those that many can enter.
    private static func level(
        onServer evidence: AccessEvidence, _ room: AccessDecision.RoomTraits
    ) -> AccessLevel {
        switch (evidence.serverRole, room.kind) {
        case (_, .direct), (nil, _), (.member, _), (.moderator, .private): .stranger
        case (.administrator, _): .owner
        case (.moderator, _): .moderator
        }
    }

    private static func level(byRole evidence: AccessEvidence) -> AccessLevel {
        switch evidence.role {
        case nil: .stranger
        case .member: .visitor
        case .moderator: .moderator
        case .owner: .owner
        }
    }

    private static func level(
        byProof evidence: AccessEvidence, _ room: AccessDecision.RoomTraits
    ) -> AccessLevel {
        let hasToken = evidence.isInside || evidence.token == .right || evidence.token == .admission
        switch room.kind {
        case .open: return room.admitsGuests || evidence.serverRole != nil ? .visitor : .stranger
        case .password:
            if evidence.password == .right { return .keyHolder }
            let isTrusted = evidence.addressIsVerified && room.addressRule == .trust
            return hasToken || isTrusted ? .visitor : .stranger
        // A room token stands for a password, and there is none.
        case .private: return evidence.isInside || evidence.token == .admission ? .visitor : .stranger
        case .direct: return evidence.isInside ? .visitor : .stranger
        }
    }
}
