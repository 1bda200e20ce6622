public import Accounts
public import Blobs

/// A file that is to belong to a message.
public struct AttachmentDraft: Sendable {
    public let facts: FileFacts
    public let name: String
    /// What is stored: the name as a Fernet token under the room's key.
    public let token: [UInt8]
    /// The bytes, where the event is to hand them on.
    public var content: [UInt8]?

    public init(_ facts: FileFacts, name: String, token: [UInt8], content: [UInt8]? = nil) {
        self.facts = facts
        self.name = name
        self.token = token
        self.content = content
    }
}

/// A file as it lies in the store.
public struct StoredAttachment: Sendable {
    public let facts: FileFacts
    /// The name, as a Fernet token under the room's key.
    public let token: [UInt8]
    public let uploader: UserID
    public let person: PersonID?
    public let created: Int64
    public let message: MessageID

    public init(
        _ facts: FileFacts, token: [UInt8], uploader: UserID, person: PersonID?, created: Int64, message: MessageID
    ) {
        self.facts = facts
        self.token = token
        self.uploader = uploader
        self.person = person
        self.created = created
        self.message = message
    }
}

/// How many bytes files may have together.
public struct FileSpace: Sendable, Equatable {
    /// Those of one room.
    public var room: Int
    /// Those of all rooms.
    public var server: Int

    public init(room: Int, server: Int) {
        self.room = room
        self.server = server
    }
}

/// Whose share is used up.
public enum FullSpace: String, Sendable {
    case room, server
}

/// A file that is to go.
public struct FileRemovalDraft: Sendable {
    public let room: Room
    public let file: BlobID
    /// Who asks; `nil` for somebody who has not said.
    public let author: Author?
    public let isModerator: Bool
    /// Noted where it is somebody else's.
    public let deed: Deed?

    public init(room: Room, file: BlobID, author: Author?, isModerator: Bool, deed: Deed? = nil) {
        self.room = room
        self.file = file
        self.author = author
        self.isModerator = isModerator
        self.deed = deed
    }
}

/// What a store does with the files of messages. See `ChatStore`.
public protocol FileStore: AnyObject, Sendable {
    /// The newest files of a room that came before one of them, the newest first.
    func files(of room: Room, before file: BlobID?, limit: Int) async throws(StoreError) -> [StoredAttachment]

    /// Throws `fileMissing`.
    func file(_ id: BlobID, of room: Room) async throws(StoreError) -> StoredAttachment

    /// Throws `fileMissing`, or `notAuthor` for somebody else's.
    func removeFile(_ draft: FileRemovalDraft) async throws(StoreError) -> FileFacts

    /// How many bytes the files of a room have, and those of all rooms.
    func usedSpace(of room: Room) async throws(StoreError) -> FileSpace

    /// Has a file wait for its message; gives the time, in milliseconds since 1970. Throws `tooManyPendingFiles`.
    func keep(_ draft: PendingFileDraft) async throws(StoreError) -> Int64

    /// Removes a file of a person that waits for its message; throws `fileMissing`.
    func dropPendingFile(_ file: BlobID, of person: PersonID, in room: Room) async throws(StoreError)

    /// Removes, in one bounded step, files that have waited for their messages since before a time, in milliseconds since
    /// 1970; `false` where there are no more.
    func sweepPendingFiles(before time: Int64) async throws(StoreError) -> Bool

    /// Which of the files belong to a message, or wait for one. Blocks: for threads that may.
    func knownFiles(_ ids: [BlobID]) throws(StoreError) -> Set<BlobID>

    /// Has `body` told, after each commit, of files that belong to no message any more.
    func onFilesRemoved(_ body: @escaping @Sendable ([BlobID]) -> Void)
}
