import Accounts
import Bytes
import Chat
import ChatStorage
import HTTPWire
import Serving
import Settings

/// The networks that are served and those that are not: what the settings say and what administrators have added.
///
/// An allowed network is served even where it lies in a blocked one. So whoever wants to serve a few alone blocks
/// `0.0.0.0/0` and `::/0`, and allows those.
final class NetworkRules: Sendable {
    /// What the settings say; no administrator changes that.
    let fixed: (blocked: [CIDR], allowed: [CIDR])
    private let gate: AddressGate
    private let store: SQLiteStore
    private let most: Int
    private let turns = Locked(Turns())

    /// Which reading of the rules was begun last, and which is in force.
    private struct Turns {
        var begun = 0
        var applied = 0
    }

    static let longestReason = 500

    init(_ settings: Settings, store: SQLiteStore, gate: AddressGate) {
        fixed = (settings[AppSettings.blockedNetworks], settings[AppSettings.allowedNetworks])
        most = settings[AppSettings.networkRules]
        self.store = store
        self.gate = gate
    }

    /// Puts the stored rules in force.
    func refresh() async throws(StoreError) {
        let turn = turns.withLock { turns in
            turns.begun += 1
            return turns.begun
        }
        let rules = try await all()
        turns.withLock { turns in
            // One that was begun later has read at least as much.
            guard turn > turns.applied else { return }
            turns.applied = turn
            gate.set(refused: blocked(rules), admitted: allowed(rules))
        }
    }

    func all() async throws(StoreError) -> [NetworkRule] { try await store.networkRules() }

    /// Adds a rule, unless it would shut out who adds it.
    func add(_ rule: NetworkRule, by administrator: Administrator) async throws {
        var rules = try await asked { () throws(StoreError) in try await all() }.filter { $0.network != rule.network }
        rules.append(rule)
        try check(rules, for: administrator)
        let action = rule.kind == .block ? "network.blocked" : "network.allowed"
        let deed = Deed(action, target: rule.network.text, by: administrator, reason: rule.reason)
        let isAdded = try await asked { () throws(StoreError) in
            try await store.add(rule, most: most, noting: deed)
        }
        guard isAdded else {
            throw APIError(
                status: .conflict, code: "full", message: "There are \(most) rules already; remove one of them first.")
        }
        try await asked { () throws(StoreError) in try await refresh() }
    }

    /// Removes the rule for a network, unless that would shut out who removes it.
    func remove(_ network: CIDR, by administrator: Administrator) async throws {
        try check(
            try await asked { () throws(StoreError) in try await all() }.filter { $0.network != network },
            for: administrator)
        let deed = Deed("network.rule_removed", target: network.text, by: administrator)
        let isRemoved = try await asked { () throws(StoreError) in
            try await store.removeRule(for: network, noting: deed)
        }
        guard isRemoved else {
            throw APIError(
                status: .notFound, code: "not_found", message: "There is no rule for this network; reload the list.")
        }
        try await asked { () throws(StoreError) in try await refresh() }
    }

    private func check(_ rules: [NetworkRule], for administrator: Administrator) throws {
        let gate = AddressGate()
        gate.set(refused: blocked(rules), admitted: allowed(rules))
        guard gate.admits(administrator.address?.description ?? "") else {
            throw APIError(
                status: .conflict, code: "covers_you",
                message: "Your own address would not be served any more; allow it first, or name a smaller network.",
                field: "network")
        }
    }

    private func blocked(_ rules: [NetworkRule]) -> [CIDR] {
        fixed.blocked + rules.filter { $0.kind == .block }.map(\.network)
    }

    private func allowed(_ rules: [NetworkRule]) -> [CIDR] {
        fixed.allowed + rules.filter { $0.kind == .allow }.map(\.network)
    }
}
