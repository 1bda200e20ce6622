import Accounts
import Bytes
import Cryptography
import EventLoops
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What only a file can do.
@Suite struct SQLiteStoreTests {
    private let folder = TemporaryFolder()
    private let clock = ManualClock()
    private let key = FernetKey()
    private let signing = SecureRandom().bytes(32)

    private var path: String { folder.file("chat.db") }

    private func store(_ keys: [FernetKey]? = nil) throws -> SQLiteStore {
        try SQLiteStore(path: path, keyring: FernetKeyring(keys: keys ?? [key], clock: clock), clock: clock)
    }

    private func chat(
        _ store: SQLiteStore, _ keys: [FernetKey]? = nil,
        damaged: @escaping @Sendable (RoomID, MessageID) -> Void = { _, _ in }
    ) async throws -> Chat {
        let environment = Chat.Environment(
            store: store, keyring: try FernetKeyring(keys: keys ?? [key], clock: clock),
            jwt: try JWT(keys: [signing], clock: clock), blocking: InlineExecutor(), clock: clock, damaged: damaged)
        let chat = try Chat(environment, options: Harness.cheap)
        try await chat.start { _ in }
        return chat
    }

    private func join(_ chat: Chat, _ room: String = "room", after: Int64? = nil) async throws -> JoinResult {
        try await chat.join(
            JoinRequest(
                room: room, caller: Caller(.guest(name: "ann"), proof: Proof(password: "p")), after: after,
                connection: "1"))
    }

    @Test func `everything is there after a restart, and numbers go on`() async throws {
        var chat = try await chat(store())
        try await chat.createRoom("room", password: "p")
        var member = try await join(chat).membership
        let first = try await chat.post("one", clientID: "c1", by: member)
        _ = try await chat.react("👍", to: .id(first.id), by: member)
        let pass = try await chat.verify(room: "room", password: "p", from: Harness.here)
        await chat.close()

        chat = try await self.chat(store())
        _ = try await chat.history(HistoryQuery(), in: "room", for: Caller(proof: Proof(address: Harness.here)))
        _ = try await chat.history(HistoryQuery(), in: "room", for: Caller(proof: Proof(token: pass.token)))
        let result = try await join(chat, after: 0)
        member = result.membership
        #expect(result.lastSequence == 1)
        #expect(result.missed.map(\.text) == ["one"])
        #expect(result.missed[0].reactions == [Reaction(text: "👍", users: [UserID(trusted: "ann")])])
        #expect(try await chat.post("one", clientID: "c1", by: member).id == first.id)
        let second = try await chat.post("two", by: member)
        #expect(second.sequence == 2 && second.id > first.id && second.timestamp > first.timestamp)
        try await chat.clear("room", for: Caller(proof: Proof(password: "p")))
        await chat.close()

        chat = try await self.chat(store())
        let third = try await chat.post("three", by: try await join(chat).membership)
        #expect(third.sequence == 3 && third.id > second.id && third.timestamp > second.timestamp)
        await chat.close()
    }

    @Test func `no text, password or key lies in the files`() async throws {
        let chat = try await chat(store())
        try await chat.createRoom("room", password: "p-marker-passw0rd")
        let result = try await chat.join(
            JoinRequest(
                room: "room", caller: Caller(.guest(name: "ann"), proof: Proof(password: "p-marker-passw0rd")),
                connection: "1")
        )
        for number in 0..<100 { _ = try await chat.post("t-marker-\(number)", by: result.membership) }
        for _ in 0..<2 {
            for name in folder.names {
                let bytes = folder.bytes(of: name)
                for marker in ["marker", key.secretText] {
                    #expect(!contains(bytes, Array(marker.utf8)), "\(marker.prefix(6)) in \(name)")
                }
            }
            await chat.close()
        }
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { start in
            bytes[start] == part[0] && bytes[start..<start + part.count].elementsEqual(part)
        }
    }

    @Test func `a stored token opens with the room's key, which opens with the master key`() async throws {
        let chat = try await chat(store())
        try await chat.createRoom("room", password: "p")
        _ = try await chat.post("hello", by: try await join(chat).membership)
        await chat.close()
        let database = try Database(path: path)
        let wrapped = try #require(try database.first("SELECT wrapped_key FROM rooms WHERE id = 'room'") { $0.text(0) })
        let token = try #require(try database.first("SELECT token FROM messages") { $0.text(0) })
        let text = try Fernet(key: key).decrypt(wrapped)
        let roomKey = try #require(FernetKey(String(decoding: text, as: UTF8.self)))
        #expect(try Fernet(key: roomKey).decrypt(token) == Array("hello".utf8))
    }

    @Test func `files are their owner's only`() async throws {
        let store = try store()
        for name in folder.names { #expect(folder.mode(of: name) == 0o600, "\(name)") }
        await store.close()
    }

    @Test func `other keys are refused at the start, with one sentence`() async throws {
        try await store().close()
        let other = FernetKey()
        let error = #expect(throws: StorageError.self) { try store([other]) }
        #expect(error == .wrongKeys(path: path))
        #expect(error?.description.hasSuffix("start with the key file that it was made with.") == true)
        try await store([other, key]).close()
        // Since then `other` may have written: neither may be missing.
        for keys in [[key], [other]] {
            #expect(throws: StorageError.wrongKeys(path: path)) { try store(keys) }
        }
        try await store([key, other]).close()
    }

    /// Gives too few bytes, as if the library had failed.
    private struct BrokenRandom: RandomSource {
        func bytes(_ count: Int) -> [UInt8] { [] }
    }

    @Test func `a library that fails is not taken for wrong keys`() async throws {
        let keyring = try FernetKeyring(keys: [key], clock: clock, random: BrokenRandom())
        let error = #expect(throws: StorageError.self) { try SQLiteStore(path: path, keyring: keyring, clock: clock) }
        guard case .cryptography(path, _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(error?.description.hasSuffix("restart the server and check its memory.") == true)
        try await store().close()
    }

    @Test func `a second server is refused, and let in when the first has closed`() async throws {
        let first = try store()
        #expect(throws: StorageError.inUse(path: path)) { try store() }
        await first.close()
        try await store().close()
    }

    @Test func `a newer schema is refused and left untouched`() async throws {
        try await store().close()
        do {
            let database = try Database(path: path)
            try database.script("PRAGMA user_version = 99")
        }
        let error = #expect(throws: StorageError.self) { try store() }
        #expect(error?.description.contains("newer version") == true)
        #expect(try Database(path: path).integer("PRAGMA user_version") == 99)
    }

    @Test func `a file of something else is refused and left untouched`() throws {
        let letter = Array(String(repeating: "this is a letter and no database. ", count: 100).utf8)
        folder.put(letter, in: "chat.db")
        #expect(throws: StorageError.self) { try store() }
        #expect(folder.bytes(of: "chat.db") == letter)
    }

    @Test func `a folder that is not there is refused`() {
        let path = folder.file("none/chat.db")
        #expect(throws: StorageError.notWritable(path: path)) {
            try SQLiteStore(path: path, keyring: FernetKeyring(keys: [key]))
        }
    }

    @Test func `a full disk is an error, reading goes on, and so does writing when there is room`() async throws {
        let store = try store()
        let chat = try await chat(store)
        try await chat.createRoom("room", password: "p")
        let member = try await join(chat).membership
        let before = try await chat.post("before", by: member)
        for _ in 0..<3 {
            try await store.writer.readInOrder { try $0.database.script("PRAGMA max_page_count = 1") }
            var refusals = 0
            while refusals == 0 {
                do {
                    _ = try await chat.post(String(repeating: "x", count: 5000), by: member)
                } catch {
                    #expect(error == .storage(.full))
                    refusals += 1
                }
            }
            #expect(try await chat.history(HistoryQuery(limit: 1_000), for: member).first == before)
            try await store.writer.readInOrder { try $0.database.script("PRAGMA max_page_count = 1000000") }
            _ = try await chat.post("after", by: member)
        }
        let history = try await chat.history(HistoryQuery(limit: 1_000), for: member)
        #expect(history.map(\.sequence) == Array(1...Int64(history.count)))
        #expect(
            try await store.writer.readInOrder { try $0.database.first("PRAGMA integrity_check") { $0.text(0) } }
                == "ok")
        await chat.close()
    }

    @Test func `a changed row is reported and not served`() async throws {
        let damaged = Locked<[MessageID]>([])
        let store = try store()
        let chat = try await chat(store, damaged: { _, id in damaged.withLock { $0.append(id) } })
        try await chat.createRoom("room", password: "p")
        let member = try await join(chat).membership
        var messages: [Message] = []
        for text in ["one", "two", "three"] { messages.append(try await chat.post(text, by: member)) }
        _ = try await store.writer.write { log, _ in
            try log.database.run(
                "UPDATE messages SET token = substr(token, 1, 90) || 'AAAA' || substr(token, 95) WHERE sequence = 2")
        }
        let served = try await chat.history(HistoryQuery(), for: member)
        #expect(served.map(\.text) == ["one", "three"])
        #expect(damaged.withLock { $0 } == [messages[1].id])
        await chat.close()
    }

    @Test func `deleting a room leaves neither its key nor its messages in the files`() async throws {
        let store = try store()
        let chat = try await chat(store)
        try await chat.createRoom("room", password: "p")
        for number in 0..<50 { _ = try await chat.post("\(number)", by: try await join(chat).membership) }
        let wrapped = try await store.room(RoomID(trusted: "room"))?.wrappedKey ?? []
        #expect(folder.names.contains { contains(folder.bytes(of: $0), wrapped) })
        try await chat.deleteRoom("room", for: Caller(proof: Proof(password: "p")))
        // The log is emptied after the call has returned: wait for the writer.
        _ = try await store.writer.readInOrder { _ in }
        for name in folder.names { #expect(!contains(folder.bytes(of: name), wrapped), "\(name)") }
        let counts = try await store.writer.readInOrder { log in
            [
                try log.database.integer("SELECT count(*) FROM messages"),
                try log.database.integer("SELECT count(*) FROM reactions"),
                try log.database.integer("SELECT count(*) FROM verified_networks"),
            ]
        }
        #expect(counts == [0, 0, 0])
        await chat.close()
    }

    @Test func `pruning takes reactions and client ids along`() async throws {
        var options = SQLiteStore.Options()
        options.messagesPerRoom = 5
        let store = try SQLiteStore(path: path, keyring: FernetKeyring(keys: [key]), clock: clock, options: options)
        let chat = try await chat(store)
        try await chat.createRoom("room", password: "p")
        let member = try await join(chat).membership
        for number in 0..<20 {
            let message = try await chat.post("\(number)", clientID: "c\(number)", by: member)
            _ = try await chat.react("👍", to: .id(message.id), by: member)
        }
        let counts = try await store.writer.readInOrder { log in
            [
                try log.database.integer("SELECT count(*) FROM messages"),
                try log.database.integer("SELECT count(*) FROM reactions"),
                try log.database.integer("SELECT min(sequence) FROM messages"),
            ]
        }
        #expect(counts == [5, 5, 16])
        #expect(try await chat.post("0", clientID: "c0", by: member).sequence == 21)
        await chat.close()
    }

    @Test func `a failed commit does not use up numbers wrongly`() async throws {
        let store = try store()
        let chat = try await chat(store)
        try await chat.createRoom("room", password: "p")
        let member = try await join(chat).membership
        let first = try await chat.post("one", by: member)
        let room = member.room
        await #expect(throws: (any Error).self) {
            try await store.writer.write { log, events in
                let token = try room.fernet.encrypt("lost")
                _ = try log.append(
                    MessageDraft(
                        room: room, author: Author(member), token: token, clientID: nil, text: "lost", origin: nil),
                    &events)
                // Only the commit notices that this message's room is not there.
                try log.database.script("PRAGMA defer_foreign_keys = ON")
                try log.database.run(
                    """
                    INSERT INTO messages (room, sequence, id, timestamp, author, token)
                    VALUES (999, 1, 999999, 1, 'x', 'x')
                    """)
            }
        }
        let second = try await chat.post("two", by: member)
        #expect(second.sequence == 2 && second.id > first.id)
        #expect(try await chat.history(HistoryQuery(), for: member).map(\.text) == ["one", "two"])
        await chat.close()
    }

    @Test func `pages and appending take no scan, whatever the size of the tables`() async throws {
        let store = try store()
        let plans = try await store.writer.readInOrder { log in
            try log.database.rows(
                """
                EXPLAIN QUERY PLAN SELECT id, sequence, timestamp, author, token, client_id FROM messages
                WHERE room = 1 AND sequence >= 1 AND sequence < 9 ORDER BY sequence DESC LIMIT 5
                """
            ) { $0.text(3) }
                + log.database.rows(
                    "EXPLAIN QUERY PLAN SELECT id FROM messages WHERE room = 1 AND author = 'a' AND client_id = 'c'"
                ) { $0.text(3) }
                + log.database.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT kind, reaction, count, last_place FROM reaction_kinds
                    WHERE room = 1 AND sequence = 2 ORDER BY kind
                    """
                ) { $0.text(3) }
                + log.database.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT user FROM reactions WHERE room = 1 AND sequence = 2 AND kind = 3
                    ORDER BY place LIMIT 5
                    """
                ) { $0.text(3) }
                + log.database.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT place FROM reactions
                    WHERE room = 1 AND sequence = 2 AND kind = 3 AND user = 'u'
                    """
                ) { $0.text(3) }
        }
        #expect(plans.count == 5 && plans.allSatisfy { $0.hasPrefix("SEARCH") })
        #expect(plans[4].contains("reactions_by_user (room=? AND sequence=? AND kind=? AND user=?)"))
        await store.close()
    }

    @Test func `pages wait in a queue of their own, so long and no longer`() async throws {
        var options = SQLiteStore.Options()
        (options.pageReaders, options.pageQueue) = (1, 1)
        let store = try SQLiteStore(
            path: path, keyring: FernetKeyring(keys: [key], clock: clock), clock: clock, options: options)
        let chat = try await chat(store)
        try await chat.createRoom("room", password: "p")
        let member = try await join(chat).membership
        _ = try await chat.post("one", by: member)
        let gate = Gate()
        let limit = PageLimit(messages: 1, bytes: 1000, listedReactors: 1)
        let page: @Sendable () async throws -> Int = {
            try await store.history(of: member.room, HistoryQuery(), limit: limit) { stored in
                gate.waitUntilOpen()
                return Message(
                    id: stored.place.id, sequence: 1, timestamp: 1, author: stored.author, text: "", clientID: nil)
            }.entries.count
        }
        async let first = page()
        await gate.untilSomeoneWaits()
        async let second = page()
        #expect(await comesTrue { store.pages.queuedCount == 1 })
        await #expect(throws: StoreError.storage(.busy)) { try await page() }
        // A join needs no page.
        try await chat.createRoom("other", password: "p")
        #expect(try await store.room(RoomID(trusted: "other")) != nil)
        gate.open()
        #expect(try await [first, second] == [1, 1])
        await chat.close()
    }
}
