import Accounts
import Blobs
import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Chat

@Suite("What is done with a right over others") struct AccountabilityTests {
    private static let address = IPAddress("192.0.2.9")

    /// A club of two, and how its owner asks.
    private func club(_ harness: Harness) async throws -> (owner: Caller, member: Account) {
        let (ann, cat) = (try await harness.account("ann"), try await harness.account("cat"))
        var draft = RoomDraft(id: "club", kind: .password)
        draft.password = Harness.password
        _ = try await harness.chat.createRoom(draft, by: ann)
        _ = try await harness.join(ann, "club")
        _ = try await harness.join(cat, "club", Proof(password: Harness.password))
        var owner = Caller(.account(ann), proof: Proof(address: Self.address))
        owner.means = .socket
        return (owner, cat)
    }

    /// The entries of the audit log, oldest first.
    private func entries(_ harness: Harness) async throws -> [AuditEntry] {
        try await harness.store.auditRecords(most: 1_000).reversed().map(\.entry)
    }

    @Test func `each change leaves one entry: who, what, on what and from where`() async throws {
        try await Harness.run { harness in
            let (owner, _) = try await club(harness)
            let chat = harness.chat
            var change = RoomChange()
            (change.topic, change.slowMode) = ("canary", 5)
            _ = try await chat.configure("club", change, for: owner)
            try await chat.changePassword(of: "club", to: "another secret", for: owner)
            try await chat.setRole(.moderator, of: "cat", in: "club", for: owner)
            try await chat.sanction(SanctionRequest(.mute, "cat", seconds: 60, reason: "noise"), in: "club", for: owner)
            try await chat.pardon(.mute, of: "cat", in: "club", for: owner)
            try await chat.sanction(SanctionRequest(.kick, "cat"), in: "club", for: owner)
            try await chat.sanction(SanctionRequest(.ban, "eve"), in: "club", for: owner)
            try await chat.pardon(.ban, of: "eve", in: "club", for: owner)
            try await chat.admit("192.0.2.0/24", to: "club", for: owner)
            try await chat.revoke("192.0.2.0/24", in: "club", for: owner)
            try await chat.clear("club", reason: "spring", for: owner)
            try await chat.deleteRoom("club", for: owner)
            let entries = try await entries(harness)
            #expect(
                entries.map(\.action) == [
                    "room.configured", "room.password_changed", "member.role_changed", "member.muted",
                    "member.unmuted", "member.kicked", "member.banned", "member.unbanned", "address.admitted",
                    "address.revoked", "room.cleared", "room.deleted",
                ])
            for entry in entries {
                #expect(entry.target == "club" && entry.actor == owner.person.account?.id)
                #expect(entry.address == Self.address && JSONValue.object(entry.details)["via"] == "socket")
            }
            let details = entries.map { JSONValue.object($0.details) }
            #expect(details[0]["topic"] == "changed" && details[0]["slow_mode"] == "5")
            #expect(details[3]["user"] == "cat" && details[3]["seconds"] == "60" && entries[3].reason == "noise")
            #expect(details[8]["network"] == "192.0.2.0/24" && entries[10].reason == "spring")
            let verdict = try AuditLog.verify(harness.folder.file("chat.db"))
            #expect(verdict.fault == nil && verdict.good == 12)
        }
    }

    @Test func `what fails and what one does to oneself leaves none`() async throws {
        try await Harness.run { harness in
            let (owner, cat) = try await club(harness)
            let chat = harness.chat
            await #expect(throws: ChatError.sanctionNotFound) {
                try await chat.pardon(.ban, of: "cat", in: "club", for: owner)
            }
            await #expect(throws: ChatError.addressNotFound) {
                try await chat.revoke("192.0.2.1", in: "club", for: owner)
            }
            await #expect(throws: ChatError.accessDenied(.ownerNeeded)) {
                try await chat.deleteRoom("club", for: Caller(.account(cat)))
            }
            let member = try await harness.join(cat, "club", connection: "2")
            let own = try await chat.post("mine", by: member)
            _ = try await chat.remove(.id(own.id), by: member)
            _ = try await chat.verify(room: "club", password: Harness.password, from: Harness.here)
            try await chat.giveUp("club", by: cat)
            #expect(try await entries(harness).isEmpty)
        }
    }

    @Test func `a moderator who removes what others wrote is noted, and who has no account by what they showed`()
        async throws
    {
        try await Harness.run { harness in
            let (owner, cat) = try await club(harness)
            let member = try await harness.join(cat, "club", connection: "2")
            let message = try await harness.chat.post("theirs", by: member)
            _ = try await harness.chat.remove(.id(message.id), in: "club", reason: "rude", by: owner)
            let keyHolder = Caller(.anonymous, proof: Proof(password: Harness.password, address: Harness.here))
            try await harness.chat.admit("192.0.2.77", to: "room", for: keyHolder)
            let entries = try await entries(harness)
            #expect(entries.map(\.action) == ["message.removed", "address.admitted"])
            #expect(JSONValue.object(entries[0].details)["message"] == .string(message.id.description))
            #expect(entries[0].reason == "rude")
            #expect(entries[1].actor == nil && entries[1].address == Harness.here)
            #expect(JSONValue.object(entries[1].details)["shown"] == "password")
        }
    }

    @Test func `who removes somebody's file is noted`() async throws {
        try await Harness.run { harness in
            let upload = try await harness.chat.beginUpload("a.txt", in: "room", by: harness.caller("ann"))
            try await upload.write(Array("text".utf8))
            let message = try await harness.chat.post(upload, in: "room", by: harness.caller("ann"))
            let file = try #require(message.attachments.first?.facts)
            try await harness.chat.removeFile(file.storedName, in: "room", by: harness.caller())
            let entry = try #require(try await entries(harness).first)
            #expect(entry.action == "file.removed" && entry.target == "room" && entry.address == Harness.here)
            #expect(JSONValue.object(entry.details)["file"] == .string(file.id.description))
        }
    }

    @Test func `one who changes more than the limit in a minute waits, and nothing of it is done`() async throws {
        var options = Harness.cheap
        options.limits.deedsPerMinute = 2
        try await Harness.run(options: options) { harness in
            let (owner, _) = try await club(harness)
            for number in 1...2 { try await harness.chat.admit("192.0.2.\(number)", to: "club", for: owner) }
            await #expect(throws: ChatError.tooManyDeeds(retryAfter: 60)) {
                try await harness.chat.admit("192.0.2.3", to: "club", for: owner)
            }
            #expect(try await harness.chat.addresses(of: "club", for: owner).verified.count == 2)
            harness.clock.advance(by: .seconds(60))
            try await harness.chat.admit("192.0.2.3", to: "club", for: owner)
        }
    }
}
