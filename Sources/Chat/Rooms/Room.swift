import Accounts
import Bytes
import Cryptography
import Synchronization

/// A room at hand: there is one object for a room, as long as anybody holds it.
public final class Room: Sendable {
    public let id: RoomID
    /// The store's number of this incarnation of the room.
    public let key: RoomKey
    /// How one comes in; never changes.
    public let kind: RoomInfo.Kind
    /// Who manages the room; never changes.
    public let management: RoomInfo.Management
    /// Milliseconds since 1970.
    public let created: Int64
    let fernet: Fernet
    /// Seals the room's files.
    let dataKey: FernetKey
    let state: Locked<RoomState>
    private let deleted = Atomic(false)
    /// Of `RoomInfo`, what each message asks for: it takes no lock.
    private let archived: Atomic<Bool>
    private let slowness: Atomic<Int64>
    private let filed: Atomic<Bool>

    init(_ record: RoomRecord, fernet: Fernet, dataKey: FernetKey) {
        id = record.id
        key = record.key
        kind = record.info.kind
        management = record.info.management
        created = record.created
        self.fernet = fernet
        self.dataKey = dataKey
        archived = Atomic(record.info.isArchived)
        slowness = Atomic(record.info.slowMode)
        filed = Atomic(record.hasFiles)
        state = Locked(RoomState(record))
    }

    /// Whether the room was deleted; what still holds it can do nothing with it.
    public var isDeleted: Bool { deleted.load(ordering: .acquiring) }

    func markDeleted() { deleted.store(true, ordering: .releasing) }

    /// The message of a stored token; `nil` where it is not one of this room's key.
    func open(_ stored: StoredMessage) -> Message? {
        // Of what was removed only the place is left.
        guard let text = stored.marks.deleted == nil ? text(of: stored.token) : "" else { return nil }
        var message = Message(
            id: stored.place.id, sequence: stored.place.sequence, timestamp: stored.place.timestamp,
            author: stored.author, person: stored.person, text: text, clientID: stored.clientID,
            reactions: stored.reactions, marks: stored.marks)
        message.attachments = stored.attachments.compactMap { open($0) }
        return message
    }

    /// The text of a token; `nil` where it is not one of this room's key.
    func text(of token: [UInt8]) -> String? {
        (try? fernet.decrypt(token)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    func noteCommitted(_ sequence: Int64) {
        state.withLock { $0.lastSequence = max($0.lastSequence, sequence) }
    }

    /// A message has changed.
    func noteCommitted(change revision: Int64) {
        state.withLock { $0.lastChange = max($0.lastChange, revision) }
    }

    /// What its managers have decided.
    public var info: RoomInfo { state.withLock { $0.info } }

    /// Whether the room has files, or had some a while ago: one that never had costs those who join no look-up.
    public var mayHaveFiles: Bool { filed.load(ordering: .relaxed) }

    func noteFiles() { filed.store(true, ordering: .relaxed) }

    var isArchived: Bool { archived.load(ordering: .relaxed) }
    var slowMode: Int64 { slowness.load(ordering: .relaxed) }

    /// The store has committed a change.
    func noteCommitted(_ info: RoomInfo) {
        state.withLock { $0.info = info }
        archived.store(info.isArchived, ordering: .relaxed)
        slowness.store(info.slowMode, ordering: .relaxed)
    }
}

/// What changes about a room, behind its lock.
struct RoomState {
    var info: RoomInfo
    var passwordHash: String?
    /// Grows when what opened the room shall do so no longer: tokens carry the one of their time.
    var epoch: Int64
    /// Networks that are let in, each with the time at which that ends.
    var verified: VerifiedNetworks
    var sanctions: [Sanction]
    /// Grows when somebody may do less than before: who was asked earlier is asked again.
    var revision: UInt64 = 0
    /// The sequence of the newest message that was committed.
    var lastSequence: Int64
    /// Grows with each change of a message; what was committed last is known here.
    var lastChange: Int64
    /// A keyed digest of the password that was last found right.
    var knownPassword: [UInt8]?
    var presence = Presence()
    var turns = Turns()
    /// From where somebody waits to be let in.
    var waiting: Set<CIDR> = []

    init(_ record: RoomRecord) {
        info = record.info
        passwordHash = record.passwordHash
        epoch = record.epoch
        verified = VerifiedNetworks(record.verified)
        sanctions = record.sanctions
        lastSequence = record.lastSequence
        lastChange = record.revision
    }

    /// The sanctions that hold against somebody now.
    func sanctions(
        against account: AccountKey?, look: String?, from address: IPAddress?, at time: Int64
    ) -> [Sanction] {
        guard !sanctions.isEmpty else { return [] }
        return sanctions.filter { !$0.isOver(at: time) && $0.isAbout(account, look: look ?? "", from: address) }
    }
}
