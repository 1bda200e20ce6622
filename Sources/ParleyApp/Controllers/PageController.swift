import HTTPWire
import JSON
import Routing

/// The page, its files, the browser client, and what the server says of itself.
struct PageController: Sendable {
    let files: StaticFiles

    /// The file of the page, served at `/`.
    static let page = "index.html"

    func addRoutes(to router: inout Router) {
        router.get("/") { request in try root(request) }
        router.get("/healthz") { _ in Response.json(["status": "ok"]).with("Cache-Control", "no-store") }
        router.get("/favicon.svg") { request in try files.page("/favicon.svg", for: request) }
        files.addAssetRoutes(to: &router)
    }

    /// The page for a browser; facts for every other client.
    private func root(_ request: Request) throws -> Response {
        var response = request.prefersHTML ? try files.page("/", for: request) : .json(Self.facts)
        response.addVary("Accept")
        return response
    }

    private static let facts: JSONValue = [
        "message": "ok", "name": "Parley", "version": .string(ParleyVersion.current),
        "endpoints": [
            "socketio": "/socket.io/", "create": "/room/create", "verify": "/chat/{room}/verify",
            "send": "/chat/{room}",
            "messages": "/chat/{room}/messages",
        ],
    ]
}
