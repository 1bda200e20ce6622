import Blobs
import Chat
import JSON
import SocketIO

extension CommitRelay {
    /// `file_uploaded {room, file{…}, …}` and `file_deleted {room, filename, …}`.
    func add(_ change: FileChange, in room: Room, to batch: inout EventBatch) {
        let channel = ChatEvents.channel(room)
        switch change {
        case .uploaded(let file):
            let members = FileJSON(file, in: room.id).members
            let content = [.init("room", .string(room.id.text)), .init("file", .object(members))] + members
            batch.emit(to: channel, "file_uploaded", JSONValue.object(content))
        case .removed(let facts, let message, let user):
            let content: JSONValue = [
                "room": .string(room.id.text), "filename": .string(facts.storedName),
                "id": .string(facts.id.description), "message_id": .string(MessageJSON.id(of: message)),
                "deleted_by": user.map { .string($0.text) } ?? .null,
            ]
            batch.emit(to: channel, "file_deleted", content)
        }
    }
}
