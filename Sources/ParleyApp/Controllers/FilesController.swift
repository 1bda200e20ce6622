import Accounts
import Chat
import HTTPWire
import JSON
import Routing

/// Files of rooms, in the words of one dialect.
struct FilesController: Sendable {
    let chat: Chat
    let callers: Callers
    let uploads: UploadReader
    let json: JSONLimits
    let dialect: any FilesDialect

    /// Adds what every dialect has.
    func addRoutes(to router: inout Router) {
        let one = "\(dialect.path)/{\(dialect.nameParameter)}"
        router.post(dialect.uploadPath, streaming: uploads.mostBytes) { request, body in
            try await upload(request, body)
        }
        router.get(dialect.path) { request in try await list(request) }
        router.get(one) { request in try await file(request) }
        router.delete(one) { request in try await remove(request) }
        dialect.addRoutes(to: &router, of: self)
    }

    private nonisolated(nonsending) func upload(_ request: Request, _ body: RequestBody) async throws -> Response {
        try await refusing { try dialect.uploaded(try await uploads.post(request, body)) }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, caller) = (try request.parameter("room"), try await caller(request, .readFiles))
            let page = try dialect.page(request)
            let found = try await chat.files(in: room, before: page?.after, limit: page?.limit, for: caller)
            return dialect.listed(found, in: try RoomID(room, limits: chat.options.limits))
                .with("Cache-Control", "no-store")
        }
    }

    private nonisolated(nonsending) func file(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, name) = (try request.parameter("room"), try request.parameter(dialect.nameParameter))
            let caller = try await caller(request, .readFiles)
            return FileAnswer(file: try await chat.open(file: name, in: room, for: caller), request: request).response
        }
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        try await refusing {
            let (room, name) = (try request.parameter("room"), try request.parameter(dialect.nameParameter))
            let caller = try await caller(request, .writeFiles, try request.fields(limits: json))
            return dialect.removed(try await chat.removeFile(name, in: room, by: caller))
        }
    }

    /// Who asks, by the head, the query, and the members of the body.
    nonisolated(nonsending) func caller(
        _ request: Request, _ scope: Scope, _ fields: JSONValue = .null
    ) async throws -> Caller {
        try await callers.caller(of: request, scope, showing: Shown(forFilesOf: request) { fields.text($0) })
    }

    /// Turns refusals into answers of the dialect.
    nonisolated(nonsending) func refusing(
        _ body: nonisolated(nonsending) () async throws -> Response
    ) async throws -> Response {
        do { return try await body() } catch { return try dialect.answer(to: error) }
    }
}

/// How a dialect names files and writes about them.
protocol FilesDialect: Sendable {
    var uploadPath: String { get }
    /// Of the list; a file is one part further.
    var path: String { get }
    /// What that part is called.
    var nameParameter: String { get }

    func uploaded(_ posted: UploadReader.Posted) throws -> Response
    /// Which part of the list is asked for; `nil` for the newest.
    func page(_ request: Request) throws -> ListPage?
    func listed(_ page: FilePage, in room: RoomID) -> Response
    func removed(_ file: FileFacts) -> Response
    /// The answer that says an error; throws one that is an answer itself.
    func answer(to error: any Error) throws -> Response
    /// Adds what no other dialect has.
    func addRoutes(to router: inout Router, of controller: FilesController)
}

extension FilesDialect {
    /// Nothing.
    func addRoutes(to router: inout Router, of controller: FilesController) {}
}
