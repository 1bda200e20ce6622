import Accounts
import Bytes
import Chat
import ChatStorage
import EventLoops
import HTTPWire
import JSON
import Routing

/// `/api/v1/admin/blocks`: networks that are not served, and those that are nevertheless.
struct AdminNetworksController: Sendable {
    let administration: Administration
    let json: JSONLimits

    private var networks: NetworkRules { administration.networks }

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/admin/blocks") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await add(request) }
            group.delete("") { request in try await remove(request) }
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let rules = try await asked { () throws(StoreError) in try await networks.all() }
        let fixed =
            networks.fixed.blocked.map { AdminJSON.fixedRule(.block, $0) }
            + networks.fixed.allowed.map { AdminJSON.fixedRule(.allow, $0) }
        return Response.json(["blocks": .array(fixed + rules.map { AdminJSON.rule($0) })])
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func add(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        guard let kind = NetworkRule.Kind(rawValue: fields.text("kind") ?? "block") else {
            throw APIError.invalid("kind", "The kind is block or allow.")
        }
        let reason = fields.text("reason") ?? ""
        guard reason.unicodeScalars.count <= NetworkRules.longestReason else {
            throw APIError.invalid("reason", "A reason has \(NetworkRules.longestReason) characters at most.")
        }
        let rule = NetworkRule(
            kind, try network(try fields.required("network")), reason: reason,
            by: administrator.identity.account.handle.text, at: administration.clock.epochMilliseconds)
        try await networks.add(rule, by: administrator)
        return .json(AdminJSON.rule(rule), status: .created)
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        guard let text = try request.query.first("network") ?? fields.text("network") else {
            throw APIError.missing("network")
        }
        try await networks.remove(try network(text), by: administrator)
        return Response(.noContent)
    }

    /// One address stands for its subscriber's network, as everywhere.
    private func network(_ text: String) throws(APIError) -> CIDR {
        guard text.utf8.count <= 49, let network = CIDR(text) else {
            throw .invalid("network", "Write an address such as 192.0.2.7, or a network such as 192.0.2.0/24.")
        }
        return text.utf8.contains(UInt8(ascii: "/")) ? network : CIDR(subscriberOf: network.base)
    }
}
