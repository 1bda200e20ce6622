import Bytes
public import Chat
public import Cryptography
public import EventLoops
import SQLite

/// Keeps the chat in one SQLite file: what is acknowledged has reached the disk.
///
/// Tokens only: the store never writes a message's text. One server at a time may have the file.
public final class SQLiteStore: ChatStore {
    /// The store's bounds.
    public struct Options: Sendable {
        /// How many of its newest messages a room keeps.
        public var messagesPerRoom = ChatLimits().messagesPerRoom
        /// For how many seconds a room keeps messages; `nil` for any.
        public var messageLifetime: Int64?
        /// How many changes may wait for the writer; further ones are refused as `busy`.
        public var writeQueue = 10_000
        /// How many changes share one commit at most.
        public var batch = 1_000
        /// How many milliseconds to wait at the start for another program that holds the database.
        public var lockPatience = 1_000
        /// How many threads read what joins and the like need.
        public var readers = 1
        /// How many such reads may wait; further ones are refused as `busy`.
        public var readQueue = 10_000
        /// How many threads read pages of history, so that nobody's join waits behind them.
        public var pageReaders = 2
        /// How many pages may wait; further ones are refused as `busy`.
        public var pageQueue = 1_000
        /// How much may wait for one outgoing webhook; beyond, it is told nothing any more.
        public var webhookQueue = 10_000

        /// The defaults.
        public init() {}
    }

    let writer: Writer<MessageLog>
    let readers: ReaderPool
    let pages: ReaderPool
    private let lock: FileLock
    let path: String
    let observers: Locked<StoreObservers>
    let commits: CommitMeter

    /// Opens the file, or makes it; brings an older schema to today's, and checks that the keys are those it knows.
    ///
    /// Reads and writes files: call at start, before there is a loop to be blocked.
    public init(
        path: String, keyring: FernetKeyring, clock: any WallClock = SystemWallClock(), options: Options = Options()
    ) throws(StorageError) {
        lock = try FileLock(path: path, patience: options.lockPatience)
        self.path = path
        let commits = CommitMeter()
        self.commits = commits
        let observers = Locked(StoreObservers())
        self.observers = observers
        let database: Database
        do throws(SQLiteError) {
            database = try Database(path: path)
            try Schema.migrations.run(on: database) { (version) throws(SQLiteError) in
                try DatabaseCopy.keep(database, path: path, version: version)
            }
        } catch {
            throw .database(path: path, error)
        }
        try KeyCheck(keyring, path: path).run(on: database)
        do throws(SQLiteError) {
            let retention = Retention(
                messages: Int64(max(options.messagesPerRoom, 1)), seconds: options.messageLifetime)
            let log = try MessageLog(
                database, clock: clock, retention: retention, observers: observers, webhookQueue: options.webhookQueue)
            readers = try ReaderPool(path: path, threads: options.readers, queueLimit: options.readQueue)
            pages = try ReaderPool(path: path, threads: options.pageReaders, queueLimit: options.pageQueue)
            writer = Writer(
                log, queueLimit: options.writeQueue, batchLimit: options.batch, meter: commits
            ) { events in
                observers.withLock { $0 }.committed(events)
            }
        } catch {
            throw .database(path: path, error)
        }
    }

    public func start(observer: @escaping @Sendable ([CommittedEvent]) -> Void) async throws(StoreError) {
        observers.withLock { $0.chat = observer }
    }

    public func close() async {
        await readers.close()
        await pages.close()
        await writer.close()
        observers.withLock { $0 = StoreObservers() }
        lock.release()
    }
}
