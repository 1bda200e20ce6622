/// A file that was uploaded and waits for the message it is to belong to.
public struct PendingFile: Sendable, Equatable {
    public let facts: FileFacts
    /// As its sender called it, made safe to show and to save under.
    public let name: String
    public let uploader: UserID
    /// Milliseconds since 1970.
    public let created: Int64
    /// When it goes unless a message has it by then, in milliseconds since 1970.
    public let expires: Int64
}

/// A file that is to wait for its message.
public struct PendingFileDraft: Sendable {
    public let room: Room
    public let author: Author
    public let file: AttachmentDraft
    /// How many bytes files may have with it.
    public let space: FileSpace
    /// How many of one person may wait.
    public let most: Int

    public init(room: Room, author: Author, file: AttachmentDraft, space: FileSpace, most: Int) {
        self.room = room
        self.author = author
        self.file = file
        self.space = space
        self.most = most
    }
}
