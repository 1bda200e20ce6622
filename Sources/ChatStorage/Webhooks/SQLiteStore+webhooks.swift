public import Accounts
public import Bytes
public import Chat
import SQLite

extension SQLiteStore {
    // MARK: Incoming

    public func createWebhook(
        _ webhook: IncomingWebhook, digest: [UInt8], in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, _) in try log.create(webhook, digest: digest, in: room, most: most) }
    }

    public func incomingWebhooks(of room: Room) async throws(StoreError) -> [IncomingWebhook] {
        try await read { database in try database.incomingWebhooks(of: room.key) }
    }

    public func incomingWebhook(_ id: UUID) async throws(StoreError) -> StoredIncomingWebhook? {
        try await read { database in try database.incomingWebhook(id) }
    }

    // MARK: Outgoing

    public func createWebhook(
        _ webhook: StoredOutgoingWebhook, in room: Room, most: Int, noting deed: Deed?
    ) async throws(StoreError) {
        try await write(noting: deed) { (log, _) in try log.create(webhook, in: room, most: most) }
    }

    public func outgoingWebhooks(of room: Room) async throws(StoreError) -> [StoredOutgoingWebhook] {
        try await read { database in try database.outgoingWebhooks(of: room.key) }
    }

    public func change(
        _ webhook: UUID, in room: Room, _ change: StoredWebhookChange, noting deed: Deed?
    ) async throws(StoreError) -> StoredOutgoingWebhook {
        try await write(noting: deed) { (log, _) in try log.change(webhook, in: room, change) }
    }

    public func deleteWebhook(_ id: UUID, in room: Room, noting deed: Deed?) async throws(StoreError) {
        try await write(noting: deed) { (log, _) in try log.deleteWebhook(id, in: room) }
    }

    // MARK: Telling

    public func onQueued(_ body: @escaping @Sendable ([UUID]) -> Void) {
        observers.withLock { $0.queued = body }
    }

    public func waitingWebhooks() async throws(StoreError) -> [UUID] {
        try await read { database in try database.waitingWebhooks() }
    }

    public func nextDelivery(
        of webhook: UUID, listedReactors: Int
    ) async throws(StoreError) -> StoredDelivery? {
        try await readPage { database in try database.nextDelivery(of: webhook, listedReactors: listedReactors) }
    }

    public func settle(
        _ delivery: Int64, of webhook: UUID, _ outcome: DeliveryOutcome, kept: Int
    ) async throws(StoreError) {
        try await write { (log, _) in try log.settle(delivery, of: webhook, outcome, kept: kept) }
    }

    public func deliveries(of webhook: UUID, in room: Room, limit: Int) async throws(StoreError) -> [Delivery] {
        try await readPage(of: room) { database in
            guard try database.outgoingWebhook(webhook, in: room.key) != nil else { throw StoreError.webhookMissing }
            return try database.deliveries(of: webhook, limit: limit)
        }
    }
}
