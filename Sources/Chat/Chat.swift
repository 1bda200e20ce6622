public import Accounts
public import Blobs
import Bytes
public import Cryptography
public import EventLoops
import Synchronization

/// Rooms, who is in them, and what they say. Knows no wire and no database.
///
/// Every method may be called from any thread, and an async one comes back to the actor that called it. No lock is held
/// across rooms, and none is taken on the way of a message but its room's.
public final class Chat: Sendable {
    /// What the chat needs from outside.
    public struct Environment: Sendable {
        public var store: any ChatStore
        /// Wraps the data keys of rooms.
        public var keyring: FernetKeyring
        /// Signs room and guest tokens.
        public var jwt: JWT
        /// Where passwords are hashed.
        public var blocking: any BlockingExecutor
        public var clock: any WallClock
        public var random: any RandomSource
        /// Where files lie; without one none are taken.
        public var files: BlobFolder?
        /// Told that files could not be removed: the sweep at the next start does it.
        public var filesLeft: @Sendable (Int) -> Void = { _ in }
        /// Whether a name belongs to an account, or looks like one that does: no guest may have it.
        public var isReserved: @Sendable (String) async throws(ChatError) -> Bool = { _ in false }
        /// The account of a handle; `nil` where there is none.
        public var account: @Sendable (String) async throws(ChatError) -> Account? = { _ in nil }
        /// Told of each room that is made.
        public var created: @Sendable (Room) -> Void = { _ in }
        /// Told of each stored message that its room's key does not open; it is never served.
        public var damaged: @Sendable (RoomID, MessageID) -> Void

        public init(
            store: any ChatStore, keyring: FernetKeyring, jwt: JWT, blocking: any BlockingExecutor,
            clock: any WallClock = SystemWallClock(), random: any RandomSource = SecureRandom(),
            damaged: @escaping @Sendable (RoomID, MessageID) -> Void = { _, _ in }
        ) {
            self.store = store
            self.keyring = keyring
            self.jwt = jwt
            self.blocking = blocking
            self.clock = clock
            self.random = random
            self.damaged = damaged
        }
    }

    /// What the chat was told.
    public let options: ChatOptions
    let environment: Environment
    let directory: RoomDirectory
    let tokens: RoomTokens
    let statuses = Statuses()
    let passwords: PasswordChecker
    /// The roles on the server that were given since the start, for joins that were under way.
    let serverRoles = Locked<[AccountKey: Role]>([:])
    /// Grows with each handle that is given to an account.
    let handleChanges = Atomic<UInt64>(0)
    let observer = Locked(ChatObserver())
    /// What was changed within a minute, by who did it.
    let deeds: AttemptGuard<Doer>
    let searches: SearchDesk
    let uploads: UploadSlots

    /// A chat on what its surroundings give it.
    public init(_ environment: Environment, options: ChatOptions = ChatOptions()) throws(CryptographyError) {
        self.options = options
        self.environment = environment
        deeds = AttemptGuard(
            clock: environment.clock, window: 60, capacity: options.limits.passwordRecords)
        searches = SearchDesk(most: options.limits.searches)
        tokens = RoomTokens(jwt: environment.jwt, clock: environment.clock, limits: options.limits)
        passwords = try PasswordChecker(environment, options: options)
        uploads = UploadSlots(most: options.limits.uploads, perHolder: options.limits.uploadsPerPerson)
        directory = RoomDirectory(
            store: environment.store, capacity: options.limits.cachedRooms,
            makeRoom: { (record) throws(ChatError) in try Self.room(record, environment) })
    }

    /// Opens the store and makes the lobby. Call once, before anything else.
    ///
    /// - Parameter observer: called after each commit, in order, on a thread of the store: hand the events on and return.
    ///   The call that caused an event resumes only after the observer has returned.
    public func start(observer: @escaping @Sendable ([CommittedEvent]) -> Void) async throws(ChatError) {
        // Weak, for the directory holds the store, and the store the observer.
        let limits = limits
        self.observer.withLock { $0.tell = observer }
        let relay: @Sendable ([CommittedEvent]) -> Void = { [weak directory] events in
            var events = events
            for (index, event) in events.enumerated() {
                switch event {
                case .posted(let room, let message, _):
                    room.noteCommitted(message.sequence)
                    if !message.attachments.isEmpty { room.noteFiles() }
                case .deleted(let room): directory?.remove(room)
                case .room(let room, let change): events[index] = .room(room, room.noteCommitted(change, limits))
                case .reacted(let room, let update): room.noteCommitted(change: update.revision)
                case .changed(let room, let change):
                    if let revision = change.revision { room.noteCommitted(change: revision) }
                case .file, .cleared: break
                }
            }
            observer(events)
        }
        do { try await environment.store.start(observer: relay) } catch { throw ChatError(error) }
        removeFilesOnCommit()
        if try await directory.room(.lobby) == nil {
            _ = try await create(.lobby, RoomInfo(kind: .open, management: .server))
        }
    }

    /// Commits what is waiting; whatever is called afterwards is refused.
    public func close() async {
        await environment.store.close()
        observer.withLock { $0 = ChatObserver() }
    }

    var now: Int64 { environment.clock.epochMilliseconds }
    var limits: ChatLimits { options.limits }

    private static func room(_ record: RoomRecord, _ environment: Environment) throws(ChatError) -> Room {
        do {
            let key = try environment.keyring.unwrap(record.wrappedKey)
            let fernet = try Fernet(key: key, clock: environment.clock, random: environment.random)
            return Room(record, fernet: fernet, dataKey: key)
        } catch {
            throw .storage(
                .failed("The key of a room cannot be opened; start the server with the keys it was made with."))
        }
    }
}

/// Who is told what has happened; of commits the store tells.
struct ChatObserver: Sendable {
    var tell: @Sendable ([CommittedEvent]) -> Void = { _ in }
}
