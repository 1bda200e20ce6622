public import Accounts

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
    /// Nobody of that name belongs to the room.
    case memberNotFound
    /// Nobody has that name.
    case personNotFound
    /// The one that it is about may do as much as the one who asks.
    case outranked
    /// The owner is to hand the room on first.
    case ownerStays
    /// As many are banned and muted in the room as the limit allows.
    case tooManySanctions
    case sanctionNotFound
    case tooManyInvitations
    case invitationNotFound
    case addressNotFound
    /// The room has as many webhooks of the kind as the limit allows.
    case tooManyWebhooks
    /// There is no such webhook, or its secret is another one: who does not know it is not told which.
    case webhookNotFound
    /// There are as many profiles of guests as the limit allows.
    case tooManyProfiles
    /// Slow mode: so many seconds are left.
    case slowMode(retryAfter: Int64)
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
    /// Somebody else wrote the message.
    case notAuthor
    /// The message was posted longer ago than one may edit.
    case editTooLate(seconds: Int64)
    /// The message was edited as often as the limit allows.
    case tooManyEdits
    /// The room has as many pinned messages as the limit allows.
    case tooManyPins
    /// The file is larger than the limit, in bytes.
    case fileTooLarge(most: Int)
    /// Files with this content are not taken here.
    case fileTypeRefused
    /// The files of the room, or of all rooms, have as many bytes as they may.
    case filesFull(FullSpace)
    /// As many uploads of this person are under way as the limit allows.
    case tooManyUploads
    /// As many files of this person wait for their messages as the limit allows.
    case tooManyPendingFiles
    case fileNotFound
    /// What came as `media` is no file.
    case invalidMedia
    /// A newer search of the same person has taken this one's place.
    case searchSuperseded
    /// Too many wrong passwords; try again after so many seconds.
    case tooManyAttempts(retryAfter: Int64)
    /// As many changes that are noted were made as one may make within a minute; try again after so many seconds.
    case tooManyDeeds(retryAfter: Int64)
    /// More work is waiting than the server takes on; try again in a moment.
    case busy
    /// The message or change was not stored.
    case storage(StorageFailure)
    /// The server failed in a way that nobody outside can mend.
    case internalFailure
}

extension ChatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accessDenied(let refusal): refusal.description
        case .fileTooLarge(let most): "The file is too large; send one of at most \(most) bytes."
        case .fileTypeRefused: "This server takes no files of this type; send another one."
        case .filesFull(.room): "The files of this room take all the space they may; delete some first."
        case .filesFull(.server): "The files on this server take all the space they may; ask its operator."
        case .tooManyUploads: "You have as many uploads under way as you can have; wait for one to end."
        case .tooManyPendingFiles:
            "As many of your files wait for messages as can; attach some of them, or remove them, first."
        case .fileNotFound: "File not found! It was removed, or its name is another."
        case .invalidMedia: "Send media as an object with a name and its data as a data URL in base 64."
        case .roomNotFound: "Room not found! Check its id or create it."
        case .roomExists: "A room with this id exists already; choose another id or join it with its password."
        case .tooManyRooms: "This server has no place for another room; delete one or ask its operator."
        case .tooManyMembers: "This room has as many members as it can have; ask a moderator to remove some."
        case .memberNotFound: "Nobody of this name belongs to the room; check the name."
        case .personNotFound: "There is nobody of this name; check it."
        case .outranked: "This person may do as much here as you; ask the owner of the room."
        case .ownerStays: "You own this room; hand it on to somebody first, or delete it."
        case .tooManySanctions: "As many people are banned and muted here as can be; lift some of that first."
        case .sanctionNotFound: "Nothing of this kind stands against this name; reload the list."
        case .tooManyInvitations: "This room has as many invitations as it can have; withdraw some first."
        case .invitationNotFound: "This invitation is not good any more; ask for another one."
        case .addressNotFound: "This network is not on the list; reload it."
        case .tooManyWebhooks: "This room has as many webhooks as it can have; remove some first."
        case .webhookNotFound: "There is no such webhook, or its secret is another one; check both."
        case .tooManyProfiles: "This server keeps no more profiles of guests; make an account to have one."
        case .slowMode(let seconds): "Slow mode is on in this room; wait \(seconds) seconds before your next message."
        case .tooManyDeeds(let seconds): "You have changed a lot in a short time; try again in \(seconds) seconds."
        case .invalid(let input): input.description
        case .nameTaken: "This name is in use in the room; choose another name."
        case .nameReserved: "This name belongs to an account; log in with it, or choose another name."
        case .roomFull: "The room is full; try again later."
        case .messageNotFound: "The message is no longer there; reload the room."
        case .tooManyReactions: "This message has all the reactions it can take; remove one first."
        case .notAuthor: "Only its author may do this to a message; ask them, or a moderator to remove it."
        case .editTooLate(let seconds):
            "A message can be edited for \(seconds) seconds after it was posted; write another one."
        case .tooManyEdits: "This message was edited as often as it can be; write another one."
        case .tooManyPins: "This room has as many pinned messages as it can have; unpin one first."
        case .searchSuperseded: "A newer search of yours has taken the place of this one; wait for that."
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
    case fileLimit(most: Int)
    case messageReference
    case address
    case roomName(longest: Int)
    case topic(longest: Int)
    case avatar(longest: Int)
    case reason(longest: Int)
    case people(most: Int)
    case duration(InvalidDuration)
    case role
    case date
    case emptySearch
    case searchTooLong(longest: Int)
    case searchLimit(most: Int)
    case tooManyReferences(most: Int)
    case sequence
    case revision
    case tooManyFiles(most: Int)
    case fileNames
    case guestToken
    case webhookName(longest: Int)
    case webhookEvents
}

/// A length of time, or a number, that cannot be.
public enum InvalidDuration: String, Sendable {
    case slowMode, addressLifetime, keptMessages, keptSeconds, sanction, removal, invitation
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
        case .reaction(let longest): "A reaction is one emoji of at most \(longest) bytes."
        case .clientID(let longest): "A client id has 1 to \(longest) bytes."
        case .fileLimit(let most): "Ask for 1 to \(most) files at once."
        case .historyLimit(let most): "Ask for 1 to \(most) messages at once."
        case .messageReference: "A message is named by its id or its timestamp."
        case .roomName(let longest): "A room's name has 1 to \(longest) visible characters."
        case .topic(let longest): "A topic is one line of at most \(longest) characters."
        case .avatar(let longest):
            "An avatar is a few characters, or the http(s) address of a picture, of at most \(longest) characters."
        case .reason(let longest): "A reason is one line of at most \(longest) characters."
        case .people(let most): "A conversation has 1 to \(most) others, each named by the handle of an account."
        case .duration(let kind): kind.description
        case .role: "A role is member, moderator or owner."
        case .date: "Write a date like 2026-11-20."
        case .emptySearch: "Write the words to search for."
        case .searchTooLong(let longest): "The search is too long; use at most \(longest) characters."
        case .searchLimit(let most): "Ask for 1 to \(most) messages at once."
        case .tooManyReferences(let most): "Name 1 to \(most) messages at once."
        case .revision: "A revision is a whole number from 0, as the join or an earlier answer gave it."
        case .tooManyFiles(let most): "A message brings at most \(most) files; send the others with another one."
        case .fileNames: "Name files by the ids that their uploads were answered with, as the list `attachments`."
        case .guestToken: "Join the room first, and show the `guest_token` that this gives: the file is yours by it."
        case .sequence: "Name a message by its id, or by its sequence, a whole number from 0."
        case .webhookName(let longest): "The name of a webhook has 1 to \(longest) visible characters."
        case .webhookEvents:
            "The events are a list of one or more of these: "
                + "\(WebhookEvent.allCases.map(\.rawValue).joined(separator: ", "))."
        case .address: "This is not an IP address; write it like 192.0.2.7 or 2001:db8::7."
        }
    }
}

extension InvalidDuration: CustomStringConvertible {
    public var description: String {
        switch self {
        case .slowMode: "Slow mode is 0 to 21600 seconds."
        case .addressLifetime: "An address stays verified for 60 seconds to 10 years."
        case .keptMessages: "A room keeps 1 to 1000000000 messages."
        case .keptSeconds: "Messages are kept for 60 seconds to 100 years."
        case .sanction: "A ban or mute lasts 1 second to 10 years, or for ever."
        case .removal: "A ban, and nothing else, removes what was written in the last 1 to 86400 seconds."
        case .invitation:
            "An invitation is good for 1 second to 10 years, or for ever, and for 1 to 1000000 people, or any."
        }
    }
}

extension ChatError {
    /// After how many seconds another try may do better; `nil` where waiting does not help.
    public var retryAfter: Int64? {
        switch self {
        case .tooManyAttempts(let seconds), .slowMode(let seconds), .tooManyDeeds(let seconds): seconds
        case .busy, .roomFull, .tooManyUploads: 1
        default: nil
        }
    }
}
