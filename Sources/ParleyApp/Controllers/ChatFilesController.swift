import Accounts
import Chat
import HTTPWire
import JSON
import Routing

/// Files in the Socket.IO dialect: `/chat/{room}/upload` and `/chat/{room}/files…`.
struct ChatFilesController: Sendable {
    let chat: Chat
    let callers: Callers
    let uploads: UploadReader
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.post("/chat/{room}/upload", streaming: uploads.mostBytes) { request, body in
            try await upload(request, body)
        }
        router.get("/chat/{room}/files") { request in try await list(request) }
        router.get("/chat/{room}/files/{name}") { request in try await file(request) }
        router.delete("/chat/{room}/files/{name}") { request in try await remove(request) }
    }

    private nonisolated(nonsending) func upload(_ request: Request, _ body: RequestBody) async throws -> Response {
        try await refusing {
            let posted = try await uploads.post(request, body)
            return .json([
                "success": true, "message": "File uploaded successfully!",
                "message_id": .string(MessageJSON.id(of: posted.message.id)),
                "file": .object(FileJSON(posted.file, in: posted.room).members),
            ])
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, caller) = (
                try request.parameter("room"),
                try await callers.caller(
                    of: request, .readFiles, showing: Shown(forFilesOf: request))
            )
            let page = try await chat.files(in: room, for: caller)
            let id = try RoomID(room, limits: chat.options.limits)
            return Response.json([
                "success": true, "room": .string(id.text), "files": FileJSON.list(page, in: id),
            ]).with("Cache-Control", "no-store")
        }
    }

    private nonisolated(nonsending) func file(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, name) = (try request.parameter("room"), try request.parameter("name"))
            let caller = try await callers.caller(
                of: request, .readFiles, showing: Shown(forFilesOf: request))
            return FileAnswer(file: try await chat.open(file: name, in: room, for: caller), request: request).response
        }
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, name) = (try request.parameter("room"), try request.parameter("name"))
            let fields = try request.fields(limits: json)
            let caller = try await callers.caller(
                of: request, .writeFiles, showing: Shown(forFilesOf: request) { fields.text($0) })
            let facts = try await chat.removeFile(name, in: room, by: caller)
            return .json(["success": true, "message": "File deleted!", "filename": .string(facts.storedName)])
        }
    }

    /// Turns refusals into answers of the dialect.
    private nonisolated(nonsending) func refusing(
        _ body: nonisolated(nonsending) () async throws -> Response
    ) async throws -> Response {
        do {
            return try await body()
        } catch let error as ChatError {
            if error == .storage(.full) { return .refusal(error.description, status: .insufficientStorage) }
            throw ChatRefusal(error: error)
        } catch let error as Refusal {
            return .refusal(error.message, status: error.status)
        } catch let error as APIError {
            return Response.refusal(error.message, status: error.status)
                .with("Retry-After", String(error.retryAfter ?? 1))
        }
    }
}

extension FileJSON {
    /// A page of files as the dialect has them: in the order in which they came.
    static func list(_ page: FilePage, in room: RoomID) -> JSONValue {
        .array(page.files.reversed().map { .object(FileJSON($0, in: room).members) })
    }
}
