import Accounts
import Bytes
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Handles that change") struct HandleTests {
    @Test func `a former handle is kept for its account, and anybody's when its time is over`() async throws {
        let bureau = try await Bureau()
        let (identity, _) = try await bureau.member("ann")
        let anna = try await bureau.accounts.rename(identity, handle: "Anna", displayName: "Anna B.")
        #expect(anna.handle.text == "Anna" && anna.displayName == "Anna B." && anna.id == identity.account.id)
        #expect(bureau.events.withLock { $0 }.suffix(2) == [.changed(anna), .renamed(anna)])
        #expect(try await bureau.accounts.account(named: "ann") == nil)
        #expect(try await bureau.accounts.isHandle("АNN"))
        await #expect(throws: AccountError.handleTaken) { try await bureau.register("ann") }
        await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("ann") }
        let now = try await bureau.accounts.current(identity)
        #expect(now.account.handle.text == "Anna")
        _ = try await bureau.logIn("anna")
        bureau.clock.advance(by: .seconds(bureau.accounts.limits.formerHandleLifetime))
        try await bureau.accounts.sweep()
        #expect(try await !bureau.accounts.isHandle("ann"))
        try await bureau.register("ann")
    }

    @Test func `its account takes one back, and no more are kept than may be`() async throws {
        var limits = AccountLimits()
        limits.formerHandles = 2
        let bureau = try await Bureau(limits: limits)
        let (identity, _) = try await bureau.member("a1")
        for name in ["a2", "a1", "a3"] { _ = try await bureau.accounts.rename(identity, handle: name) }
        await #expect(throws: AccountError.tooManyHandles(retryAfter: limits.formerHandleLifetime)) {
            try await bureau.accounts.rename(identity, handle: "a4")
        }
        // One of one's own takes no further place, nor does another spelling.
        #expect(try await bureau.accounts.rename(identity, handle: "A3").handle.text == "A3")
        #expect(try await bureau.accounts.rename(identity, handle: "a1").handle.text == "a1")
        try await bureau.register("other")
        for name in ["other", "OTHER"] {
            await #expect(throws: AccountError.handleTaken) {
                try await bureau.accounts.rename(identity, handle: name)
            }
        }
        await #expect(throws: AccountError.reservedHandle) {
            try await bureau.accounts.rename(identity, handle: "admin")
        }
    }

    @Test func `what an account showed beside its name goes with it to the new one`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            try await harness.chat.saveProfile(of: "ann", displayName: "Ann", avatar: "🦊", by: Caller(.account(ann)))
            var change = AccountChange()
            change.handle = HandleChange(handle: try Handle("zoe"), reservedUntil: .max, most: 1)
            _ = try await harness.store.update(ann.key, change)
            #expect(try await harness.chat.profile(of: "zoe")?.avatar == "🦊")
            #expect(try await harness.chat.profile(of: "ann") == nil)
        }
    }

    @Test func `with an account goes what it had read and where it was named`() async throws {
        try await Harness.run { harness in
            let (ann, bob) = (try await harness.account("ann"), try await harness.account("bob"))
            let proof = Proof(password: Harness.password)
            let members = (try await harness.join(ann, "room", proof), try await harness.join(bob, "room", proof))
            let message = try await harness.chat.post("hello @ann", by: members.1)
            _ = try await harness.chat.markRead([.text(message.id.description)], by: members.0)
            func rows() async throws -> [Int64] {
                try await harness.store.writer.write { (log, _) in
                    [
                        try log.database.integer("SELECT count(*) FROM reads"),
                        try log.database.integer("SELECT count(*) FROM mentions"),
                    ]
                }
            }
            #expect(try await rows() == [1, 1])
            try await harness.store.delete(ann.key)
            #expect(try await rows() == [0, 0])
        }
    }
}
