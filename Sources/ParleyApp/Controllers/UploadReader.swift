import Accounts
import Bytes
import Chat
import HTTPWire
import Routing

/// Takes files from requests as they come, and posts them.
struct UploadReader: Sendable {
    let chat: Chat
    let callers: Callers
    let rates: EventRates

    /// A file that was posted.
    struct Posted {
        let message: Message
        let file: Attachment
        let room: RoomID
    }

    /// A file that has come whole, and what came beside it.
    private struct Received {
        let upload: FileUpload
        let fields: [String: String]
        let room: String
        let caller: Caller
    }

    /// What a form may have around its file.
    private static let formBytes = 256 << 10
    /// The longest field of a form but for its text.
    private static let fieldBytes = 8 << 10

    /// The most content of a request: a file, and the form around it.
    var mostBytes: Int { chat.options.limits.fileBytes + Self.formBytes }

    /// Posts the file of a form, or of a request whose content it is.
    nonisolated(nonsending) func post(_ request: Request, _ body: RequestBody) async throws -> Posted {
        let received = try await take(request, body)
        let (fields, room) = (received.fields, received.room)
        let message = try await chat.post(
            received.upload, text: fields["message"] ?? "",
            clientID: fields["client_id"].flatMap { $0.isEmpty ? nil : $0 }, in: room, by: received.caller)
        guard let file = message.attachments.first else { throw ChatError.fileNotFound }
        return Posted(message: message, file: file, room: try RoomID(room, limits: chat.options.limits))
    }

    /// Has the file wait for a message.
    nonisolated(nonsending) func keep(_ request: Request, _ body: RequestBody) async throws -> PendingFile {
        let received = try await take(request, body, isPending: true)
        return try await chat.keep(received.upload, in: received.room, by: received.caller)
    }

    private nonisolated(nonsending) func take(
        _ request: Request, _ body: RequestBody, isPending: Bool = false
    ) async throws -> Received {
        if let seconds = rates.take(.message, from: request.remoteAddress) {
            throw APIError.tooMany("Too many uploads; try again in \(seconds) seconds.", retryAfter: seconds)
        }
        let room = try request.parameter("room")
        guard request.contentType?.type == "multipart" else {
            return try await takeContent(request, body, room, isPending)
        }
        return try await takeForm(request, body, room, isPending)
    }

    private nonisolated(nonsending) func takeContent(
        _ request: Request, _ body: RequestBody, _ room: String, _ isPending: Bool
    ) async throws -> Received {
        let caller = try await caller(request, [:])
        let disposition = request.headers.first("content-disposition").flatMap { ContentDisposition($0) }
        let name = try disposition?.fileName ?? request.query.first("name") ?? ""
        let upload = try await chat.beginUpload(
            name, length: body.length, isPending: isPending, in: room, by: caller)
        while let bytes = try await body.next() { try await upload.write(bytes) }
        let text = try request.query.first("message") ?? ""
        return Received(upload: upload, fields: ["message": text], room: room, caller: caller)
    }

    private nonisolated(nonsending) func takeForm(
        _ request: Request, _ body: RequestBody, _ room: String, _ isPending: Bool
    ) async throws -> Received {
        let form = try MultipartForm(request, body)
        var fields: [String: String] = [:]
        var upload: FileUpload?
        while let part = try await form.nextPart() {
            guard let name = part.fileName ?? (part.name == "file" ? "" : nil) else {
                let most = part.name == "message" ? chat.options.limits.textLength * 4 : Self.fieldBytes
                fields[part.name] = try await form.text(upTo: most)
                continue
            }
            guard upload == nil else { throw Refusal(.badRequest, "Send one file at a time.") }
            let begun = try await begin(name, request, fields, room, isPending)
            while let bytes = try await form.next() { try await begun.write(bytes) }
            upload = begun
        }
        guard let upload else { throw Refusal(.badRequest, "Send the file as the field `file` of the form.") }
        return Received(upload: upload, fields: fields, room: room, caller: try await caller(request, fields))
    }

    /// Some clients send the password behind the file: who has shown nothing yet is asked again when the form has come.
    private nonisolated(nonsending) func begin(
        _ name: String, _ request: Request, _ fields: [String: String], _ room: String, _ isPending: Bool
    ) async throws -> FileUpload {
        let caller = try await caller(request, fields)
        do throws(ChatError) {
            return try await chat.beginUpload(name, isPending: isPending, in: room, by: caller)
        } catch {
            guard fields["password"] == nil || fields["user_id"] == nil, error.mayBeMended else { throw error }
            return try await chat.receiveUpload(name, in: room, from: IPAddress(request.remoteAddress))
        }
    }

    /// Who sends, by the form's fields, the query's, and the head.
    private nonisolated(nonsending) func caller(
        _ request: Request, _ fields: [String: String]
    ) async throws -> Caller {
        try await callers.caller(
            of: request, .writeFiles, showing: Shown(forFilesOf: request) { fields[$0] })
    }
}

extension ChatError {
    /// Whether what comes later in a form may settle it.
    fileprivate var mayBeMended: Bool {
        switch self {
        case .accessDenied(let refusal): refusal.isForProof
        case .invalid(.userID): true
        default: false
        }
    }
}
