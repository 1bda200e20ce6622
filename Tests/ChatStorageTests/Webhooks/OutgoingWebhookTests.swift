import Accounts
import Bytes
import ChatStorage
import Cryptography
import ParleyTesting
import Testing

@testable import Chat

@Suite struct OutgoingWebhookTests {
    private static let url = "https://example.org/hook"

    private struct Club {
        let harness: Harness
        let owner: Caller
        let ann: Account
        let hook: NewOutgoingWebhook
        var id: UUID { hook.webhook.id }

        func next() async throws -> PendingDelivery? { try await harness.chat.nextDelivery(of: id) }
        func deliveries() async throws -> [Delivery] {
            try await harness.chat.deliveries(of: id, in: "club", limit: nil, for: owner)
        }
        func webhook() async throws -> OutgoingWebhook {
            try #require(try await harness.chat.outgoingWebhooks(of: "club", for: owner).first)
        }
        func post(_ text: String) async throws -> Message {
            try await harness.chat.post(text, in: "club", by: owner)
        }
    }

    private func club(
        _ harness: Harness, _ events: Set<WebhookEvent> = Set(WebhookEvent.allCases)
    ) async throws -> Club {
        let ann = try await harness.account("ann")
        _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: ann)
        let hook = try await harness.chat.createOutgoingWebhook(
            "audit", url: Self.url, events: events, in: "club", for: Caller(.account(ann)))
        return Club(harness: harness, owner: Caller(.account(ann)), ann: ann, hook: hook)
    }

    @Test func `what happens is queued in order, and told as it is then`() async throws {
        try await Harness.run { harness in
            let club = try await club(harness)
            let queued = Locked<[UUID]>([])
            harness.chat.onQueued { ids in queued.withLock { $0 += ids } }
            let message = try await club.post("first")
            let reference = MessageReference.id(message.id)
            _ = try await harness.chat.edit(reference, to: "second", in: "club", by: club.owner)
            _ = try await harness.chat.react("👍", to: reference, in: "club", by: club.owner)
            let bob = try await harness.account("bob")
            _ = try await harness.join(bob, "club")
            try await harness.chat.giveUp("club", by: bob)
            let seen = try await club.deliveries()
            #expect(seen.reversed().map(\.event) == [.message, .messageEdited, .reaction, .memberJoined, .memberLeft])
            #expect(seen.allSatisfy { $0.ended == nil && $0.attempts == 0 })
            #expect(queued.withLock { $0 }.allSatisfy { $0 == club.id })
            #expect(queued.withLock { $0.count } == 5)
            let first = try #require(try await club.next())
            #expect(first.message?.text == "second" && first.url == Self.url && first.secret == club.hook.secret)
            #expect(first.message?.reactions.map(\.text) == ["👍"])
            for number: Int64 in 1...5 {
                let next = try #require(try await club.next())
                #expect(next.delivery.number == number && next.id == "\(club.id).\(number)" && !next.isVoid)
                try await harness.chat.settle(next, status: 200)
            }
            #expect(try await club.next() == nil)
            #expect(try await club.deliveries().allSatisfy { $0.ended != nil && $0.status == 200 && $0.error == nil })
        }
    }

    @Test func `only what was asked for is queued, and nothing of another room or of a webhook`() async throws {
        try await Harness.run { harness in
            let club = try await club(harness, [.messageDeleted, .message])
            _ = try await harness.chat.createRoom(RoomDraft(id: "other", kind: .open), by: club.ann)
            _ = try await harness.chat.post("elsewhere", in: "other", by: club.owner)
            let hook = try await harness.chat.createIncomingWebhook("builds", in: "club", for: club.owner)
            _ = try await harness.chat.post("x", as: nil, clientID: nil, by: hook.webhook.id, secret: hook.secret)
            #expect(try await club.deliveries().isEmpty)
            let message = try await club.post("gone soon")
            _ = try await harness.chat.remove(.id(message.id), in: "club", by: club.owner)
            #expect(try await club.deliveries().map(\.event) == [.messageDeleted, .message])
            // There is nothing left of the message to be told.
            let first = try #require(try await club.next())
            #expect(first.isVoid)
            try await harness.chat.settle(first, status: nil)
            let second = try #require(try await club.next())
            #expect(
                !second.isVoid && second.delivery.user?.text == "ann" && second.delivery.sequence == message.sequence)
        }
    }

    @Test func `what failed is due later, and what comes after it waits`() async throws {
        try await Harness.run { harness in
            let club = try await club(harness, [.message])
            _ = try await club.post("1")
            _ = try await club.post("2")
            let now = harness.clock.epochMilliseconds
            for failures: Int64 in 1...3 {
                let next = try #require(try await club.next())
                #expect(next.delivery.number == 1 && next.failures == failures - 1)
                try await harness.chat.fail(next, status: 500, "It was answered with 500.")
                let wait = try #require(try await club.next()).delivery.due - now
                let base: Int64 = 10_000 << (failures - 1)
                let (least, most): (Int64, Int64) = (base * 3 / 4, base * 5 / 4)
                #expect(least <= wait && wait <= most)
            }
            let first = try #require(try await club.next())
            #expect(first.delivery.attempts == 3 && first.delivery.status == 500)
            #expect(try await club.webhook().failures == 3)
            try await harness.chat.settle(first, status: 204)
            #expect(try await club.webhook().failures == 0)
            #expect(try await club.next()?.delivery.number == 2)
        }
    }

    @Test func `one that fails as often as the limit is told nothing any more, and its owner sees why`() async throws {
        var options = Harness.cheap
        options.limits.webhookFailures = 2
        try await Harness.run(options: options) { harness in
            let club = try await club(harness, [.message])
            for text in ["1", "2"] { _ = try await club.post(text) }
            for _ in 0..<2 {
                #expect(try await club.webhook().disabled == nil)
                try await harness.chat.fail(try #require(try await club.next()), status: nil, "Nobody answers.")
            }
            let reason = "It failed 2 times in a row; the last time: Nobody answers."
            #expect(try await club.webhook().disabled == reason)
            #expect(try await club.next() == nil)
            #expect(try await harness.chat.waitingWebhooks().isEmpty)
            #expect(try await club.deliveries().allSatisfy { $0.ended != nil && $0.error != nil })
            _ = try await club.post("nobody is told")
            #expect(try await club.deliveries().count == 2)
            var change = WebhookChange()
            change.isEnabled = true
            let again = try await harness.chat.change(club.id, change, of: "club", for: club.owner)
            #expect(again.disabled == nil && again.failures == 0)
            _ = try await club.post("3")
            #expect(try await club.next()?.message?.text == "3")
        }
    }

    @Test func `as much waits as the limit; with more it is turned off`() async throws {
        let harness = try await Harness(webhookQueue: 2)
        let club = try await club(harness, [.message])
        for text in ["1", "2"] { _ = try await club.post(text) }
        try await harness.chat.settle(try #require(try await club.next()), status: 200)
        _ = try await club.post("3")
        #expect(try await club.webhook().disabled == nil)
        _ = try await club.post("4")
        #expect(try await club.webhook().disabled == "More than 2 deliveries waited for it.")
        #expect(try await club.next() == nil)
        await harness.chat.close()
    }

    @Test func `as many deliveries are kept as the limit`() async throws {
        var options = Harness.cheap
        options.limits.keptDeliveries = 2
        try await Harness.run(options: options) { harness in
            let club = try await club(harness, [.message])
            for text in ["1", "2", "3"] {
                _ = try await club.post(text)
                try await harness.chat.settle(try #require(try await club.next()), status: 200)
            }
            #expect(try await club.deliveries().map(\.number) == [3, 2])
        }
    }

    @Test func `no row of the queue has what was said, and the URL is sealed`() async throws {
        try await Harness.run { harness in
            let club = try await club(harness)
            _ = try await club.post("canary")
            await harness.chat.close()
            let file = harness.folder.bytes(of: "chat.db") + harness.folder.bytes(of: "chat.db-wal")
            for text in ["canary", Self.url, club.hook.secret] { #expect(!file.contains(Array(text.utf8))) }
        }
    }

    @Test func `with its room a webhook goes, and the owner alone has one made`() async throws {
        try await Harness.run { harness in
            let club = try await club(harness)
            let bob = try await harness.account("bob")
            _ = try await harness.join(bob, "club")
            try await harness.chat.setRole(.moderator, of: "bob", in: "club", for: club.owner)
            await #expect(throws: ChatError.accessDenied(.ownerNeeded)) {
                try await harness.chat.createOutgoingWebhook(
                    "x", url: Self.url, events: [.message], in: "club", for: Caller(.account(bob)))
            }
            await #expect(throws: ChatError.invalid(.webhookEvents)) {
                try await harness.chat.createOutgoingWebhook(
                    "x", url: Self.url, events: [], in: "club", for: club.owner)
            }
            try await harness.chat.deleteRoom("club", for: club.owner)
            #expect(try await club.next() == nil)
            #expect(try await harness.chat.waitingWebhooks().isEmpty)
        }
    }
}

@Suite struct RetryScheduleTests {
    @Test func `waits double up to the longest, a quarter sooner or later`() {
        let schedule = RetrySchedule(first: 1000, longest: 5000)
        for (failures, wait) in [(1, 1000), (2, 2000), (3, 4000), (4, 5000), (60, 5000), (.max, 5000)]
            as [(Int64, Int64)]
        {
            #expect(schedule.delay(after: failures, chance: 0) == wait * 3 / 4)
            #expect(schedule.delay(after: failures, chance: 255) == wait * 5 / 4)
        }
        let huge = RetrySchedule(first: .max / 2, longest: 86_400_000)
        #expect(huge.delay(after: 40, chance: 0) == 64_800_000)
    }
}
