public import Blobs
public import Media

/// What is known of a file beside its bytes and its name; no secret.
public struct FileFacts: Sendable, Equatable {
    /// Names the file: 128 random bits.
    public let id: BlobID
    /// What it is by its content.
    public let kind: MediaKind
    /// In bytes.
    public let size: Int
    /// How large it is drawn, where it is an image that says so.
    public let image: ImageSize?
    /// Whether it came inside its message, as `media`.
    public var isMedia = false
    /// Whether its message says nothing but this: the message goes with the file.
    public var isAlone = false

    public init(id: BlobID, kind: MediaKind, size: Int, image: ImageSize? = nil) {
        self.id = id
        self.kind = kind
        self.size = size
        self.image = image
    }

    /// The name in addresses: the id, and an ending that says what the content is.
    public var storedName: String { "\(id).\(kind.fileExtension)" }
}

/// A file that belongs to a message, opened.
public struct Attachment: Sendable, Equatable {
    public let facts: FileFacts
    /// As its sender called it, made safe to show and to save under.
    public let name: String
    public let uploader: UserID
    /// Who that was; `nil` where it was not kept.
    public let person: PersonID?
    /// Milliseconds since 1970.
    public let created: Int64
    /// The message that it belongs to.
    public let message: MessageID
    /// The bytes, in the event of a message that brought them itself.
    public var content: [UInt8]?

    public init(
        _ facts: FileFacts, name: String, uploader: UserID, person: PersonID?, created: Int64, message: MessageID,
        content: [UInt8]? = nil
    ) {
        self.facts = facts
        self.name = name
        self.uploader = uploader
        self.person = person
        self.created = created
        self.message = message
        self.content = content
    }
}

/// A part of a room's files, the newest first.
public struct FilePage: Sendable {
    public let files: [Attachment]
    /// Whether there are older ones.
    public let hasMore: Bool

    public init(files: [Attachment], hasMore: Bool) {
        self.files = files
        self.hasMore = hasMore
    }
}

/// What became of a room's files.
public enum FileChange: Sendable, Equatable {
    case uploaded(Attachment)
    /// - Parameter user: who removed it, where that is known.
    case removed(FileFacts, message: MessageID, by: UserID?)
}
