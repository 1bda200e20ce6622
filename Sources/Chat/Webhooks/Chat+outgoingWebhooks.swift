import Accounts
public import Bytes
import Cryptography
import EventLoops

extension Chat {
    private static let keyLength = 32

    /// Has another program told what happens in a room: for its owner, for what is said there leaves the server.
    ///
    /// - Parameter url: checked by the caller.
    public func createOutgoingWebhook(
        _ name: String, url: String, events: Set<WebhookEvent>, in id: String, for caller: Caller
    ) async throws(ChatError) -> NewOutgoingWebhook {
        let room = try await authorize(.configure, in: id, for: caller).room
        let name = try check(webhookName: name)
        guard !events.isEmpty else { throw .invalid(.webhookEvents) }
        let secret = Base64.urlSafe.encode(environment.random.bytes(Self.keyLength), padding: false)
        let stored = StoredOutgoingWebhook(
            id: newWebhookID(), name: name, url: try sealed(url, in: room), secret: try sealed(secret, in: room),
            events: events, by: try caller.person.name(limits), at: now)
        let deed = try deed(
            "webhook.created", in: room, by: caller,
            [.init("webhook", stored.id.description), .init("kind", "outgoing"), .init("name", name)])
        do {
            try await environment.store.createWebhook(
                stored, in: room, most: limits.webhooksPerRoom, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
        return NewOutgoingWebhook(webhook: try open(stored, in: room), secret: secret)
    }

    /// Who is told what happens in a room, the newest first.
    public func outgoingWebhooks(of id: String, for caller: Caller) async throws(ChatError) -> [OutgoingWebhook] {
        let room = try await authorize(.configure, in: id, for: caller).room
        let stored: [StoredOutgoingWebhook]
        do { stored = try await environment.store.outgoingWebhooks(of: room) } catch { throw failure(error, of: room) }
        return stored.compactMap { try? open($0, in: room) }
    }

    /// Changes an outgoing webhook. One that is told again begins with what happens from then on.
    public func change(
        _ webhook: UUID, _ change: WebhookChange, of id: String, for caller: Caller
    ) async throws(ChatError) -> OutgoingWebhook {
        let room = try await authorize(.configure, in: id, for: caller).room
        if let events = change.events, events.isEmpty { throw .invalid(.webhookEvents) }
        var url: [UInt8]?
        if let text = change.url { url = try sealed(text, in: room) }
        var name: String?
        if let text = change.name { name = try check(webhookName: text) }
        let stored = StoredWebhookChange(
            name: name, url: url, events: change.events,
            disabled: change.isEnabled.map { $0 ? "" : "It was turned off by a person." })
        let deed = try deed("webhook.changed", in: room, by: caller, [.init("webhook", webhook.description)])
        let changed: StoredOutgoingWebhook
        do {
            changed = try await environment.store.change(webhook, in: room, stored, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
        return try open(changed, in: room)
    }

    /// What an outgoing webhook was told and is to be told, the newest first.
    public func deliveries(
        of webhook: UUID, in id: String, limit: Int?, for caller: Caller
    ) async throws(ChatError) -> [Delivery] {
        let room = try await authorize(.configure, in: id, for: caller).room
        let most = limits.keptDeliveries
        do {
            return try await environment.store.deliveries(
                of: webhook, in: room, limit: min(max(limit ?? most, 1), most))
        } catch {
            throw failure(error, of: room)
        }
    }

    // MARK: Telling

    /// Milliseconds since 1970, by the clock that deliveries are due by.
    public var time: Int64 { now }

    /// Has `body` told which webhooks something was queued for. Call once, before the chat starts.
    public func onQueued(_ body: @escaping @Sendable ([UUID]) -> Void) { environment.store.onQueued(body) }

    /// The webhooks that something waits for.
    public func waitingWebhooks() async throws(ChatError) -> [UUID] {
        do { return try await environment.store.waitingWebhooks() } catch { throw ChatError(error) }
    }

    /// What a webhook is to be told next; `nil` where nothing waits for it.
    public func nextDelivery(of webhook: UUID) async throws(ChatError) -> PendingDelivery? {
        let stored: StoredDelivery?
        do {
            stored = try await environment.store.nextDelivery(of: webhook, listedReactors: limits.listedReactors)
        } catch {
            throw ChatError(error)
        }
        guard let stored, let room = try await directory.room(stored.room),
            let url = room.text(of: stored.webhook.url), let secret = room.text(of: stored.webhook.secret)
        else { return nil }
        return PendingDelivery(
            delivery: stored.delivery, webhook: webhook, url: url, secret: secret, room: room,
            message: stored.message.flatMap(opener(of: room)), failures: stored.webhook.failures)
    }

    /// Notes that a delivery was answered, or that there is nothing to tell any more.
    public func settle(_ delivery: PendingDelivery, status: Int64?) async throws(ChatError) {
        try await settle(delivery, status.map { .told(status: $0) } ?? .void)
    }

    /// Notes that an attempt failed: it is made again after a while, or the webhook is told nothing any more.
    public func fail(_ delivery: PendingDelivery, status: Int64?, _ error: String) async throws(ChatError) {
        let failures = delivery.failures + 1
        guard failures < limits.webhookFailures else {
            let reason = "It failed \(failures) times in a row; the last time: \(error)"
            return try await settle(delivery, .gaveUp(status: status, error: error, reason: reason))
        }
        let chance = environment.random.bytes(1).first ?? 0
        let wait = limits.webhookRetries.delay(after: failures, chance: chance)
        try await settle(delivery, .failed(status: status, error: error, retryAt: now + wait))
    }

    private func settle(_ delivery: PendingDelivery, _ outcome: DeliveryOutcome) async throws(ChatError) {
        do {
            try await environment.store.settle(
                delivery.delivery.number, of: delivery.webhook, outcome, kept: limits.keptDeliveries)
        } catch {
            throw ChatError(error)
        }
    }

    // MARK: - Inside

    private func check(webhookName text: String) throws(ChatError) -> String {
        guard let name = Normalization.identifier(text, longest: limits.roomNameLength) else {
            throw .invalid(.webhookName(longest: limits.roomNameLength))
        }
        return name
    }

    private func sealed(_ text: String, in room: Room) throws(ChatError) -> [UInt8] {
        do { return try room.fernet.encrypt(text) } catch { throw .internalFailure }
    }

    private func open(_ stored: StoredOutgoingWebhook, in room: Room) throws(ChatError) -> OutgoingWebhook {
        guard let url = room.text(of: stored.url) else { throw .internalFailure }
        return OutgoingWebhook(
            id: stored.id, name: stored.name, url: url, events: stored.events, moderator: stored.moderator,
            created: stored.created, failures: stored.failures, disabled: stored.disabled)
    }
}
