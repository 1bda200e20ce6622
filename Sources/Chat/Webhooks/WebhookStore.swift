public import Accounts
public import Bytes

/// What a store does with webhooks. See `ChatStore`.
///
/// A change of a room that an outgoing webhook is told of is queued for it in the same transaction: neither is there
/// without the other.
public protocol WebhookStore: AnyObject, Sendable {
    // MARK: Incoming

    /// Throws `tooManyWebhooks`.
    func createWebhook(
        _ webhook: IncomingWebhook, digest: [UInt8], in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError)

    /// The newest first.
    func incomingWebhooks(of room: Room) async throws(StoreError) -> [IncomingWebhook]

    /// `nil` where there is none.
    func incomingWebhook(_ id: UUID) async throws(StoreError) -> StoredIncomingWebhook?

    // MARK: Outgoing

    /// Throws `tooManyWebhooks`.
    func createWebhook(
        _ webhook: StoredOutgoingWebhook, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError)

    /// The newest first.
    func outgoingWebhooks(of room: Room) async throws(StoreError) -> [StoredOutgoingWebhook]

    /// Throws `webhookMissing`. What waits for one that is told nothing any more is given up.
    func change(
        _ webhook: UUID, in room: Room, _ change: StoredWebhookChange, noting deed: Deed?
    ) async throws(StoreError) -> StoredOutgoingWebhook

    /// Removes a webhook of either kind with all that waits for it. Throws `webhookMissing`.
    func deleteWebhook(_ id: UUID, in room: Room, noting deed: Deed?) async throws(StoreError)

    // MARK: Telling

    /// Told of outgoing webhooks that something was queued for, after the commit. Set once, before there are any.
    func onQueued(_ body: @escaping @Sendable ([UUID]) -> Void)

    /// The webhooks that something waits for.
    func waitingWebhooks() async throws(StoreError) -> [UUID]

    /// What a webhook is to be told next; `nil` where nothing waits for it.
    func nextDelivery(of webhook: UUID, listedReactors: Int) async throws(StoreError) -> StoredDelivery?

    /// Notes what became of an attempt, and keeps the newest `kept` of those that have ended.
    func settle(
        _ delivery: Int64, of webhook: UUID, _ outcome: DeliveryOutcome, kept: Int
    ) async throws(StoreError)

    /// The newest deliveries of a webhook, the newest first. Throws `webhookMissing`.
    func deliveries(of webhook: UUID, in room: Room, limit: Int) async throws(StoreError) -> [Delivery]
}
