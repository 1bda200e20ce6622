import Bytes
import Cryptography

/// Which messages a search is about at all.
public struct SearchBounds: Sendable, Equatable {
    /// Only messages before this one.
    public var end: MessageID?
    /// Milliseconds since 1970: from there on.
    public var since: Int64?
    /// Milliseconds since 1970: before that.
    public var until: Int64?
}

/// Where in a room they lie.
public struct SearchSpan: Sendable, Equatable {
    public let sequences: Range<Int64>
    /// The newest of them; `nil` where there is none.
    public let newest: MessageID?

    public init(sequences: Range<Int64>, newest: MessageID?) {
        self.sequences = sequences
        self.newest = newest
    }
}

/// What was found in a part of a room.
public struct ScanResult: Sendable {
    /// The newest first.
    public let found: [StoredMessage]
    /// How many messages were looked at.
    public let scanned: Int
    /// The oldest of them; `nil` where there was none.
    public let oldest: MessagePlace?
    /// Whether all of the part was looked at.
    public let isWhole: Bool

    public init(found: [StoredMessage], scanned: Int, oldest: MessagePlace?, isWhole: Bool) {
        self.found = found
        self.scanned = scanned
        self.oldest = oldest
        self.isWhole = isWhole
    }
}

/// Decides which messages are found; used by one thread.
public final class MessageFinder {
    private let reader: FernetReader
    private let matcher: TextMatcher
    /// As it is compared.
    private let author: [UInt8]?
    private let hasFile: Bool
    private let ticket: SearchTicket
    private var folded: [UInt8] = []

    init?(_ query: SearchQuery, in room: Room, _ ticket: SearchTicket) {
        guard let reader = try? FernetReader(room.fernet) else { return nil }
        self.reader = reader
        matcher = TextMatcher(query.words)
        author = query.author.map(TextFolding.folded)
        hasFile = query.hasFile
        self.ticket = ticket
    }

    /// Whether nobody waits for the result any more.
    public var isCancelled: Bool { ticket.isCancelled }

    /// - Parameter files: how many files belong to the message.
    public func finds(author: RawSpan, token: RawSpan, files: Int64) -> Bool {
        if hasFile, files == 0 { return false }
        if let wanted = self.author {
            TextFolding.fold(author, into: &folded)
            guard folded == wanted else { return false }
        }
        return matcher.isEmpty || reader.peek(into: token) { matcher.matches($0) } ?? false
    }
}
