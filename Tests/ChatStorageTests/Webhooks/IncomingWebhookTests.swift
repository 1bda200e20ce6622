import Accounts
import Bytes
import ChatStorage
import Cryptography
import ParleyTesting
import Testing

@testable import Chat

@Suite struct IncomingWebhookTests {
    private func club(_ harness: Harness) async throws -> Caller {
        let ann = try await harness.account("ann")
        _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
        return Caller(.account(ann))
    }

    @Test func `who knows the secret posts under the webhook's name, marked as one`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let made = try await harness.chat.createIncomingWebhook("builds", in: "club", for: owner)
            let message = try await harness.chat.post(
                "green", as: nil, clientID: nil, by: made.webhook.id, secret: made.secret)
            #expect(message.author.text == "builds" && message.person?.kind == .webhook)
            let history = try await harness.chat.history(HistoryQuery(), in: "club", for: owner)
            #expect(history.map(\.text) == ["green"] && history[0].person?.kind == .webhook)
            #expect(try await harness.chat.incomingWebhooks(of: "club", for: owner) == [made.webhook])
        }
    }

    @Test func `another secret and another webhook have one answer`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let made = try await harness.chat.createIncomingWebhook("builds", in: "club", for: owner)
            let other = try await harness.chat.createIncomingWebhook("tests", in: "club", for: owner)
            for (id, secret) in [
                (made.webhook.id, other.secret), (made.webhook.id, ""), (made.webhook.id, made.secret + "A"),
                (UUID(random: [1]), made.secret),
            ] {
                await #expect(throws: ChatError.webhookNotFound) {
                    try await harness.chat.post("x", as: nil, clientID: nil, by: id, secret: secret)
                }
            }
            try await harness.chat.deleteWebhook(made.webhook.id, of: "club", for: owner)
            await #expect(throws: ChatError.webhookNotFound) {
                try await harness.chat.post("x", as: nil, clientID: nil, by: made.webhook.id, secret: made.secret)
            }
        }
    }

    @Test func `it speaks as nobody who is online, and an archived room takes nothing`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let made = try await harness.chat.createIncomingWebhook("builds", in: "club", for: owner)
            let post = { (name: String?) async throws(ChatError) in
                try await harness.chat.post("x", as: name, clientID: nil, by: made.webhook.id, secret: made.secret)
            }
            let eve = harness.keep(
                try await harness.chat.join(
                    JoinRequest(room: "club", caller: Caller(.guest(name: "eve")), connection: "e")
                ).membership)
            for name in ["eve", "EVE"] {
                await #expect(throws: ChatError.nameTaken) { try await post(name) }
            }
            #expect(try await post("nightly").author.text == "nightly")
            _ = harness.chat.leave(eve)
            var change = RoomChange()
            change.isArchived = true
            _ = try await harness.chat.configure("club", change, for: owner)
            await #expect(throws: ChatError.accessDenied(.archived)) { try await post(nil) }
        }
    }

    @Test func `who makes, changes and removes a webhook is in the audit log, without its secret`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let made = try await harness.chat.createIncomingWebhook("builds", in: "club", for: owner)
            let out = try await harness.chat.createOutgoingWebhook(
                "out", url: "https://example.org/", events: [.message], in: "club", for: owner)
            var change = WebhookChange()
            change.isEnabled = false
            _ = try await harness.chat.change(out.webhook.id, change, of: "club", for: owner)
            try await harness.chat.deleteWebhook(made.webhook.id, of: "club", for: owner)
            let entries = try await harness.store.auditRecords(most: 10).reversed().map(\.entry)
            #expect(
                entries.map(\.action) == ["webhook.created", "webhook.created", "webhook.changed", "webhook.deleted"])
            for entry in entries {
                #expect(entry.target == "club" && entry.actor == owner.person.account?.id)
                let text = String(describing: entry)
                #expect(!text.contains(made.secret) && !text.contains(out.secret) && !text.contains("example.org"))
            }
        }
    }

    @Test func `what is sent again under one client id is there once`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let made = try await harness.chat.createIncomingWebhook("builds", in: "club", for: owner)
            for _ in 0..<2 {
                _ = try await harness.chat.post(
                    "once", as: nil, clientID: "1", by: made.webhook.id, secret: made.secret)
            }
            #expect(try await harness.chat.history(HistoryQuery(), in: "club", for: owner).count == 1)
        }
    }

    @Test func `moderators make them, as many as the limit, and see those of their room`() async throws {
        var options = Harness.cheap
        options.limits.webhooksPerRoom = 2
        try await Harness.run(options: options) { harness in
            let owner = try await club(harness)
            let bob = Caller(.account(try await harness.account("bob")))
            await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                try await harness.chat.createIncomingWebhook("builds", in: "club", for: bob)
            }
            await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                try await harness.chat.incomingWebhooks(of: "club", for: bob)
            }
            for name in ["a", "b"] { _ = try await harness.chat.createIncomingWebhook(name, in: "club", for: owner) }
            await #expect(throws: ChatError.tooManyWebhooks) {
                try await harness.chat.createIncomingWebhook("c", in: "club", for: owner)
            }
        }
    }
}
