import Accounts
import Blobs
import Bytes
import Chat

/// What the writer's thread tells of a commit.
enum StoreEvent: Sendable {
    case chat(CommittedEvent)
    case account(AccountEvent)
    case audit(AuditRecord)
    /// Something waits to be told to these outgoing webhooks.
    case queued([UUID])
}

/// Who is told, each of what is its own, in the order of commit.
struct StoreObservers: Sendable {
    var chat: @Sendable ([CommittedEvent]) -> Void = { _ in }
    var files: @Sendable ([BlobID]) -> Void = { _ in }
    var accounts: @Sendable ([AccountEvent]) -> Void = { _ in }
    var audit: @Sendable ([AuditRecord]) -> Void = { _ in }
    var queued: @Sendable ([UUID]) -> Void = { _ in }

    func committed(_ events: [StoreEvent]) {
        var (ofChat, ofAccounts, ofAudit): ([CommittedEvent], [AccountEvent], [AuditRecord]) = ([], [], [])
        for event in events {
            switch event {
            case .chat(let event): ofChat.append(event)
            case .account(let event): ofAccounts.append(event)
            case .audit(let record): ofAudit.append(record)
            case .queued(let webhooks): queued(webhooks)
            }
        }
        if !ofAccounts.isEmpty { accounts(ofAccounts) }
        if !ofChat.isEmpty { chat(ofChat) }
        if !ofAudit.isEmpty { audit(ofAudit) }
    }
}
