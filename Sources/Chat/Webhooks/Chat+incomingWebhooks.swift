import Accounts
public import Bytes
import Cryptography
import EventLoops

extension Chat {
    private static let secretLength = 24

    /// Makes a way into a room for another program, under a name that nobody has.
    public func createIncomingWebhook(
        _ name: String, in id: String, for caller: Caller
    ) async throws(ChatError) -> NewIncomingWebhook {
        let room = try await authorize(.moderate, in: id, for: caller).room
        guard room.kind != .direct else { throw .accessDenied(.ownerNeeded) }
        let user = try await webhookName(name)
        let secret = environment.random.bytes(Self.secretLength)
        let webhook = IncomingWebhook(
            id: newWebhookID(), name: user, by: try caller.person.name(limits), at: now)
        let deed = try deed(
            "webhook.created", in: room, by: caller,
            [.init("webhook", webhook.id.description), .init("kind", "incoming"), .init("name", user.text)])
        do {
            try await environment.store.createWebhook(
                webhook, digest: SHA256.hash(secret), in: room, most: limits.webhooksPerRoom, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
        return NewIncomingWebhook(webhook: webhook, secret: Base64.urlSafe.encode(secret, padding: false))
    }

    /// The ways into a room for other programs, the newest first.
    public func incomingWebhooks(of id: String, for caller: Caller) async throws(ChatError) -> [IncomingWebhook] {
        let room = try await authorize(.moderate, in: id, for: caller).room
        do { return try await environment.store.incomingWebhooks(of: room) } catch { throw failure(error, of: room) }
    }

    /// Removes a webhook of either kind.
    public func deleteWebhook(_ webhook: UUID, of id: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.moderate, in: id, for: caller).room
        let deed = try deed("webhook.deleted", in: room, by: caller, [.init("webhook", webhook.description)])
        do {
            try await environment.store.deleteWebhook(webhook, in: room, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// Posts what another program has to say. That there is no such webhook and that its secret is another one are told
    /// apart by nothing.
    ///
    /// - Parameters:
    ///   - name: what it speaks as; `nil` for its own.
    ///   - wait: asked once the secret was found right: for how many seconds it is to say nothing more.
    public func post(
        _ text: String, as name: String?, clientID: String?, by webhook: UUID, secret: String,
        wait: () -> Int? = { nil }
    ) async throws(ChatError) -> Message {
        let (stored, room) = try await known(webhook, secret: secret)
        if let seconds = wait() { throw .slowMode(retryAfter: Int64(seconds)) }
        // It was let in when it was made. The rest is the room's: one that is archived is not written to.
        var evidence = AccessEvidence()
        evidence.isInside = true
        _ = try decide(.post, in: room, given: evidence)
        try check(text: text)
        let person = PersonID(webhook)
        var user = stored.webhook.name
        if let name, name != user.text {
            user = try await webhookName(name)
            let admission = room.state.withLock { $0.presence.admission(of: user, claim: person, connection: nil) }
            guard case .admitted = admission else { throw .nameTaken }
        }
        let request = PostRequest(text: text, clientID: clientID, links: MessageLinks())
        return try await append(request, author: Author(user: user, person: person), to: room, origin: nil)
    }

    private func known(_ id: UUID, secret: String) async throws(ChatError) -> (StoredIncomingWebhook, Room) {
        guard let shown = Base64.urlSafe.decode(secret, padding: .forbidden), shown.count == Self.secretLength else {
            throw .webhookNotFound
        }
        let stored: StoredIncomingWebhook?
        do { stored = try await environment.store.incomingWebhook(id) } catch { throw ChatError(error) }
        guard let stored, constantTimeEquals(SHA256.hash(shown), stored.digest),
            let room = try await directory.room(stored.room)
        else { throw .webhookNotFound }
        return (stored, room)
    }

    func newWebhookID() -> UUID { UUID(random: environment.random.bytes(16), mark: PersonID.webhookMark) }

    /// A name that no account has, nor one that looks like it.
    private func webhookName(_ text: String) async throws(ChatError) -> UserID {
        let user = try UserID(text, limits: limits)
        guard try await !environment.isReserved(user.text) else { throw .nameReserved }
        return user
    }
}
