import Bytes
import Chat
import ChatStorage
import HTTPWire
import JSON
import Metrics
import Network
import Routing
import Settings

/// `/api/v1/admin/settings`, `…/storage`, `…/metrics` and `…/audit`: how the server is set up and what it does.
struct AdminServerController: Sendable {
    let administration: Administration

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/admin") { group in
            group.get("/settings") { request in try await settings(request) }
            group.get("/storage") { request in try await storage(request) }
            group.get("/metrics") { request in try await metrics(request) }
            group.get("/audit") { request in try await audit(request) }
        }
    }

    private nonisolated(nonsending) func settings(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        return Response.json(["settings": .array(administration.settings.listing.map(AdminJSON.setting))])
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func storage(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let store = administration.store
        let report = try await asked { () throws(StoreError) in try await store.storageReport() }
        let folder = administration.folder
        let free = try await administration.pool.run { Readiness.freeBytes(of: folder) }
        return Response.json([
            "database_bytes": .integer(report.databaseBytes), "unused_bytes": .integer(report.freeBytes),
            "disk_free_bytes": free == .max ? .null : .integer(Int64(free)), "accounts": .integer(report.accounts),
            "rooms": .integer(report.rooms), "sessions": .integer(report.sessions),
            "schema_version": .integer(report.schemaVersion),
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func metrics(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let registry = administration.metrics
        let readings = try await administration.pool.run { registry.readings }
        return Response.json(["metrics": .array(readings.map(AdminJSON.reading))]).with("Cache-Control", "no-store")
    }

    /// Records of the audit log, the newest first.
    private nonisolated(nonsending) func audit(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let page = try ListPage(request)
        guard let before = page.after.map({ Int64($0) }) ?? .max else {
            throw APIError.invalid("after", "Send as `after` what the page before had as `next`.")
        }
        let (store, limit) = (administration.store, min(max(page.limit ?? 100, 1), 100))
        let records = try await asked { () throws(StoreError) in
            try await store.auditRecords(before: before, most: limit)
        }
        return Response.json([
            "records": .array(records.map(AdminJSON.record)),
            "next": records.last.map { .string(String($0.sequence)) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }
}
