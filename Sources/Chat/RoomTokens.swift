import Cryptography
import EventLoops

/// The tokens that a room gives out: to whoever showed its password, and to a guest for the name.
///
/// Both are bound to one incarnation of the room: a room created again under the same id knows nothing of them.
struct RoomTokens: Sendable {
    let jwt: JWT
    let clock: any WallClock
    let limits: ChatLimits

    private enum Kind {
        static let room = "room"
        static let guest = "guest"
    }

    /// Good for `roomTokenLifetime`; claims `room_id` and `exp`, and the incarnation.
    func roomToken(for room: Room) throws(ChatError) -> String {
        try sign(type: Kind.room, lifetime: limits.roomTokenLifetime, claims: claims(of: room))
    }

    func check(roomToken token: String, for room: Room?) -> AccessEvidence.Token {
        do {
            let claims = try jwt.verify(token, type: Kind.room)
            return room.map { isOf($0, claims) } == true ? .right : .wrong
        } catch {
            return error == .expired ? .expired : .wrong
        }
    }

    /// The id of the room that a token opens, as long as it does.
    func roomID(of token: String) -> (id: String, incarnation: Int64)? {
        guard let claims = try? jwt.verify(token, type: Kind.room), let id = claims.text("room_id"),
            let incarnation = claims.integer("rid")
        else { return nil }
        return (id, incarnation)
    }

    /// The right to a name in a room while nobody else has it.
    func guestToken(for user: UserID, claim: String, in room: Room) throws(ChatError) -> String {
        let claims =
            claims(of: room) + [
                .init("user_id", .text(user.text)), .init("sid", .text(claim)),
            ]
        return try sign(type: Kind.guest, lifetime: limits.guestTokenLifetime, claims: claims)
    }

    /// The claim of a guest token for this name in this room; `nil` for any other token.
    func claim(ofGuestToken token: String?, for user: UserID, in room: Room) -> String? {
        guard let token, let claims = try? jwt.verify(token, type: Kind.guest), isOf(room, claims),
            claims["user_id"] == .text(user.text)
        else { return nil }
        return claims.text("sid")
    }

    private func claims(of room: Room) -> [JWTClaims.Claim] {
        [.init("room_id", .text(room.id.text)), .init("rid", .integer(room.key.rawValue))]
    }

    private func isOf(_ room: Room, _ claims: JWTClaims) -> Bool {
        claims["room_id"] == .text(room.id.text) && claims["rid"] == .integer(room.key.rawValue)
    }

    private func sign(type: String, lifetime: Int64, claims: [JWTClaims.Claim]) throws(ChatError) -> String {
        let now = clock.epochMilliseconds / 1000
        do {
            return try jwt.sign(JWTClaims(type: type, expires: now + lifetime, claims: claims))
        } catch {
            throw .internalFailure
        }
    }
}
