import Accounts
import Blobs
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms/{room}/files…`: files of a room.
struct NativeFiles: FilesDialect {
    let uploadPath = "/api/v1/rooms/{room}/files"
    let path = "/api/v1/rooms/{room}/files"
    let nameParameter = "id"

    func uploaded(_ posted: UploadReader.Posted) -> Response {
        Response.json(FileJSON(posted.file, in: posted.room).native, status: .created)
            .with("Cache-Control", "no-store")
    }

    func page(_ request: Request) throws -> ListPage? { try ListPage(request) }

    func listed(_ page: FilePage, in room: RoomID) -> Response {
        let next = page.hasMore ? page.files.last.map { JSONValue.string($0.facts.id.description) } : nil
        return .json(["files": .array(page.files.map { FileJSON($0, in: room).native }), "next": next ?? .null])
    }

    func removed(_ file: FileFacts) -> Response { Response(.noContent) }

    func answer(to error: any Error) throws -> Response {
        guard let error = error as? ChatError else { throw error }
        guard error == .storage(.full) else { throw APIError(error) }
        throw APIError(status: .insufficientStorage, code: "disk_full", message: error.description)
    }

    func addRoutes(to router: inout Router, of controller: FilesController) { controller.addNativeRoutes(to: &router) }
}

extension FilesController {
    /// Adds what the native API alone has: tickets, and `…/uploads`, files that wait for their messages.
    fileprivate func addNativeRoutes(to router: inout Router) {
        router.post("/api/v1/rooms/{room}/files/ticket") { request in try await ticket(request) }
        router.group("/api/v1/rooms/{room}/uploads") { group in
            group.post("", streaming: uploads.mostBytes) { request, body in try await keep(request, body) }
            group.delete("/{id}") { request in try await drop(request) }
        }
    }

    /// What a page puts behind the addresses of images and the like, which cannot show a token.
    private nonisolated(nonsending) func ticket(_ request: Request) async throws -> Response {
        try await refusing {
            let room = try request.parameter("room")
            var caller = try await caller(request, .readFiles, try request.fields(limits: json))
            // A ticket begets none.
            caller.proof.fileTicket = nil
            let pass = try await chat.fileTicket(in: room, for: caller)
            return Response.json(["ticket": .string(pass.token), "expires_in": .integer(pass.lifetime)])
                .with("Cache-Control", "no-store")
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
            let caller = try await caller(request, .writeFiles, try request.fields(limits: json))
            try await chat.dropPendingFile(id, in: room, by: caller)
            return Response(.noContent)
        }
    }
}
