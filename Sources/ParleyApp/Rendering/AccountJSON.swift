import Accounts
import Bytes
import JSON

/// How the native API shows accounts and sessions. Times are RFC 3339, in UTC.
enum AccountJSON {
    /// What everybody may know.
    static func publicProfile(_ account: Account) -> JSONValue {
        [
            "id": .string(account.id.description), "username": .string(account.handle.text),
            "display_name": .string(account.displayName), "role": .string(account.role.rawValue),
            "bot": .bool(account.isBot),
        ]
    }

    /// What the account itself may know.
    static func profile(_ account: Account) -> JSONValue {
        guard case .object(let members) = publicProfile(account) else { return .null }
        return .object(
            members + [
                .init("email", account.email.map { .string($0.text) } ?? .null),
                .init("created_at", time(account.created)),
            ])
    }

    static func session(_ session: Session, isCurrent: Bool) -> JSONValue {
        [
            "id": .string(session.id.description), "device": .string(session.device),
            "family": .string(session.family), "address": session.address.map { .string($0.description) } ?? .null,
            "created_at": time(session.created), "last_used_at": time(session.lastUsed),
            "expires_at": time(session.expires), "is_current": .bool(isCurrent),
        ]
    }

    static func token(_ token: APIToken) -> JSONValue { .object(members(of: token)) }

    /// With the text that is told this once.
    static func token(_ made: NewAPIToken) -> JSONValue {
        .object(members(of: made.token) + [.init("token", .string(made.text))])
    }

    private static func members(of token: APIToken) -> [JSONValue.Member] {
        [
            .init("id", .string(token.id.description)), .init("name", .string(token.name)),
            .init("scopes", .array(token.scopes.map(\.rawValue).sorted().map { .string($0) })),
            .init("created_at", time(token.created)), .init("expires_at", token.expires.map { time($0) } ?? .null),
            .init("last_used_at", token.lastUsed.map { time($0) } ?? .null),
        ]
    }

    static func tokens(_ pair: TokenPair) -> JSONValue {
        [
            "access_token": .string(pair.access), "token_type": "Bearer", "expires_in": .integer(pair.accessLifetime),
            "refresh_token": .string(pair.refresh), "session_id": .string(pair.session.description),
            "user": profile(pair.account),
        ]
    }

    static func time(_ epochMilliseconds: Int64) -> JSONValue {
        .string(UTCTime(epochMilliseconds: epochMilliseconds).rfc3339)
    }
}
