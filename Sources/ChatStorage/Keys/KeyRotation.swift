public import Cryptography
public import EventLoops
import JSON
import SQLite

/// Brings the rooms' keys from one master key under another, beside a server that goes on.
///
/// Only the rooms' keys are wrapped again, in small transactions; messages stay as they are. Whenever the process is
/// killed, each room's key is under one of the keys, and another run goes on.
public final class KeyRotation {
    /// How many rooms are wrapped again in one transaction, which the server's writer waits for.
    private static let batch: Int64 = 100

    private let path: String
    private let keys: [FernetKey]
    private let keyring: FernetKeyring
    private let database: Database
    private let clock: any WallClock

    /// Opens a database and checks that the keys open what it holds.
    ///
    /// - Parameter keys: the first writes.
    public init(
        _ path: String, keys: [FernetKey], clock: any WallClock = SystemWallClock()
    ) throws(BackupError) {
        guard DiskFile.exists(path) else { throw .noDatabase(path: path) }
        self.path = path
        self.keys = keys
        self.clock = clock
        keyring = try Self.ring(keys)
        do throws(SQLiteError) {
            database = try Database(path: path)
            // What was under an old key must not stay in pages that are free.
            try database.script("PRAGMA secure_delete = ON")
        } catch {
            throw .database(path: path, error)
        }
        let schema = try run { () throws(SQLiteError) in try database.integer("PRAGMA user_version") }
        guard schema == Schema.migrations.newest else { throw .otherSchema(path: path) }
        try checked { (check) throws(StorageError) in _ = try check.check(database) }
    }

    private static func ring(_ keys: [FernetKey]) throws(BackupError) -> FernetKeyring {
        do { return try FernetKeyring(keys: keys) } catch { throw .cryptography(error.description) }
    }

    /// Notes that the first key writes from now on, where no server runs that would do it; `false` where one does.
    public func adoptUnlessServed() throws(BackupError) -> Bool {
        let lock: FileLock
        do throws(StorageError) {
            lock = try FileLock(path: path)
        } catch {
            if case .inUse = error { return false }
            throw BackupError(error)
        }
        defer { lock.release() }
        try checked { (check) throws(StorageError) in try check.run(on: database) }
        return true
    }

    /// Whether it is noted that the first key writes.
    public func isAdopted() throws(BackupError) -> Bool {
        try run { () throws(SQLiteError) in try notes().contains(where: keyring.isCurrent) }
    }

    /// Wraps every room's key with the first key; says how many were under another.
    public func rewrap() throws(BackupError) -> Int {
        var (count, next) = (0, Int64?.some(-1))
        while let last = next {
            let step = try run { () throws(SQLiteError) in
                try database.transaction { () throws(SQLiteError) in try rewrap(after: last) }
            }
            guard step.lost == 0 else { throw .otherKeys(wanted: [], found: keys.map(\.name)) }
            count += step.changed
            next = step.next
        }
        try run { () throws(SQLiteError) in
            try database.transaction { () throws(SQLiteError) in
                try note(AuditEntry("keys.rotated", target: keys[0].name, details: [.init("rooms", .init(count))]))
            }
        }
        return count
    }

    /// Takes away the notes that other keys than the first ever wrote, once nothing is under them: a server then starts
    /// without those keys.
    public func retire() throws(BackupError) {
        let lost = try run { () throws(SQLiteError) in
            try database.transaction { () throws(SQLiteError) in try retireAll() }
        }
        guard lost == 0 else { throw .otherKeys(wanted: [], found: keys.map(\.name)) }
        // So that nothing under old keys stays in the log; where readers are in the way, that goes with a later checkpoint.
        try run { () throws(SQLiteError) in try database.emptyLog() }
    }

    private func retireAll() throws(SQLiteError) -> Int {
        var (lost, next) = (0, Int64?.some(-1))
        while let last = next {
            let step = try rewrap(after: last)
            lost += step.lost
            next = step.next
        }
        guard lost == 0 else { return lost }
        for token in try notes() where !keyring.isCurrent(token) {
            try database.run("DELETE FROM key_checks WHERE token = ?", .utf8(token))
        }
        try note(AuditEntry("keys.retired", target: keys.dropFirst().map(\.name).joined(separator: " ")))
        return 0
    }

    private struct Step {
        var changed = 0
        /// Rooms whose keys are under none of the keys.
        var lost = 0
        /// The last room, where more may follow.
        var next: Int64?
    }

    private func rewrap(after last: Int64) throws(SQLiteError) -> Step {
        let rooms = try database.rows(
            "SELECT key, wrapped_key FROM rooms WHERE key > ? ORDER BY key LIMIT ?", .integer(last),
            .integer(Self.batch)
        ) { (key: $0.integer(0), wrapped: $0.blob(1)) }
        var step = Step(next: rooms.count == Int(Self.batch) ? rooms.last?.key : nil)
        for room in rooms where !keyring.isCurrent(room.wrapped) {
            guard let wrapped = try? keyring.rotate(room.wrapped) else {
                step.lost += 1
                continue
            }
            try database.run("UPDATE rooms SET wrapped_key = ? WHERE key = ?", .utf8(wrapped), .integer(room.key))
            step.changed += 1
        }
        return step
    }

    private func notes() throws(SQLiteError) -> [[UInt8]] {
        try database.rows("SELECT token FROM key_checks") { $0.blob(0) }
    }

    private func note(_ entry: AuditEntry) throws(SQLiteError) {
        _ = try database.appendAudit(entry, at: clock.epochMilliseconds)
    }

    private func run<R>(_ body: () throws(SQLiteError) -> R) throws(BackupError) -> R {
        do { return try body() } catch { throw .database(path: path, error) }
    }

    private func checked(_ body: (KeyCheck) throws(StorageError) -> Void) throws(BackupError) {
        do throws(StorageError) {
            try body(KeyCheck(keyring, path: path))
        } catch {
            if case .wrongKeys = error { throw .otherKeys(wanted: [], found: keys.map(\.name)) }
            throw BackupError(error)
        }
    }
}

extension KeyRotation {
    /// How much a key holds.
    public struct Use: Sendable, Equatable {
        /// `FernetKey.name`
        public let name: String
        /// Rooms whose keys are under it.
        public var rooms = 0
        /// Whether the database notes that it wrote.
        public var isNoted = false
    }

    /// What is under each key, and how many rooms are under none of them.
    public func uses() throws(BackupError) -> (keys: [Use], lost: Int) {
        var uses = keys.map { Use(name: $0.name) }
        var rings: [FernetKeyring] = []
        for key in keys { rings.append(try Self.ring([key])) }
        let rooms = try run { () throws(SQLiteError) in
            try database.rows("SELECT wrapped_key FROM rooms") { $0.blob(0) }
        }
        var lost = 0
        for room in rooms {
            if let index = rings.firstIndex(where: { $0.isCurrent(room) }) { uses[index].rooms += 1 } else { lost += 1 }
        }
        for note in try run(notes) {
            if let index = rings.firstIndex(where: { $0.isCurrent(note) }) { uses[index].isNoted = true }
        }
        return (uses, lost)
    }
}
