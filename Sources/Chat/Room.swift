import Bytes
import Cryptography
import Synchronization

/// A room at hand: there is one object for a room, as long as anybody holds it.
public final class Room: Sendable {
    public let id: RoomID
    /// The store's number of this incarnation of the room.
    public let key: RoomKey
    let fernet: Fernet
    let state: Locked<RoomState>
    private let deleted = Atomic(false)

    init(_ record: RoomRecord, fernet: Fernet) {
        id = record.id
        key = record.key
        self.fernet = fernet
        state = Locked(
            RoomState(
                passwordHash: record.passwordHash, verified: record.verified, lastSequence: record.lastSequence))
    }

    /// Whether the room was deleted; what still holds it can do nothing with it.
    public var isDeleted: Bool { deleted.load(ordering: .acquiring) }

    func markDeleted() { deleted.store(true, ordering: .releasing) }

    /// The message of a stored token; `nil` where it is not one of this room's key.
    func open(_ stored: StoredMessage) -> Message? {
        guard let bytes = try? fernet.decrypt(stored.token), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return Message(
            id: stored.place.id, sequence: stored.place.sequence, timestamp: stored.place.timestamp,
            author: stored.author, text: text, clientID: stored.clientID, reactions: stored.reactions)
    }

    func noteCommitted(_ sequence: Int64) {
        state.withLock { $0.lastSequence = max($0.lastSequence, sequence) }
    }

    func isVerified(_ address: IPAddress, at time: Int64) -> Bool {
        state.withLock { state in state.verified[address].map { $0 > time } ?? false }
    }
}

/// What changes about a room, behind its lock.
struct RoomState {
    var passwordHash: String?
    /// Addresses that need no password, with the time at which that ends.
    var verified: [IPAddress: Int64]
    /// The sequence of the newest message that was committed.
    var lastSequence: Int64
    /// A keyed digest of the password that was last found right.
    var knownPassword: [UInt8]?
    var presence = Presence()

    /// Takes in an address; of more than `most`, those that end first go.
    mutating func noteVerified(_ address: IPAddress, until expires: Int64, most: Int) {
        verified[address] = expires
        guard verified.count > most, let first = verified.min(by: { $0.value < $1.value }) else { return }
        verified[first.key] = nil
    }
}
