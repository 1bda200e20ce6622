import Bytes
import Cryptography
import EventLoops

/// The tokens that a room gives out: to whoever showed its password, and to a guest for the name.
///
/// Both are bound to one incarnation of the room: a room created again under the same id knows nothing of them. And to its
/// epoch, which ends when the password is changed.
struct RoomTokens: Sendable {
    let jwt: JWT
    let clock: any WallClock
    let limits: ChatLimits

    private enum Kind {
        static let room = "room"
        static let guest = "guest"
        static let files = "files"
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
    func roomID(of token: String) -> String? {
        (try? jwt.verify(token, type: Kind.room))?.text("room_id")
    }

    /// The right to a name in a room while nobody else has it.
    func guestToken(for user: UserID, _ person: PersonID, in room: Room) throws(ChatError) -> String {
        let claims =
            claims(of: room) + [
                .init("user_id", .text(user.text)), .init("sid", .text(person.description)),
            ]
        return try sign(type: Kind.guest, lifetime: limits.guestTokenLifetime, claims: claims)
    }

    /// Whom a guest token for this name in this room is of; `nil` for any other token.
    func person(ofGuestToken token: String?, for user: UserID, in room: Room) -> PersonID? {
        guard let token, let claims = try? jwt.verify(token, type: Kind.guest), isOf(room, claims),
            claims["user_id"] == .text(user.text)
        else { return nil }
        return claims.text("sid").flatMap { UUID($0) }.map { PersonID($0) }
    }

    /// How long a ticket for files is good, in seconds.
    static let fileTicketLifetime: Int64 = 300

    /// Opens the room's files, and nothing else.
    func fileTicket(for room: Room) throws(ChatError) -> String {
        try sign(type: Kind.files, lifetime: Self.fileTicketLifetime, claims: claims(of: room))
    }

    func isFileTicket(_ text: String, for room: Room) -> Bool {
        (try? jwt.verify(text, type: Kind.files)).map { isOf(room, $0) } ?? false
    }

    private func claims(of room: Room) -> [JWTClaims.Claim] {
        let epoch = room.state.withLock { $0.epoch }
        return [
            .init("room_id", .text(room.id.text)), .init("rid", .integer(room.key.rawValue)),
            .init("epoch", .integer(epoch)),
        ]
    }

    private func isOf(_ room: Room, _ claims: JWTClaims) -> Bool {
        claims["room_id"] == .text(room.id.text) && claims["rid"] == .integer(room.key.rawValue)
            && claims["epoch"] == .integer(room.state.withLock { $0.epoch })
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
