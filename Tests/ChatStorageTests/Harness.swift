import Accounts
import Blobs
import Bytes
import Cryptography
import EventLoops
import Network
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

/// Runs work where it is called; refuses it while `isFull`.
final class InlineExecutor: BlockingExecutor {
    let isFull = Locked(false)
    let count = Locked(0)

    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(BlockingExecutorFull) -> R {
        guard !isFull.withLock({ $0 }) else { throw BlockingExecutorFull() }
        count.withLock { $0 += 1 }
        return work()
    }
}

/// A chat over a store in a folder of its own, and what its observer was told.
final class Harness: Sendable {
    let folder = TemporaryFolder()
    let clock = ManualClock()
    let executor = InlineExecutor()
    let keyring: FernetKeyring
    let jwt: JWT
    let store: SQLiteStore
    let chat: Chat
    let events = Locked<[CommittedEvent]>([])
    let damaged = Locked<[MessageID]>([])
    private let disk = BlockingPool(threads: 1, name: "disk")
    var filesFolder: String { folder.file("files") }
    /// Keeps in the rooms whoever has joined.
    private let members = Locked<[Membership]>([])

    static let password = "correct horse"
    static let here = IPAddress("192.0.2.1")

    static var cheap: ChatOptions {
        var options = ChatOptions()
        options.passwordCost = PasswordHash.Cost(memoryKiB: 8, passes: 1)
        return options
    }

    /// - Parameters:
    ///   - lifetime: for how many seconds rooms keep messages.
    ///   - webhookQueue: how much may wait for one outgoing webhook.
    init(options: ChatOptions = Harness.cheap, lifetime: Int64? = nil, webhookQueue: Int = 100) async throws {
        keyring = try FernetKeyring(keys: [FernetKey()], clock: clock)
        jwt = try JWT(keys: [SecureRandom().bytes(32)], clock: clock)
        var storeOptions = SQLiteStore.Options()
        storeOptions.messagesPerRoom = options.limits.messagesPerRoom
        storeOptions.messageLifetime = lifetime
        storeOptions.webhookQueue = webhookQueue
        store = try SQLiteStore(path: folder.file("chat.db"), keyring: keyring, clock: clock, options: storeOptions)
        let damaged = damaged
        var environment = Chat.Environment(
            store: store, keyring: keyring, jwt: jwt, blocking: executor, clock: clock,
            damaged: { _, id in damaged.withLock { $0.append(id) } })
        environment.files = try BlobFolder(path: folder.file("files"), pool: disk)
        environment.account = { [store] (name) throws(ChatError) in
            do { return try await store.account(Handle(trusted: name))?.account } catch { throw .busy }
        }
        chat = try Chat(environment, options: options)
        let events = events
        try await chat.start { batch in events.withLock { $0 += batch } }
    }

    deinit { disk.stop() }

    /// Runs `body` with a chat in which the room `room` exists, and closes it.
    static func run(
        options: ChatOptions = Harness.cheap, _ body: (Harness) async throws -> Void
    ) async throws {
        let harness = try await Harness(options: options)
        try await harness.chat.createRoom("room", password: password)
        do {
            try await body(harness)
        } catch {
            await harness.chat.close()
            throw error
        }
        await harness.chat.close()
    }

    func join(
        _ user: String = "ann", room: String = "room", connection: String = "1", after: Int64? = nil,
        guestToken: String? = nil
    ) async throws -> JoinResult {
        let result = try await chat.join(
            JoinRequest(
                room: room,
                caller: Caller(.guest(name: user, token: guestToken), proof: Proof(password: Harness.password)),
                after: after,
                connection: connection))
        members.withLock { $0.append(result.membership) }
        return result
    }

    /// Somebody with an account.
    func account(_ handle: String, role: Role = .member) async throws -> Account {
        try await store.createAccount(
            NewAccount(
                id: UUID(random: SecureRandom().bytes(16)), handle: Handle(handle), displayName: handle, email: nil,
                passwordHash: "", role: role, created: clock.epochMilliseconds, most: 1_000))
    }

    /// Brings an account into a room by a connection.
    func join(
        _ account: Account, _ room: String, _ proof: Proof = Proof(), connection: String = "1"
    ) async throws -> Membership {
        let caller = Caller(.account(account), proof: proof)
        let membership = try await chat.join(
            JoinRequest(room: room, caller: caller, connection: "\(account.handle)-\(connection)")
        ).membership
        members.withLock { $0.append(membership) }
        return membership
    }

    /// What the observer was told of a room, by its names.
    var updates: [RoomUpdate] {
        events.withLock { events in
            events.compactMap { if case .room(_, let update) = $0 { update } else { nil } }
        }
    }

    /// Keeps a membership in its room.
    func keep(_ member: Membership) -> Membership {
        members.withLock { $0.append(member) }
        return member
    }

    /// What the observer was told of messages that were there.
    var changes: [MessageChange] {
        events.withLock { events in
            events.compactMap { event in
                if case .changed(_, let change) = event { change } else { nil }
            }
        }
    }

    /// Posts `count` messages, `1`, `2` …
    @discardableResult
    func post(_ count: Int, by member: Membership) async throws -> [Message] {
        var messages: [Message] = []
        for number in 1...count { messages.append(try await chat.post("\(number)", by: member)) }
        return messages
    }

    /// The messages that the observer was told of.
    var posted: [Message] {
        events.withLock { events in
            events.compactMap { event in
                if case .posted(_, let message, _) = event { message } else { nil }
            }
        }
    }
}
