import Accounts
import JSON

extension MessageLog {
    /// Notes what an administrator does, in the transaction in which it is done.
    func note(_ deed: Deed?, _ events: inout [Event]) throws {
        guard let deed else { return }
        let details = deed.details.map { JSONValue.Member($0.name, .string($0.value)) }
        try audit(
            AuditEntry(
                deed.action, target: deed.target, by: deed.actor, from: deed.address, details: details,
                reason: deed.reason), &events)
    }
}
