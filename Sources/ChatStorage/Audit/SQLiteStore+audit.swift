import Bytes
public import Chat
import SQLite

extension SQLiteStore {
    /// Calls `observer` after each commit with what was added to the audit log, on the store's thread.
    public func observeAudit(_ observer: @escaping @Sendable ([AuditRecord]) -> Void) {
        observers.withLock { $0.audit = observer }
    }

    /// Appends an entry of its own; an entry that tells of a change is appended with it (`MessageLog.audit`).
    @discardableResult
    public func audit(_ entry: AuditEntry) async throws(StoreError) -> AuditRecord {
        do {
            return try await writer.write { (log, events) in try log.audit(entry, &events) }
        } catch {
            throw StoreError(error)
        }
    }

    /// The newest records before a sequence, newest first.
    public func auditRecords(before sequence: Int64 = .max, most: Int) async throws(StoreError) -> [AuditRecord] {
        do {
            return try await pages.read { try $0.auditRecords(before: sequence, most: most) }
        } catch {
            throw StoreError(error)
        }
    }
}
