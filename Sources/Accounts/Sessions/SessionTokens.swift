import Bytes
import Cryptography
import EventLoops

/// The two tokens of a session: one to be shown with every request, and one to get the next two.
///
/// Claims of both: `sub` and `username` (the handle), `uuid` and `user_id` (the account's id), `sid` (the session). A room's
/// or a guest's token is of another type and never passes as one of these.
struct SessionTokens: Sendable {
    let jwt: JWT
    let clock: any WallClock
    let limits: AccountLimits

    private enum Kind {
        static let access = "access"
        static let refresh = "refresh"
    }

    /// What an access token says.
    struct Access {
        let session: UUID
        let account: UUID
        /// Milliseconds since 1970.
        let expires: Int64
    }

    /// What a refresh token says.
    struct Refresh {
        let session: UUID
        let generation: Int64
    }

    func pair(for session: Session, of account: Account) throws(AccountError) -> TokenPair {
        let now = clock.epochMilliseconds / 1000
        let claims: [JWTClaims.Claim] = [
            .init("sub", .text(account.handle.text)), .init("username", .text(account.handle.text)),
            .init("uuid", .text(account.id.description)), .init("user_id", .text(account.id.description)),
            .init("sid", .text(session.id.description)),
        ]
        let access = JWTClaims(type: Kind.access, expires: now + limits.accessTokenLifetime, claims: claims)
        let refresh = JWTClaims(
            type: Kind.refresh, expires: session.expires / 1000,
            claims: claims + [.init("gen", .integer(session.generation))])
        do {
            return TokenPair(
                account: account, session: session.id, access: try jwt.sign(access),
                accessLifetime: limits.accessTokenLifetime, refresh: try jwt.sign(refresh))
        } catch {
            throw .internalFailure
        }
    }

    func access(_ token: String) throws(AccountError) -> Access {
        let claims = try verify(token, Kind.access)
        guard let session = uuid("sid", of: claims), let account = uuid("uuid", of: claims) else { throw .notLoggedIn }
        return Access(session: session, account: account, expires: claims.expires * 1000)
    }

    /// Whether this server made it as an access token; its time may be over.
    func isAccess(_ token: String) -> Bool {
        do throws(JWTError) {
            _ = try jwt.verify(token, type: Kind.access)
            return true
        } catch {
            // The type is looked at before the time.
            return error == .expired
        }
    }

    func refresh(_ token: String) throws(AccountError) -> Refresh {
        let claims: JWTClaims
        do {
            claims = try verify(token, Kind.refresh)
        } catch {
            // There is nothing to refresh it with.
            throw .notLoggedIn
        }
        guard let session = uuid("sid", of: claims), let generation = claims.integer("gen") else { throw .notLoggedIn }
        return Refresh(session: session, generation: generation)
    }

    private func verify(_ token: String, _ type: String) throws(AccountError) -> JWTClaims {
        do {
            return try jwt.verify(token, type: type)
        } catch {
            throw error == .expired ? .tokenExpired : .notLoggedIn
        }
    }

    private func uuid(_ name: String, of claims: JWTClaims) -> UUID? { claims.text(name).flatMap { UUID($0) } }
}
