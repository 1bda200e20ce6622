public import Accounts
public import Bytes
public import Chat
import SQLite

/// Whether a network is served, whatever its people ask for.
public struct NetworkRule: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case block
        /// Is served, though a larger network that it is in is not.
        case allow
    }

    public let network: CIDR
    public let kind: Kind
    public let reason: String
    /// The handle of who made it.
    public let moderator: String
    /// Milliseconds since 1970.
    public let created: Int64

    public init(_ kind: Kind, _ network: CIDR, reason: String, by moderator: String, at created: Int64) {
        self.kind = kind
        self.network = network
        self.reason = reason
        self.moderator = moderator
        self.created = created
    }
}

extension SQLiteStore {
    /// All rules, in the order in which they were made.
    public func networkRules() async throws(StoreError) -> [NetworkRule] {
        try await read { database in
            try database.rows(
                "SELECT network, length, kind, reason, moderator, created FROM network_rules ORDER BY created, network"
            ) { $0.networkRule }.compactMap { $0 }
        }
    }

    /// Adds a rule, in the place of one for the same network; `false`, and nothing is changed, where there are `most`.
    public func add(_ rule: NetworkRule, most: Int, noting deed: Deed) async throws(StoreError) -> Bool {
        try await write { (log, events) in
            let changed = try log.database.run(
                """
                INSERT OR REPLACE INTO network_rules (network, length, kind, reason, moderator, created)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6
                WHERE (SELECT count(*) FROM network_rules WHERE network <> ?1 OR length <> ?2) < ?7
                """,
                .blob(rule.network.base.stored), .integer(Int64(rule.network.prefixLength)), .text(rule.kind.rawValue),
                .text(rule.reason), .text(rule.moderator), .integer(rule.created), .integer(Int64(most)))
            if changed > 0 { try log.note(deed, &events) }
            return changed > 0
        }
    }

    /// Removes the rule for a network; `false` where there is none.
    public func removeRule(for network: CIDR, noting deed: Deed) async throws(StoreError) -> Bool {
        try await write { (log, events) in
            let changed = try log.database.run(
                "DELETE FROM network_rules WHERE network = ? AND length = ?", .blob(network.base.stored),
                .integer(Int64(network.prefixLength)))
            if changed > 0 { try log.note(deed, &events) }
            return changed > 0
        }
    }
}

extension Row {
    /// Of columns network, length, kind, reason, moderator, created.
    fileprivate var networkRule: NetworkRule? {
        guard let network = network(0), let kind = NetworkRule.Kind(rawValue: text(2)) else { return nil }
        return NetworkRule(kind, network, reason: text(3), by: text(4), at: integer(5))
    }
}
