import Accounts
import Blobs
import Chat
import HTTPWire
import JSON
import Routing

/// Files in the Socket.IO dialect: `/chat/{room}/upload` and `/chat/{room}/files…`.
struct ChatFiles: FilesDialect {
    let uploadPath = "/chat/{room}/upload"
    let path = "/chat/{room}/files"
    let nameParameter = "name"

    func uploaded(_ posted: UploadReader.Posted) -> Response {
        .json([
            "success": true, "message": "File uploaded successfully!",
            "message_id": .string(MessageJSON.id(of: posted.message.id)),
            "file": .object(FileJSON(posted.file, in: posted.room).members),
        ])
    }

    func page(_ request: Request) -> ListPage? { nil }

    func listed(_ page: FilePage, in room: RoomID) -> Response {
        .json(["success": true, "room": .string(room.text), "files": FileJSON.list(page, in: room)])
    }

    func removed(_ file: FileFacts) -> Response {
        .json(["success": true, "message": "File deleted!", "filename": .string(file.storedName)])
    }

    func answer(to error: any Error) throws -> Response {
        switch error {
        case let error as ChatError where error == .storage(.full):
            return .refusal(error.description, status: .insufficientStorage)
        case let error as ChatError: throw ChatRefusal(error: error)
        case let error as Refusal: return .refusal(error.message, status: error.status)
        case let error as APIError:
            return Response.refusal(error.message, status: error.status)
                .with("Retry-After", String(error.retryAfter ?? 1))
        default: throw error
        }
    }
}

extension FileJSON {
    /// A page of files as the dialect has them: in the order in which they came.
    static func list(_ page: FilePage, in room: RoomID) -> JSONValue {
        .array(page.files.reversed().map { .object(FileJSON($0, in: room).members) })
    }
}
