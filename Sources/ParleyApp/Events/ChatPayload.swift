import Chat
import JSON
import SocketIO

/// What an event of the chat brings: all members that any of the events has, found in one pass over its object.
struct ChatPayload: Sendable {
    /// A member by its place among the names.
    enum Member: Int, CaseIterable {
        case room, user, guestToken, password, token, message, media, clientID, messageID, reaction, isTyping, replyTo,
            thread, operation, sequence, attachments

        fileprivate var name: String {
            switch self {
            case .room: "room"
            case .user: "user_id"
            case .guestToken: "guest_token"
            case .password: "password"
            case .token: "token"
            case .message: "message"
            case .media: "media"
            case .clientID: "client_id"
            case .messageID: "message_id"
            case .reaction: "reaction"
            case .isTyping: "is_typing"
            case .replyTo: "reply_to"
            case .thread: "thread"
            case .operation: "op"
            case .sequence: "sequence"
            case .attachments: "attachments"
            }
        }
    }

    private static let names = JSONMemberNames(Member.allCases.map(\.name))

    private let members: EventMembers

    init(_ event: SocketEvent) { members = event.members(Self.names, of: 0) }

    /// A member that is a text and not empty; ids may come as whole numbers.
    func text(_ member: Member) -> String? {
        if let text = string(member) { return text.isEmpty ? nil : text }
        return members.integer(member.rawValue).map(String.init)
    }

    /// A member that is a text.
    func string(_ member: Member) -> String? { members.string(member.rawValue) }

    /// A member that is `true` or `false`.
    func boolean(_ member: Member) -> Bool? { members.boolean(member.rawValue) }

    /// Whether the member is there and is not `null`.
    func isGiven(_ member: Member) -> Bool { members.isGiven(member.rawValue) }

    /// A member that is a whole number.
    func integer(_ member: Member) -> Int64? { members.integer(member.rawValue).map(Int64.init) }

    /// A member that names a message.
    func spelling(_ member: Member) -> MessageSpelling? {
        if let text = string(member) { return text.isEmpty ? nil : .text(text) }
        return members.integer(member.rawValue).map { .number(Int64($0)) }
    }
}
