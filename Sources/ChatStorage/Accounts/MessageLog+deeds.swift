import Accounts
import JSON

extension MessageLog {
    /// Notes what somebody does with a right over others, in the transaction in which it is done.
    func note(_ deed: Deed?, _ events: inout [Event]) throws {
        guard let deed else { return }
        var details = deed.details.map { JSONValue.Member($0.name, .string($0.value)) }
        details.append(.init("via", .string(deed.actor.means.rawValue)))
        if let name = deed.actor.name { details.append(.init("by", .string(name))) }
        try audit(
            AuditEntry(
                deed.action, target: deed.target, by: deed.actor.account, from: deed.actor.address, details: details,
                reason: deed.reason), &events)
    }
}
