import Accounts
import Blobs
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms/{room}/files…`: files of a room; `…/uploads`: those that wait for their messages.
struct FilesController: Sendable {
    let chat: Chat
    let callers: Callers
    let uploads: UploadReader
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms/{room}/files") { group in
            group.post("", streaming: uploads.mostBytes) { request, body in try await upload(request, body) }
            group.get("") { request in try await list(request) }
            group.post("/ticket") { request in try await ticket(request) }
            group.get("/{id}") { request in try await file(request) }
            group.delete("/{id}") { request in try await remove(request) }
        }
        router.group("/api/v1/rooms/{room}/uploads") { group in
            group.post("", streaming: uploads.mostBytes) { request, body in try await keep(request, body) }
            group.delete("/{id}") { request in try await drop(request) }
        }
    }

    // MARK: Before the message

    private nonisolated(nonsending) func keep(_ request: Request, _ body: RequestBody) async throws -> Response {
        try await refusing {
            let file = try await uploads.keep(request, body)
            return Response.json(FileJSON.pending(file), status: .created).with("Cache-Control", "no-store")
        }
    }

    private nonisolated(nonsending) func drop(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, id) = (try request.parameter("room"), try request.parameter("id"))
            let fields = try request.fields(limits: json)
            let caller = try await callers.caller(
                of: request, .writeFiles, showing: Shown(forFilesOf: request) { fields.text($0) })
            try await chat.dropPendingFile(id, in: room, by: caller)
            return Response(.noContent)
        }
    }

    // MARK: With the message

    private nonisolated(nonsending) func upload(_ request: Request, _ body: RequestBody) async throws -> Response {
        try await refusing {
            let posted = try await uploads.post(request, body)
            guard case .object(let members) = FileJSON(posted.file, in: posted.room).native else {
                throw ChatError.internalFailure
            }
            return Response.json(.object(members), status: .created).with("Cache-Control", "no-store")
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, caller) = (
                try request.parameter("room"),
                try await callers.caller(
                    of: request, .readFiles, showing: Shown(forFilesOf: request))
            )
            let page = try ListPage(request)
            let found = try await chat.files(in: room, before: page.after, limit: page.limit, for: caller)
            let id = try RoomID(room, limits: chat.options.limits)
            let next = found.hasMore ? found.files.last.map { JSONValue.string($0.facts.id.description) } : nil
            return Response.json([
                "files": .array(found.files.map { FileJSON($0, in: id).native }), "next": next ?? .null,
            ]).with("Cache-Control", "no-store")
        }
    }

    private nonisolated(nonsending) func file(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, id) = (try request.parameter("room"), try request.parameter("id"))
            let caller = try await callers.caller(
                of: request, .readFiles, showing: Shown(forFilesOf: request))
            return FileAnswer(file: try await chat.open(file: id, in: room, for: caller), request: request).response
        }
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, id) = (try request.parameter("room"), try request.parameter("id"))
            let fields = try request.fields(limits: json)
            let caller = try await callers.caller(
                of: request, .writeFiles, showing: Shown(forFilesOf: request) { fields.text($0) })
            try await chat.removeFile(id, in: room, by: caller)
            return Response(.noContent)
        }
    }

    /// What a page puts behind the addresses of images and the like, which cannot show a token.
    private nonisolated(nonsending) func ticket(_ request: Request) async throws -> Response {
        try await refusing {
            let room = try request.parameter("room")
            let fields = try request.fields(limits: json)
            var caller = try await callers.caller(
                of: request, .readFiles, showing: Shown(forFilesOf: request) { fields.text($0) })
            // A ticket begets none.
            caller.proof.fileTicket = nil
            let pass = try await chat.fileTicket(in: room, for: caller)
            return Response.json(["ticket": .string(pass.token), "expires_in": .integer(pass.lifetime)])
                .with("Cache-Control", "no-store")
        }
    }

    /// Turns refusals into answers of the native API.
    private nonisolated(nonsending) func refusing(
        _ body: nonisolated(nonsending) () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let error as ChatError {
            guard error == .storage(.full) else { throw APIError(error) }
            throw APIError(status: .insufficientStorage, code: "disk_full", message: error.description)
        }
    }
}
