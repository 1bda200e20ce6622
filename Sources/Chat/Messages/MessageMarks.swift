/// What a message belongs to, and what has become of it since it was posted.
public struct MessageMarks: Sendable, Equatable {
    /// The message that it answers.
    public var replyTo: MessageID?
    /// The first message of the thread that it belongs to.
    public var thread: MessageID?
    /// When it was edited last, in milliseconds since 1970.
    public var edited: Int64?
    /// When it was removed; nothing but its place is left then.
    public var deleted: Int64?
    public var isPinned = false
    /// How many files belong to it.
    public var files: Int64 = 0
    /// The thread that begins with it.
    public var answers: ThreadSummary?

    public init() {}
}

/// What is told of a thread where it begins.
public struct ThreadSummary: Sendable, Equatable {
    /// How many messages there are beside the first.
    public let count: Int64
    /// The timestamp of the newest of them.
    public let last: Int64

    public init(count: Int64, last: Int64) {
        self.count = count
        self.last = last
    }
}

/// What a new message is to belong to.
public struct MessageLinks: Sendable, Equatable {
    /// The message that it answers.
    public var replyTo: MessageReference?
    /// A message of the thread that it belongs to: the first, or any other.
    public var thread: MessageReference?

    public init(replyTo: MessageReference? = nil, thread: MessageReference? = nil) {
        self.replyTo = replyTo
        self.thread = thread
    }

    var isEmpty: Bool { replyTo == nil && thread == nil }
}
