import Accounts
import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Chat

@Suite("A ban that removes what somebody wrote") struct PurgeTests {
    private func scene(_ harness: Harness) async throws -> (owner: Caller, ann: Membership, cat: Membership) {
        let (ann, cat) = (try await harness.account("ann"), try await harness.account("cat"))
        var draft = RoomDraft(id: "club", kind: .password)
        draft.password = Harness.password
        _ = try await harness.chat.createRoom(draft, by: ann)
        return (
            Caller(.account(ann)), try await harness.join(ann, "club"),
            try await harness.join(cat, "club", Proof(password: Harness.password))
        )
    }

    private func ban(_ name: String, _ seconds: Int64?) -> SanctionRequest {
        var request = SanctionRequest(.ban, name)
        request.removedSeconds = seconds
        return request
    }

    private func texts(_ harness: Harness, for owner: Caller) async throws -> [String] {
        try await harness.chat.history(HistoryQuery(limit: 100), in: "club", for: owner).filter {
            $0.marks.deleted == nil
        }.map(\.text)
    }

    @Test func `removes theirs of that time, in as many steps as it takes, and nobody else's`() async throws {
        var options = Harness.cheap
        options.limits.removedAtOnce = 2
        try await Harness.run(options: options) { harness in
            let (owner, ann, cat) = try await scene(harness)
            _ = try await harness.chat.post("old", by: cat)
            harness.clock.advance(by: .seconds(3600))
            for number in 1...5 {
                _ = try await harness.chat.post("bad \(number)", by: cat)
                _ = try await harness.chat.post("good \(number)", by: ann)
            }
            harness.clock.advance(by: .seconds(10))
            try await harness.chat.sanction(ban("cat", 3600), in: "club", for: owner)
            #expect(try await texts(harness, for: owner).sorted() == (1...5).map { "good \($0)" } + ["old"])
            let removed = harness.changes.compactMap { change in
                if case .removed(let removal) = change { removal } else { nil }
            }
            #expect(removed.count == 5 && removed.allSatisfy { $0.isByModerator && $0.user.text == "ann" })
            let entry = try #require(try await harness.store.auditRecords(most: 10).first?.entry)
            #expect(entry.action == "member.banned")
            #expect(JSONValue.object(entry.details)["remove_messages"] == "3600")
        }
    }

    @Test func `removes a guest's by what the name looks like, and no account's`() async throws {
        try await Harness.run { harness in
            let (owner, ann, _) = try await scene(harness)
            let eve = try await harness.join("eve", room: "club", connection: "e").membership
            _ = try await harness.chat.post("spam", by: eve)
            _ = try await harness.chat.post("fine", by: ann)
            _ = harness.chat.leave(eve)
            try await harness.chat.sanction(ban("EVE", 60), in: "club", for: owner)
            #expect(try await texts(harness, for: owner) == ["fine"])
        }
    }

    @Test(arguments: [0, 86_401]) func `refuses a time that cannot be`(_ seconds: Int64) async throws {
        try await Harness.run { harness in
            let (owner, _, cat) = try await scene(harness)
            await #expect(throws: ChatError.invalid(.duration(.removal))) {
                try await harness.chat.sanction(ban("cat", seconds), in: "club", for: owner)
            }
            #expect(cat.isActive)
            var mute = ban("cat", 60)
            mute.kind = .mute
            await #expect(throws: ChatError.invalid(.duration(.removal))) {
                try await harness.chat.sanction(mute, in: "club", for: owner)
            }
        }
    }
}
