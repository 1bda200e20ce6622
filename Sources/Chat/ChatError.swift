/// Why the chat refused. `description` is one sentence for the person who asked.
public enum ChatError: Error, Equatable, Sendable {
    /// No proof, a wrong one, or no such room: who may not enter is not told which.
    case accessDenied(AccessRefusal)
    /// The room does not exist, said only where the wire documents it.
    case roomNotFound
    /// A room of that id exists already.
    case roomExists
    /// There are as many rooms as the limit allows.
    case tooManyRooms
    /// As many accounts belong to the room as the limit allows.
    case tooManyMembers
    /// Something that was given cannot be; the sentence says what and what it may be.
    case invalid(InvalidInput)
    /// The name is in use in this room by somebody else.
    case nameTaken
    /// The name, or one that looks like it, belongs to an account.
    case nameReserved
    /// The room has as many connections as the limit allows.
    case roomFull
    /// The message is not in the room, or no longer.
    case messageNotFound
    /// The message has as many reactions as the limit allows.
    case tooManyReactions
    /// Too many wrong passwords; try again after so many seconds.
    case tooManyAttempts(retryAfter: Int64)
    /// More work is waiting than the server takes on; try again in a moment.
    case busy
    /// The message or change was not stored.
    case storage(StoreError)
    /// The server failed in a way that nobody outside can mend.
    case internalFailure
}

extension ChatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accessDenied(let refusal): refusal.description
        case .roomNotFound: "Room not found! Check its id or create it."
        case .roomExists: "A room with this id exists already; choose another id or join it with its password."
        case .tooManyRooms: "This server has no place for another room; delete one or ask its operator."
        case .tooManyMembers: "This room has as many members as it can have; ask a moderator to remove some."
        case .invalid(let input): input.description
        case .nameTaken: "This name is in use in the room; choose another name."
        case .nameReserved: "This name belongs to an account; log in with it, or choose another name."
        case .roomFull: "The room is full; try again later."
        case .messageNotFound: "The message is no longer there; reload the room."
        case .tooManyReactions: "This message has all the reactions it can take; remove one first."
        case .tooManyAttempts(let seconds): "Too many wrong passwords; try again in \(seconds) seconds."
        case .busy: "The server is busy; try again in a moment."
        case .storage(let error): error.description
        case .internalFailure: "The server could not do this; try again, and tell its operator if it happens again."
        }
    }
}

/// What was wrong with what was given.
public enum InvalidInput: Equatable, Sendable {
    case roomID(longest: Int)
    case reservedRoomID
    case userID(longest: Int)
    case reservedUserID
    case emptyText
    case textTooLong(longest: Int)
    case password(shortest: Int, longest: Int)
    case reaction(longest: Int)
    case clientID(longest: Int)
    case historyLimit(most: Int)
    case messageReference
    case address
}

extension InvalidInput: CustomStringConvertible {
    public var description: String {
        switch self {
        case .roomID(let longest): "A room id has 1 to \(longest) visible characters, without spaces at its ends."
        case .reservedRoomID: "This room id is reserved; choose another one."
        case .userID(let longest): "A name has 1 to \(longest) visible characters, without spaces at its ends."
        case .reservedUserID: "This name is reserved; choose another one."
        case .emptyText: "The message is empty; write something first."
        case .textTooLong(let longest): "The message is too long; use at most \(longest) characters."
        case .password(let shortest, let longest): "A room password has \(shortest) to \(longest) characters."
        case .reaction(let longest): "A reaction has 1 to \(longest) bytes."
        case .clientID(let longest): "A client id has 1 to \(longest) bytes."
        case .historyLimit(let most): "Ask for 1 to \(most) messages at once."
        case .messageReference: "A message is named by its id or its timestamp."
        case .address: "This is not an IP address; write it like 192.0.2.7 or 2001:db8::7."
        }
    }
}
