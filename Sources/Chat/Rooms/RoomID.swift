import Accounts

/// The public name of a room, in canonical spelling; upper and lower case differ.
public struct RoomID: Hashable, Sendable {
    public let text: String

    /// The one room without a password, which belongs to the server.
    public static let lobby = RoomID(trusted: "lobby")

    /// Ids that paths of the API use.
    private static let reserved: Set<String> = [
        "ws", "all_messages", "chat_list", "partnerinfo", "create", "public", "joined", "search", "new",
    ]

    /// Checks what a stranger wrote.
    public init(_ text: String, limits: ChatLimits = ChatLimits()) throws(ChatError) {
        guard let text = Normalization.identifier(text, longest: limits.roomIDLength) else {
            throw .invalid(.roomID(longest: limits.roomIDLength))
        }
        guard !Self.reserved.contains(text.lowercased()) else { throw .invalid(.reservedRoomID) }
        self.text = text
    }

    /// For ids that were checked before they were stored.
    public init(trusted text: String) { self.text = text }
}

extension RoomID: CustomStringConvertible {
    public var description: String { text }
}
