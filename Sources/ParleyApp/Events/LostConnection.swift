import Accounts
import Bytes
import Chat
import JSON

/// What is kept of a connection that was lost, for as long as it may be recovered: who it was, and where.
struct LostConnection: Equatable {
    /// The session that it was made in; `nil` for a guest.
    var session: UUID?
    /// When the access token that it had shown ends, in milliseconds since 1970.
    var expires: Int64 = 0
    var places: [FormerPlace] = []

    /// The name under which `Socket.data` has it.
    static let key = "chat"

    init(_ session: ClientSession) {
        self.session = session.identity?.session
        expires = session.identity?.expires ?? 0
        places = session.memberships.filter(\.isActive).map(\.place)
    }

    /// Reads what `json` has written.
    init(_ json: JSONValue?) {
        session = json?["session"]?.stringValue.flatMap { UUID($0) }
        expires = json?["expires"]?.integerValue.map(Int64.init) ?? 0
        places = (json?["places"]?.arrayValue ?? []).compactMap { FormerPlace($0) }
    }

    var json: JSONValue {
        [
            "session": session.map { .string($0.description) } ?? .null, "expires": .integer(expires),
            "places": .array(places.map(\.json)),
        ]
    }
}

extension FormerPlace {
    fileprivate init?(_ json: JSONValue) {
        guard let room = json["room"]?.stringValue, let key = json["key"]?.integerValue,
            let user = json["user"]?.stringValue, let person = json["person"]?.stringValue.flatMap({ UUID($0) }),
            let epoch = json["epoch"]?.integerValue
        else { return nil }
        self.init(
            room: RoomID(trusted: room), key: RoomKey(rawValue: Int64(key)), user: UserID(trusted: user),
            person: PersonID(person), epoch: Int64(epoch))
    }

    fileprivate var json: JSONValue {
        [
            "room": .string(room.text), "key": .integer(key.rawValue), "user": .string(user.text),
            "person": .string(person.description), "epoch": .integer(epoch),
        ]
    }
}
