import Blobs
import Bytes
import Chat
import HTTPWire
import JSON
import Media

/// A file as clients read it.
struct FileJSON {
    let file: Attachment
    let room: RoomID

    init(_ file: Attachment, in room: RoomID) {
        self.file = file
        self.room = room
    }

    /// As the native API shows it.
    var native: JSONValue {
        .object(
            Self.native(file.facts, name: file.name, uploader: file.uploader, created: file.created) + [
                .init("message_id", .string(MessageJSON.id(of: file.message))),
                .init("url", .string("/api/v1/rooms/\(PercentEncoding.encode(room.text))/files/\(file.facts.id)")),
            ])
    }

    /// One that waits for its message.
    static func pending(_ file: PendingFile) -> JSONValue {
        .object(
            native(file.facts, name: file.name, uploader: file.uploader, created: file.created) + [
                .init("expires_at", AccountJSON.time(file.expires))
            ])
    }

    private static func native(
        _ facts: FileFacts, name: String, uploader: UserID, created: Int64
    ) -> [JSONValue.Member] {
        [
            .init("id", .string(facts.id.description)), .init("name", .string(name)),
            .init("stored_name", .string(facts.storedName)), .init("size", JSONValue(facts.size)),
            .init("type", .string(facts.kind.contentType)), .init("family", .string(facts.kind.family.rawValue)),
            .init("inline", .bool(facts.kind.mayBeInline)),
            .init("width", facts.image.map { JSONValue($0.width) } ?? .null),
            .init("height", facts.image.map { JSONValue($0.height) } ?? .null),
            .init("user_id", .string(uploader.text)), .init("created_at", AccountJSON.time(created)),
        ]
    }

    /// As the Socket.IO dialect shows it.
    var members: [JSONValue.Member] {
        let facts = file.facts
        return [
            .init("id", .string(facts.id.description)), .init("filename", .string(file.name)),
            .init("stored_filename", .string(facts.storedName)), .init("size", JSONValue(facts.size)),
            .init("type", .string(facts.kind.contentType)), .init("uploaded_by", .string(file.uploader.text)),
            .init("uploaded_at", AccountJSON.time(file.created)),
            .init("message_id", .string(MessageJSON.id(of: file.message))), .init("url", .string(address)),
        ]
    }

    /// A file that came inside a message: with the data where they are at hand, and else with their address in their place.
    var media: JSONValue {
        let type = file.facts.kind.contentType
        let data = file.content.map { "data:\(type);base64,\(Base64.standard.encode($0))" }
        return [
            "type": .string(type), "name": .string(file.name), "data": .string(data ?? address),
            "size": JSONValue(file.facts.size), "url": .string(address),
            "stored_filename": .string(file.facts.storedName),
        ]
    }

    private var address: String { "/chat/\(PercentEncoding.encode(room.text))/files/\(file.facts.storedName)" }
}
